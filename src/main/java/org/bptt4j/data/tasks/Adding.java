package org.bptt4j.data.tasks;

import org.apache.commons.math3.random.RandomGenerator;
import org.bptt4j.data.Batch;
import org.bptt4j.spec.Loss;
import org.bptt4j.spec.Sizes;

/**
 * The adding problem: of T numbers, uniform on [0, 1), two are marked, one in each half; their sum is asked for at the end.
 *
 * <p>x [T,B,2] holds the number and the mark (1 or 0). Always answering the mean, 1, has the sum's variance as its error: 1/6.
 *
 * <p>Source: Hochreiter and Schmidhuber, "Long short-term memory" (1997); marks as in Le, Jaitly and Hinton (2015).
 *
 * @param steps T, at least 2
 */
public record Adding(int steps) implements Task {
    public Adding {
        Task.requireLength(steps, 2, "adding");
    }

    @Override
    public int inputSize() {
        return 2;
    }

    @Override
    public int outputSize() {
        return 1;
    }

    @Override
    public Loss loss() {
        return Loss.mse().atLastStep();
    }

    @Override
    public double trivialLoss() {
        return 1.0 / 6;
    }

    @Override
    public Batch draw(int rows, RandomGenerator random) {
        float[] x = new float
                [Sizes.array(
                        "the input of " + rows + " sequences",
                        "use a smaller batch or a shorter length",
                        2,
                        rows,
                        steps)];
        for (int i = 0; i < x.length; i += 2) {
            x[i] = random.nextFloat();
        }
        float[] sum = new float[rows];
        int half = steps / 2;
        for (int b = 0; b < rows; b++) {
            int[] marked = {random.nextInt(half), half + random.nextInt(steps - half)};
            for (int t : marked) {
                int at = (t * rows + b) * 2;
                x[at + 1] = 1;
                sum[b] += x[at];
            }
        }
        return Batch.dense(steps, rows, 2, x).withTargets(sum);
    }
}
