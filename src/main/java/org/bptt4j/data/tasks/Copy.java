package org.bptt4j.data.tasks;

import java.util.Arrays;
import org.apache.commons.math3.random.RandomGenerator;
import org.bptt4j.data.Batch;
import org.bptt4j.spec.Loss;
import org.bptt4j.spec.Sizes;

/**
 * The copy memory problem: ten symbols out of eight, T − 1 blanks, a delimiter, ten blanks; asked for are T + 10 blanks and
 * then the ten symbols again.
 *
 * <p>Symbols are 0 … 7, the blank is 8, the delimiter 9. Knowing only when to answer, the loss is 10·ln 8/(T + 20).
 *
 * <p>Source: Hochreiter and Schmidhuber (1997); layout as in Arjovsky, Shah and Bengio, "Unitary evolution recurrent neural
 * networks" (2016).
 *
 * @param lag T, at least 1
 */
public record Copy(int lag) implements Task {
    private static final int COPIED = 10;
    private static final int SYMBOLS = 8;
    private static final int BLANK = SYMBOLS;
    private static final int DELIMITER = SYMBOLS + 1;

    public Copy {
        Task.requireLength(lag, 1, "copy");
        if (lag > Integer.MAX_VALUE - 2 * COPIED) {
            throw new IllegalArgumentException("length " + lag + ": with the " + 2 * COPIED
                    + " steps to read and to answer it passes " + Integer.MAX_VALUE);
        }
    }

    @Override
    public int inputSize() {
        return SYMBOLS + 2;
    }

    @Override
    public int outputSize() {
        return SYMBOLS + 1;
    }

    @Override
    public int steps() {
        return lag + 2 * COPIED;
    }

    @Override
    public Loss loss() {
        return Loss.crossEntropy();
    }

    @Override
    public double trivialLoss() {
        return COPIED * Math.log(SYMBOLS) / steps();
    }

    @Override
    public Batch draw(int rows, RandomGenerator random) {
        int[] ids = new int
                [Sizes.array(
                        "the input of " + rows + " sequences",
                        "use a smaller batch or a shorter length",
                        steps(),
                        rows)];
        int[] targets = new int[ids.length];
        Arrays.fill(ids, BLANK);
        Arrays.fill(targets, BLANK);
        int answer = (lag + COPIED) * rows;
        for (int i = 0; i < COPIED * rows; i++) {
            ids[i] = random.nextInt(SYMBOLS);
            targets[answer + i] = ids[i];
        }
        Arrays.fill(ids, answer - rows, answer, DELIMITER);
        return Batch.symbols(steps(), rows, ids).withTargets(targets);
    }
}
