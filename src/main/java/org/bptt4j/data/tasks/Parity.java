package org.bptt4j.data.tasks;

import org.apache.commons.math3.random.RandomGenerator;
import org.bptt4j.data.Batch;
import org.bptt4j.spec.Loss;
import org.bptt4j.spec.Sizes;

/**
 * Running parity: random bits, and after each one whether the number of ones so far is odd (class 1) or even (class 0).
 *
 * @param steps T, at least 1
 */
public record Parity(int steps) implements Task {
    public Parity {
        Task.requireLength(steps, 1, "parity");
    }

    @Override
    public int inputSize() {
        return 2;
    }

    @Override
    public int outputSize() {
        return 2;
    }

    @Override
    public Loss loss() {
        return Loss.crossEntropy();
    }

    @Override
    public double trivialLoss() {
        return Math.log(2);
    }

    @Override
    public Batch draw(int rows, RandomGenerator random) {
        int[] bits = new int
                [Sizes.array(
                        "the input of " + rows + " sequences", "use a smaller batch or a shorter length", steps, rows)];
        int[] parity = new int[bits.length];
        for (int i = 0; i < bits.length; i++) {
            bits[i] = random.nextInt(2);
            parity[i] = bits[i] ^ (i < rows ? 0 : parity[i - rows]);
        }
        return Batch.symbols(steps, rows, bits).withTargets(parity);
    }
}
