package org.bptt4j.bptt;

import org.bptt4j.backend.Backend;
import org.bptt4j.backend.Ints;
import org.bptt4j.backend.Matrix;
import org.bptt4j.backend.Transpose;
import org.bptt4j.data.Batch;

/** The first layer's input on the device: a matrix x [T·B, I] or symbol ids [T·B]. */
final class Input {
    private final Backend backend;
    private final int inputSize;
    private final Buffers.Slot denseSlot;
    private final Buffers.Slot idSlot;
    private final Buffers.Slot lengthSlot;
    private Matrix dense;
    private Ints ids;
    private Ints lengths;

    Input(Backend backend, int inputSize, Buffers buffers) {
        this.backend = backend;
        this.inputSize = inputSize;
        this.denseSlot = buffers.slot();
        this.idSlot = buffers.slot();
        this.lengthSlot = buffers.slot();
    }

    /**
     * Uploads the batch's input and lengths; padding becomes zeros, so that it may hold anything. A batch that does not fit is
     * refused before anything changes.
     */
    void load(Batch batch) {
        int cells = Math.multiplyExact(batch.steps(), batch.rows());
        if (batch.ids() == null && batch.inputSize() != inputSize) {
            throw new IllegalArgumentException(
                    "the batch has input size " + batch.inputSize() + ", the network " + inputSize);
        }
        int[] checked = batch.ids() == null ? null : checkedIds(batch);
        dense = null;
        ids = null;
        lengths = null;
        if (checked != null) {
            ids = idSlot.ints(cells);
            backend.upload(checked, 0, cells, ids.array(), 0);
        } else {
            dense = denseSlot.matrix(cells, inputSize);
            float[] x = batch.lengths() == null ? batch.x() : batch.withoutPadding(batch.x(), inputSize);
            backend.upload(x, 0, x.length, dense.array(), 0);
        }
        if (batch.lengths() != null) {
            lengths = lengthSlot.ints(batch.rows());
            backend.upload(batch.lengths(), 0, batch.rows(), lengths.array(), 0);
        }
    }

    private int[] checkedIds(Batch batch) {
        int[] source = batch.ids();
        int[] result = batch.lengths() == null ? source : source.clone();
        for (int i = 0; i < source.length; i++) {
            int t = i / batch.rows();
            int b = i % batch.rows();
            if (t >= batch.length(b)) {
                result[i] = 0;
            } else if (source[i] < 0 || source[i] >= inputSize) {
                throw new IllegalArgumentException(
                        "symbol id " + source[i] + " at step " + t + ", row " + b + ": must be 0 … " + (inputSize - 1));
            }
        }
        return result;
    }

    /** Lengths [B], or null. */
    Ints lengths() {
        return lengths;
    }

    /** Whether a gradient with respect to the input exists. */
    boolean isDense() {
        return dense != null;
    }

    /** {@code to = x·W_ihᵀ} for {@code count} rows from {@code row}. */
    void project(long row, long count, Matrix weightIh, Matrix to) {
        if (ids != null) {
            backend.gatherColumns(ids.slice(row, count), weightIh, to);
        } else {
            backend.gemm(Transpose.NO, dense.rows(row, count), Transpose.YES, weightIh, false, to);
        }
    }

    /** {@code dW_ih += Σ δᵀ·x} over {@code delta}'s rows, which start at {@code row}. */
    void accumulate(long row, Matrix delta, int batch, Matrix gradient) {
        if (ids != null) {
            backend.scatterColumns(ids.slice(row, delta.rows()), delta, batch, gradient);
        } else {
            backend.weightGradient(delta, dense.rows(row, delta.rows()), batch, gradient);
        }
    }
}
