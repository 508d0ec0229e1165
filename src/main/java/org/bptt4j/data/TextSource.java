package org.bptt4j.data;

import java.util.PrimitiveIterator;
import org.bptt4j.spec.Loss;
import org.bptt4j.spec.Require;
import org.bptt4j.spec.Sizes;

/**
 * Batches of a text for next-character prediction: the text is cut into B contiguous rows, each batch takes the next T
 * characters of every row, and continues the one before it within the epoch.
 *
 * <p>The target of a character is the one after it. What is left over when the text does not divide by B is not used. Characters
 * are read as they are consumed, once an epoch, in B places.
 */
public final class TextSource implements CountedSource {
    private final SymbolSequence text;
    private final long from;
    private final long rowLength;
    private final int rows;
    private final int steps;
    private final Loss.At at;
    private final boolean wholeBatches;
    private final PrimitiveIterator.OfInt[] readers;
    /** The character of each row that the next batch begins with: the last target of the one before. */
    private final int[] current;

    private long next;
    private boolean placed;

    private TextSource(SymbolSequence text, long from, long to, int rows, int steps, Loss.At at, boolean wholeBatches) {
        Require.given(at, "at");
        if (from < 0 || to > text.length()) {
            throw new IllegalArgumentException("characters from " + from + " to " + to + " (not included) of a text of "
                    + text.length() + ": must lie in it");
        }
        if (to - from < 2) {
            throw new IllegalArgumentException("characters from " + from + " to " + to
                    + " (not included): at least 2 are needed, one to read and one to predict");
        }
        if (rows < 1 || steps < 1) {
            throw new IllegalArgumentException(
                    "B = " + rows + " rows of T = " + steps + " steps: both must be at least 1");
        }
        long pairs = to - from - 1;
        this.text = text;
        this.from = from;
        // A short text makes fewer rows rather than rows that are shorter than one batch.
        this.rows = (int) Math.max(1, Math.min(rows, pairs / steps));
        this.rowLength = pairs / this.rows;
        Sizes.array("a batch [T,B]", "use fewer rows or steps", Math.min(steps, rowLength), this.rows);
        this.steps = steps;
        this.at = at;
        this.wholeBatches = wholeBatches;
        this.readers = new PrimitiveIterator.OfInt[this.rows];
        this.current = new int[this.rows];
    }

    /**
     * For training: every batch has T steps, and the less than T characters at the end of each row are not used.
     *
     * @param text the ids of its characters
     * @param from first character used
     * @param to one past the last
     * @param rows B, the most rows; fewer if the text is shorter than B·T
     * @param steps T
     * @param at targets [T,B] at every step, or [B] at the last
     * @throws IllegalArgumentException if there are not T + 1 characters
     */
    public static TextSource training(SymbolSequence text, long from, long to, int rows, int steps, Loss.At at) {
        Require.given(text, "text");
        if (to - from <= steps) {
            throw new IllegalArgumentException(
                    to - from + " characters do not fill one window of T = " + steps + " and its targets");
        }
        return new TextSource(text, from, to, rows, steps, at, true);
    }

    /** For evaluation: a target for every character of every row, so the last batch may have fewer steps. */
    public static TextSource evaluation(SymbolSequence text, long from, long to, int rows, int steps) {
        return new TextSource(text, from, to, rows, steps, Loss.At.EVERY, false);
    }

    @Override
    public long batches() {
        return wholeBatches ? rowLength / steps : (rowLength + steps - 1) / steps;
    }

    @Override
    public void start(long epoch) {
        moveTo(0);
    }

    /** Reads nothing on the way. */
    @Override
    public void skip(long batches) {
        if (batches > 0) {
            moveTo(batches < batches() ? Math.min(next + batches * steps, rowLength) : rowLength);
        }
    }

    private void moveTo(long position) {
        next = position;
        placed = false;
    }

    @Override
    public Batch next() {
        int length = (int) Math.min(steps, rowLength - next);
        if (length < (wholeBatches ? steps : 1)) {
            return null;
        }
        if (!placed) {
            place();
        }
        Batch batch = read(length);
        boolean first = next == 0;
        next += length;
        return first ? batch : batch.continuing();
    }

    private void place() {
        for (int b = 0; b < rows; b++) {
            readers[b] = text.from(from + b * rowLength + next);
            current[b] = readers[b].nextInt();
        }
        placed = true;
    }

    /** The next {@code length} characters of every row, [length, B], and their targets. */
    private Batch read(int length) {
        boolean every = at == Loss.At.EVERY;
        int[] ids = new int[length * rows];
        int[] targets = new int[every ? length * rows : rows];
        for (int b = 0; b < rows; b++) {
            PrimitiveIterator.OfInt reader = readers[b];
            int id = current[b];
            for (int cell = b; cell < ids.length; cell += rows) {
                ids[cell] = id;
                id = reader.nextInt();
                if (every) {
                    targets[cell] = id;
                }
            }
            if (!every) {
                targets[b] = id;
            }
            current[b] = id;
        }
        return Batch.symbols(length, rows, ids).withTargets(targets);
    }
}
