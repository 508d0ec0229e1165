package org.bptt4j.data.tasks;

import org.apache.commons.math3.random.RandomGenerator;
import org.bptt4j.data.Batch;
import org.bptt4j.spec.Loss;
import org.bptt4j.spec.Sizes;

/**
 * The temporal order problem: among distractors (symbols 2 … 5) stand two of the symbols X and Y (0 and 1), the first at a
 * step in [T/10, 2T/10], the second in [4T/10, 5T/10]; which pair it was, XX, XY, YX or YY, is asked for at the end.
 *
 * <p>Source: Hochreiter and Schmidhuber (1997); positions as in Pascanu, Mikolov and Bengio, "On the difficulty of training
 * recurrent neural networks" (2013).
 *
 * @param steps T, at least 10
 */
public record TemporalOrder(int steps) implements Task {
    private static final int MARKS = 2;
    private static final int SYMBOLS = 6;

    public TemporalOrder {
        Task.requireLength(steps, 10, "temporal-order");
    }

    @Override
    public int inputSize() {
        return SYMBOLS;
    }

    @Override
    public int outputSize() {
        return MARKS * MARKS;
    }

    @Override
    public Loss loss() {
        return Loss.crossEntropy().atLastStep();
    }

    @Override
    public double trivialLoss() {
        return Math.log(MARKS * MARKS);
    }

    @Override
    public Batch draw(int rows, RandomGenerator random) {
        int[] ids = new int
                [Sizes.array(
                        "the input of " + rows + " sequences", "use a smaller batch or a shorter length", steps, rows)];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = MARKS + random.nextInt(SYMBOLS - MARKS);
        }
        int[] pair = new int[rows];
        for (int b = 0; b < rows; b++) {
            int first = random.nextInt(MARKS);
            int second = random.nextInt(MARKS);
            ids[between(1, 2, random) * rows + b] = first;
            ids[between(4, 5, random) * rows + b] = second;
            pair[b] = first * MARKS + second;
        }
        return Batch.symbols(steps, rows, ids).withTargets(pair);
    }

    /** A step in [low·T/10, high·T/10]. */
    private int between(int low, int high, RandomGenerator random) {
        int first = (int) ((long) low * steps / 10);
        int last = (int) ((long) high * steps / 10);
        return first + random.nextInt(last - first + 1);
    }
}
