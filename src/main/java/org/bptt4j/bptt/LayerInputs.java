package org.bptt4j.bptt;

import org.bptt4j.backend.Backend;
import org.bptt4j.backend.Dropout;
import org.bptt4j.backend.Matrix;
import org.bptt4j.spec.RnnSpec;

/** What each layer reads: x, or what the layer below gives, in training with dropout; and for the other direction the same in reverse. */
final class LayerInputs {
    private final Backend backend;
    private final RnnSpec spec;
    private final Input input;
    private final Reversal reversal;
    private final Buffers.Slot droppedSlot;
    private final Buffers.Slot reverseSlot;
    /** Between each layer and the next; none without dropout. */
    private Dropout[] dropouts = new Dropout[0];

    private long seed;
    private long update;
    /** The window's first step among all steps of the batch. */
    private int windowFrom;

    /** @param reversal null if there is one direction */
    LayerInputs(Network network, Input input, Reversal reversal, Buffers buffers) {
        this.backend = network.backend();
        this.spec = network.spec();
        this.input = input;
        this.reversal = reversal;
        this.droppedSlot = buffers.slot();
        this.reverseSlot = buffers.slot();
    }

    private static boolean drops(RnnSpec spec) {
        return spec.dropout() > 0 && spec.layers() > 1;
    }

    /** Makes room for so many rows of a stretch. */
    void resize(long rows, boolean ids) {
        if (drops(spec)) {
            droppedSlot.matrix(rows, spec.layerOutputSize());
        }
        if (reverseSize(spec, ids) > 0) {
            reverseSlot.matrix(rows, reverseSize(spec, ids));
        }
    }

    /** Bytes that {@link #resize} takes for each row. */
    static long rowBytes(RnnSpec spec, boolean ids) {
        long dropped = drops(spec) ? spec.layerOutputSize() : 0;
        return Float.BYTES * (dropped + reverseSize(spec, ids));
    }

    /** The longest row that a layer reads in reverse; symbols are nobody's row. */
    private static int reverseSize(RnnSpec spec, boolean ids) {
        int lowest = ids ? 0 : spec.inputSize();
        int others = spec.layers() == 1 ? 0 : spec.layerOutputSize();
        return spec.bidirectional() ? Math.max(lowest, others) : 0;
    }

    /**
     * From now on there is dropout between the layers, with the masks of update number {@code number} of a training with {@code newSeed}; as in evaluation
     * none if it is 0.
     */
    void drop(long newSeed, long number) {
        update = number;
        if (number > 0 && drops(spec) && (dropouts.length == 0 || newSeed != seed)) {
            seed = newSeed;
            dropouts = new Dropout[spec.layers() - 1];
            for (int l = 0; l < dropouts.length; l++) {
                dropouts[l] = new Dropout(spec.dropout(), seed, l);
            }
        }
    }

    /** The window on the device begins with this step. */
    void enter(int from) {
        windowFrom = from;
    }

    /**
     * What a layer reads in some steps.
     *
     * @param layer its number
     * @param step the first of them, counted from the window's first
     * @param given x, or what the layer below gives
     * @param dropped where the same is with dropout, null if there is never any
     * @param reverse where that is in reverse, null if there is one direction
     */
    record Reads(int layer, int step, Input.Rows given, Input.Rows dropped, Input.Rows reverse) {}

    /** What layer {@code l} reads in the steps [from, to), where {@code below} [steps·B, D·H] is what the layer below gives. */
    Reads of(int l, int from, int to, int batch, Matrix below) {
        long count = (long) (to - from) * batch;
        Input.Rows given = l == 0 ? input.rows((long) from * batch, count) : new Input.Rows(below, null);
        Input.Rows dropped =
                l > 0 && drops(spec) ? new Input.Rows(droppedSlot.matrix(count, spec.layerOutputSize()), null) : null;
        return new Reads(l, from, given, dropped, reversal == null ? null : reverse(l, given, count));
    }

    private Input.Rows reverse(int l, Input.Rows given, long count) {
        return given.ids() != null
                ? new Input.Rows(null, reversal.ids())
                : new Input.Rows(reverseSlot.matrix(count, spec.layerInputSize(l)), null);
    }

    /** Puts in its place what is not there already. */
    void prepare(Reads reads, int batch) {
        if (drops(reads)) {
            drop(reads, batch, reads.given.dense(), reads.dropped.dense());
        }
        if (reads.reverse != null && reads.reverse.dense() != null) {
            backend.gatherRows(reversal.rows(), rows(reads, 0).dense(), reads.reverse.dense());
        }
    }

    /** After {@link #prepare}, what direction {@code d} reads. */
    Input.Rows rows(Reads reads, int d) {
        return d == 1 ? reads.reverse : drops(reads) ? reads.dropped : reads.given;
    }

    /** What a layer gives back to the one below: ∂L/∂X with the same dropout. */
    void giveBack(Reads reads, int batch, Matrix gradient) {
        if (drops(reads)) {
            drop(reads, batch, gradient, gradient);
        }
    }

    private boolean drops(Reads reads) {
        return update > 0 && reads.dropped != null;
    }

    private void drop(Reads reads, int batch, Matrix from, Matrix to) {
        long row = ((long) windowFrom + reads.step) * batch;
        backend.dropout(dropouts[reads.layer - 1], update, row, from, to);
    }
}
