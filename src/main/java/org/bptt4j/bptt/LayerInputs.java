package org.bptt4j.bptt;

import org.bptt4j.backend.Backend;
import org.bptt4j.backend.Matrix;
import org.bptt4j.spec.RnnSpec;

/** What each layer reads: x, or what the layer below gives; and for the other direction the same in reverse. */
final class LayerInputs {
    /**
     * What a layer reads in some steps.
     *
     * @param given x, or what the layer below gives
     * @param reverse where the same is in reverse, null if there is one direction
     */
    record Reads(Input.Rows given, Input.Rows reverse) {
        Input.Rows rows(int direction) {
            return direction == 0 ? given : reverse;
        }
    }

    private final Backend backend;
    private final RnnSpec spec;
    private final Input input;
    private final Reversal reversal;
    private final Buffers.Slot reverseSlot;

    /** @param reversal null if there is one direction */
    LayerInputs(Network network, Input input, Reversal reversal, Buffers buffers) {
        this.backend = network.backend();
        this.spec = network.spec();
        this.input = input;
        this.reversal = reversal;
        this.reverseSlot = buffers.slot();
    }

    /** Makes room for so many rows of a stretch. */
    void resize(long rows) {
        if (reversal != null) {
            reverseSlot.floats(rows * width());
        }
    }

    /** Bytes of one row. */
    static long rowBytes(RnnSpec spec) {
        return spec.bidirectional() ? (long) Float.BYTES * Math.max(spec.inputSize(), spec.layerOutputSize()) : 0;
    }

    private int width() {
        return Math.max(spec.inputSize(), spec.layerOutputSize());
    }

    /** What layer {@code l} reads in {@code count} rows from {@code row} on, where {@code below} [count, D·H] is what the layer below gives. */
    Reads of(int l, long row, long count, Matrix below) {
        Input.Rows given = l == 0 ? input.rows(row, count) : new Input.Rows(below, null);
        if (reversal == null) {
            return new Reads(given, null);
        }
        Input.Rows reverse = given.ids() != null
                ? new Input.Rows(null, reversal.ids())
                : new Input.Rows(reverseSlot.matrix(count, spec.layerInputSize(l)), null);
        return new Reads(given, reverse);
    }

    /** Puts in its place what is not there already. */
    void prepare(Reads reads) {
        if (reads.reverse != null && reads.reverse.dense() != null) {
            backend.gatherRows(reversal.rows(), reads.given.dense(), reads.reverse.dense());
        }
    }
}
