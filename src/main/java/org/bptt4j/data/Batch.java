package org.bptt4j.data;

import java.util.Arrays;
import org.bptt4j.spec.Require;
import org.bptt4j.spec.Sizes;

/**
 * One batch of sequences on the host, time-major: input {@code x [T,B,I]} or symbol ids {@code [T,B]}, and what goes with it.
 *
 * <p>Immutable but for the arrays, which (but for the lengths) are not copied: they must stay as they are until the step that uses them
 * returns.
 * Shapes are checked here as far as the batch alone can tell, and against the network when it is used.
 */
public final class Batch {
    /** Elements of each array that a fingerprint looks at. */
    private static final int SAMPLES = 128;

    /** Spreads numbers over 64 bits, as in Fibonacci hashing. */
    private static final long GOLDEN_RATIO = 0x9E3779B97F4A7C15L;

    private static final long FNV_PRIME = 0x100000001B3L;

    private final int steps;
    private final int rows;
    private final int inputSize;
    private final float[] x;
    private final int[] ids;
    // Set by the methods that make a batch of another, before anybody else sees it; never after.
    private int[] classes;
    private float[] values;
    private float[] lossWeights;
    private float[] initialState;
    private float[] initialCellState;
    private int[] lengths;
    private boolean[] resets;
    private boolean continuing;

    private Batch(int steps, int rows, int inputSize, float[] x, int[] ids) {
        this.steps = steps;
        this.rows = rows;
        this.inputSize = inputSize;
        this.x = x;
        this.ids = ids;
    }

    private Batch copy() {
        Batch copy = new Batch(steps, rows, inputSize, x, ids);
        copy.classes = classes;
        copy.values = values;
        copy.lossWeights = lossWeights;
        copy.initialState = initialState;
        copy.initialCellState = initialCellState;
        copy.lengths = lengths;
        copy.resets = resets;
        copy.continuing = continuing;
        return copy;
    }

    /** Dense input {@code x [T,B,I]}: element (t, b, i) at (t·B + b)·I + i. */
    public static Batch dense(int steps, int rows, int inputSize, float[] x) {
        Require.given(x, "x");
        requirePositive(steps, rows);
        if (inputSize < 1) {
            throw new IllegalArgumentException("input size " + inputSize + ": must be at least 1");
        }
        requireLength("x [T,B,I]", x.length, steps, rows, inputSize);
        return new Batch(steps, rows, inputSize, x, null);
    }

    /** Symbol ids {@code [T,B]}: id of (t, b) at t·B + b; the input vector is that column of W_ih. */
    public static Batch symbols(int steps, int rows, int[] ids) {
        Require.given(ids, "ids");
        requirePositive(steps, rows);
        requireLength("ids [T,B]", ids.length, steps, rows);
        return new Batch(steps, rows, 0, null, ids);
    }

    private static void requirePositive(int steps, int rows) {
        if (steps < 1 || rows < 1) {
            throw new IllegalArgumentException(
                    "a batch of T = " + steps + " steps and B = " + rows + " rows: both must be at least 1");
        }
    }

    private static void requireLength(String what, int length, long... sizes) {
        if (length != Sizes.product(sizes)) {
            throw new IllegalArgumentException(what + " has " + length + " elements, needs " + Sizes.text(sizes));
        }
    }

    /** With class targets, {@code [T,B]} or, for a loss at the last step, {@code [B]}. */
    public Batch withTargets(int[] targets) {
        Require.given(targets, "targets");
        Batch batch = copy();
        batch.classes = targets;
        batch.values = null;
        return batch;
    }

    /** With value targets, {@code [T,B,O]} or, for a loss at the last step, {@code [B,O]}. */
    public Batch withTargets(float[] targets) {
        Require.given(targets, "targets");
        Batch batch = copy();
        batch.classes = null;
        batch.values = targets;
        return batch;
    }

    /**
     * With a weight for each target, {@code [T,B]} or, for a loss at the last step, {@code [B]}: what the target's loss counts, at
     * least 0. A mean divides by the sum of the weights. A weight of 0 is no target; in padding it is never read.
     */
    public Batch withLossWeights(float[] weights) {
        Require.given(weights, "weights");
        Batch batch = copy();
        batch.lossWeights = weights;
        return batch;
    }

    /** With an initial state {@code h0 [L·D,B,H]} in place of zeros. */
    public Batch withInitialState(float[] h0) {
        return withInitialState(h0, null);
    }

    /** With an initial state of an LSTM, {@code h0} and {@code c0 [L·D,B,H]}, in place of zeros; null for zeros. */
    public Batch withInitialState(float[] h0, float[] c0) {
        Batch batch = copy();
        batch.initialState = h0;
        batch.initialCellState = c0;
        batch.continuing = false;
        return batch;
    }

    /** With a length for each row, {@code [B]}, 1 … T: what lies beyond is padding and never read. */
    public Batch withLengths(int[] lengths) {
        Require.given(lengths, "lengths");
        requireLength("lengths [B]", lengths.length, rows);
        for (int b = 0; b < rows; b++) {
            if (lengths[b] < 1 || lengths[b] > steps) {
                throw new IllegalArgumentException("length " + lengths[b] + " of row " + b + ": must be 1 … " + steps);
            }
        }
        Batch batch = copy();
        batch.lengths = lengths.clone(); // read again on the way back
        return batch;
    }

    /**
     * With a mask {@code [T,B]}, (t, b) at t·B + b, of the steps with which a new sequence begins: before such a step the state of
     * row b counts as zero, whatever it is (at step 0: the initial or the carried one), and no gradient goes back across it. So
     * several sequences fit in one row, one behind the other. The states that are given out stay as they are.
     */
    public Batch withResets(boolean[] resets) {
        Require.given(resets, "resets");
        requireLength("resets [T,B]", resets.length, steps, rows);
        Batch batch = copy();
        batch.resets = resets;
        return batch;
    }

    /** Each row goes on where the same row of the batch before ended: the state is carried over. */
    public Batch continuing() {
        Batch batch = copy();
        batch.initialState = null;
        batch.initialCellState = null;
        batch.continuing = true;
        return batch;
    }

    // ---- whether it stays as it is ----------------------------------------------------------------------------------

    /**
     * A number that depends on some hundred elements of the batch's arrays: two that differ say that an array was changed meanwhile.
     * Takes the time of a few hundred reads, whatever the size.
     */
    public long fingerprint() {
        long print = mix(mix(1, x), ids);
        print = mix(mix(print, classes), values);
        print = mix(mix(print, lossWeights), initialState);
        print = mix(print, initialCellState);
        for (int i = 0; resets != null && i < Math.min(resets.length, SAMPLES); i++) {
            print = mix(print, resets[sample(i, resets.length)] ? 1 : 0);
        }
        return print;
    }

    private static long mix(long print, float[] array) {
        long mixed = print;
        for (int i = 0; array != null && i < Math.min(array.length, SAMPLES); i++) {
            mixed = mix(mixed, Float.floatToRawIntBits(array[sample(i, array.length)]));
        }
        return mixed;
    }

    private static long mix(long print, int[] array) {
        long mixed = print;
        for (int i = 0; array != null && i < Math.min(array.length, SAMPLES); i++) {
            mixed = mix(mixed, array[sample(i, array.length)]);
        }
        return mixed;
    }

    private static long mix(long print, int element) {
        return (print ^ element) * FNV_PRIME;
    }

    /** Of a long array elements here and there: at equal distances they might all be of one kind. */
    private static int sample(int i, int length) {
        return length <= SAMPLES ? i : (int) ((i * GOLDEN_RATIO >>> 33) % length);
    }

    /**
     * An {@link IllegalStateException} if the batch's arrays no longer have the elements with which {@link #fingerprint} was taken.
     *
     * @param when what went on meanwhile, for the message
     */
    public void requireUnchanged(long fingerprint, String when) {
        if (fingerprint() != fingerprint) {
            throw new IllegalStateException("the arrays of a batch were changed " + when
                    + ": have the BatchSource make new arrays for each batch (see BatchSource.next)");
        }
    }

    // ---- what is in it ----------------------------------------------------------------------------------------------

    /** T. */
    public int steps() {
        return steps;
    }

    /** B. */
    public int rows() {
        return rows;
    }

    /** I of dense input, 0 for symbol ids. */
    public int inputSize() {
        return inputSize;
    }

    /** Dense input [T,B,I], or null. */
    public float[] x() {
        return x;
    }

    /** Symbol ids [T,B], or null. */
    public int[] ids() {
        return ids;
    }

    /** Class targets, or null. */
    public int[] classes() {
        return classes;
    }

    /** Value targets, or null. */
    public float[] values() {
        return values;
    }

    /** What each target's loss counts, or null for 1. */
    public float[] lossWeights() {
        return lossWeights;
    }

    /** h0 [L·D,B,H], or null. */
    public float[] initialState() {
        return initialState;
    }

    /** c0 [L·D,B,H], or null. */
    public float[] initialCellState() {
        return initialCellState;
    }

    /** Lengths [B], or null. */
    public int[] lengths() {
        return lengths;
    }

    /** Where rows begin anew [T,B], or null. */
    public boolean[] resets() {
        return resets;
    }

    /** Whether the state is carried over from the batch before. */
    public boolean isContinuing() {
        return continuing;
    }

    /** Steps of row {@code b} that are not padding. */
    public int length(int b) {
        return lengths == null ? steps : lengths[b];
    }

    /** Whether cell {@code t·B + b} lies behind the end of its row. */
    public boolean isPadding(int cell) {
        return lengths != null && cell / rows >= lengths[cell % rows];
    }

    /** {@code to} becomes steps [from, end) of {@code array} [T,B,width] with zeros in every padded step; it may be longer. */
    public void copyWithoutPadding(float[] array, int width, int from, int end, float[] to) {
        int first = from * rows * width;
        System.arraycopy(array, first, to, 0, (end - from) * rows * width);
        for (int b = 0; b < rows; b++) {
            for (int t = Math.max(from, length(b)); t < end; t++) {
                int at = (t * rows + b) * width - first;
                Arrays.fill(to, at, at + width, 0f);
            }
        }
    }

    /** Its shape, and which of the optional parts it has: "batch T=5, B=2, x of I=3, class targets, lengths". */
    @Override
    public String toString() {
        StringBuilder text =
                new StringBuilder("batch T=" + steps + ", B=" + rows + (x == null ? ", ids" : ", x of I=" + inputSize));
        text.append(classes == null ? "" : ", class targets").append(values == null ? "" : ", value targets");
        text.append(lossWeights == null ? "" : ", loss weights").append(lengths == null ? "" : ", lengths");
        text.append(resets == null ? "" : ", resets").append(initialState == null ? "" : ", initial state");
        return text.append(continuing ? ", continuing" : "").toString();
    }
}
