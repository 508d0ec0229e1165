package org.bptt4j.data;

import org.bptt4j.spec.Loss;

/**
 * Batches of a text for next-character prediction: the text is cut into B contiguous rows, each batch takes the next T
 * characters of every row, and continues the one before it within the epoch.
 *
 * <p>The target of a character is the one after it. What is left over when the text does not divide by B is not used.
 */
public final class TextSource implements CountedSource {
    private final int[] ids;
    private final int from;
    private final int rowLength;
    private final int rows;
    private final int steps;
    private final Loss.At at;
    private final boolean wholeBatches;
    private int next;

    private TextSource(int[] ids, int from, int to, int rows, int steps, Loss.At at, boolean wholeBatches) {
        if (from < 0 || to > ids.length || to - from < 2) {
            throw new IllegalArgumentException("characters " + from + " … " + to + " of " + ids.length
                    + ": at least 2 are needed, one to read and one to predict");
        }
        if (rows < 1 || steps < 1) {
            throw new IllegalArgumentException(
                    "B = " + rows + " rows of T = " + steps + " steps: both must be at least 1");
        }
        int pairs = to - from - 1;
        this.ids = ids;
        this.from = from;
        // A short text makes fewer rows rather than rows that are shorter than one batch.
        this.rows = Math.max(1, Math.min(rows, pairs / steps));
        this.rowLength = pairs / this.rows;
        this.steps = steps;
        this.at = at;
        this.wholeBatches = wholeBatches;
    }

    /**
     * For training: every batch has T steps, and the less than T characters at the end of each row are not used.
     *
     * @param ids the text
     * @param from first character used
     * @param to one past the last
     * @param rows B, the most rows; fewer if the text is shorter than B·T
     * @param steps T
     * @param at targets [T,B] at every step, or [B] at the last
     * @throws IllegalArgumentException if there are not T + 1 characters
     */
    public static TextSource training(int[] ids, int from, int to, int rows, int steps, Loss.At at) {
        if (to - from <= steps) {
            throw new IllegalArgumentException(
                    to - from + " characters do not fill one window of T = " + steps + " and its targets");
        }
        return new TextSource(ids, from, to, rows, steps, at, true);
    }

    /** For evaluation: a target for every character of every row, so the last batch may have fewer steps. */
    public static TextSource evaluation(int[] ids, int from, int to, int rows, int steps) {
        return new TextSource(ids, from, to, rows, steps, Loss.At.EVERY, false);
    }

    @Override
    public long batches() {
        return wholeBatches ? rowLength / steps : (rowLength + steps - 1) / steps;
    }

    @Override
    public void start(long epoch) {
        next = 0;
    }

    @Override
    public Batch next() {
        int length = Math.min(steps, rowLength - next);
        if (length < (wholeBatches ? steps : 1)) {
            return null;
        }
        Batch batch = Batch.symbols(length, rows, window(0, length)).withTargets(targets(length));
        boolean first = next == 0;
        next += length;
        return first ? batch : batch.continuing();
    }

    private int[] targets(int length) {
        return at == Loss.At.EVERY ? window(1, length) : window(length, 1);
    }

    /** Characters next + shift … of every row, [length, B]. */
    private int[] window(int shift, int length) {
        int[] window = new int[length * rows];
        for (int t = 0; t < length; t++) {
            for (int b = 0; b < rows; b++) {
                window[t * rows + b] = ids[from + b * rowLength + next + shift + t];
            }
        }
        return window;
    }
}
