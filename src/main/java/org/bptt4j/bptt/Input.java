package org.bptt4j.bptt;

import java.util.Arrays;
import org.bptt4j.backend.Backend;
import org.bptt4j.backend.DeviceArray;
import org.bptt4j.backend.Ints;
import org.bptt4j.backend.Matrix;
import org.bptt4j.backend.Transpose;
import org.bptt4j.data.Batch;

/** The first layer's input on the device: a matrix x [T·B, I] or symbol ids [T·B]. */
final class Input {
    /** A view of some rows: of x or of the ids, the other is null. */
    record Rows(Matrix dense, Ints ids) {}

    private final Backend backend;
    private final int inputSize;
    private final Staging staging;
    private final Buffers.Slot denseSlot;
    private final Buffers.Slot idSlot;
    private final Buffers.Slot lengthSlot;
    private final Buffers buffers;
    /** Of each side; null until it is asked for. */
    private final Rows[] all = new Rows[2];

    private final Ints[] lengths = new Ints[2];
    private Batch shape;

    Input(Backend backend, int inputSize, Buffers buffers, Staging staging) {
        this.backend = backend;
        this.inputSize = inputSize;
        this.staging = staging;
        this.buffers = buffers;
        this.denseSlot = buffers.twoSidedSlot();
        this.idSlot = buffers.twoSidedSlot();
        this.lengthSlot = buffers.twoSidedSlot();
    }

    /** Refuses a batch whose input does not fit. */
    void check(Batch batch) {
        if (batch.ids() == null) {
            if (batch.inputSize() != inputSize) {
                throw new IllegalArgumentException(
                        "the batch has input size " + batch.inputSize() + ", the network " + inputSize);
            }
            return;
        }
        for (int i = 0; i < batch.ids().length; i++) {
            int id = batch.ids()[i];
            if ((id < 0 || id >= inputSize) && !batch.isPadding(i)) {
                throw new IllegalArgumentException("symbol id " + id + " at step " + i / batch.rows() + ", row "
                        + i % batch.rows() + ": must be 0 … " + (inputSize - 1));
            }
        }
    }

    /** Makes room for batches of this one's shape. */
    void resize(Batch batch) {
        shape = batch;
        Arrays.fill(all, null);
        Arrays.fill(lengths, null);
        all();
        lengths();
    }

    private Rows all() {
        int side = buffers.side();
        if (all[side] == null) {
            int cells = Math.multiplyExact(shape.steps(), shape.rows());
            all[side] = shape.ids() == null
                    ? new Rows(denseSlot.matrix(cells, inputSize), null)
                    : new Rows(null, idSlot.view(cells));
        }
        return all[side];
    }

    /** Uploads the batch's input and lengths; padding becomes zeros, so that it may hold anything. */
    void upload(Batch batch) {
        if (batch.lengths() != null) {
            backend.upload(batch.lengths(), 0, batch.rows(), lengths().array(), 0);
        }
        if (batch.ids() != null) {
            uploadIds(batch, all().ids().array());
        } else {
            float[] x = batch.x();
            if (batch.lengths() != null) {
                x = staging.floats(batch.x().length);
                batch.copyWithoutPadding(batch.x(), inputSize, x);
            }
            backend.upload(x, 0, batch.x().length, all().dense().array(), 0);
        }
    }

    private void uploadIds(Batch batch, DeviceArray to) {
        int[] ids = batch.ids();
        int count = ids.length;
        if (batch.lengths() != null) {
            ids = staging.ints(count);
            for (int i = 0; i < count; i++) {
                ids[i] = batch.isPadding(i) ? 0 : batch.ids()[i];
            }
        }
        backend.upload(ids, 0, count, to, 0);
    }

    /** Lengths [B], or null. */
    Ints lengths() {
        int side = buffers.side();
        if (lengths[side] == null && shape.lengths() != null) {
            lengths[side] = lengthSlot.view(shape.rows());
        }
        return lengths[side];
    }

    /** Whether a gradient with respect to the input exists. */
    boolean isDense() {
        return shape.ids() == null;
    }

    /** A view of {@code count} rows from {@code row}. */
    Rows rows(long row, long count) {
        return isDense()
                ? new Rows(all().dense().rows(row, count), null)
                : new Rows(null, all().ids().slice(row, count));
    }

    /** {@code to = x·W_ihᵀ}. */
    void project(Rows x, Matrix weightIh, Matrix to) {
        if (x.ids() != null) {
            backend.gatherColumns(x.ids(), weightIh, to);
        } else {
            backend.gemm(Transpose.NO, x.dense(), Transpose.YES, weightIh, false, to);
        }
    }

    /** {@code dW_ih += Σ δᵀ·x}. */
    void accumulate(Rows x, Matrix delta, int batch, Matrix gradient) {
        if (x.ids() != null) {
            backend.scatterColumns(x.ids(), delta, batch, gradient);
        } else {
            backend.weightGradient(delta, x.dense(), batch, gradient);
        }
    }
}
