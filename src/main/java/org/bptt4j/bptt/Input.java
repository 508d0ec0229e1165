package org.bptt4j.bptt;

import java.util.Arrays;
import org.bptt4j.backend.Backend;
import org.bptt4j.backend.DeviceArray;
import org.bptt4j.backend.Ints;
import org.bptt4j.backend.Matrix;
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
    private final Buffers.Slot resetSlot;
    private final Buffers buffers;
    /** Of each side; null until it is asked for. */
    private final Rows[] all = new Rows[2];

    private final Ints[] lengths = new Ints[2];
    private final Ints[] resets = new Ints[2];
    private Batch shape;
    /** Rows of the longest window. */
    private int cells;

    Input(Backend backend, int inputSize, Buffers buffers, Staging staging) {
        this.backend = backend;
        this.inputSize = inputSize;
        this.staging = staging;
        this.buffers = buffers;
        this.denseSlot = buffers.twoSidedSlot();
        this.idSlot = buffers.twoSidedSlot();
        this.lengthSlot = buffers.twoSidedSlot();
        this.resetSlot = buffers.twoSidedSlot();
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

    /** Makes room for windows of {@code steps} steps of batches of this one's shape. */
    void resize(Batch batch, int steps) {
        shape = batch;
        cells = steps * batch.rows();
        Arrays.fill(all, null);
        Arrays.fill(lengths, null);
        Arrays.fill(resets, null);
        all();
        lengths();
        resets();
    }

    /** Bytes of one step. */
    static long stepBytes(Batch batch) {
        int resets = batch.resets() == null ? 0 : 1;
        return (long) Float.BYTES * batch.rows() * ((batch.ids() == null ? batch.inputSize() : 1) + resets);
    }

    private Rows all() {
        int side = buffers.side();
        if (all[side] == null) {
            all[side] = shape.ids() == null
                    ? new Rows(denseSlot.matrix(cells, inputSize), null)
                    : new Rows(null, idSlot.view(cells));
        }
        return all[side];
    }

    /** Uploads a window's input, lengths and resets; padding becomes zeros, so that it may hold anything. */
    void upload(Batch batch, Window window) {
        if (batch.lengths() != null) {
            uploadLengths(batch, window);
        }
        int from = window.from() * batch.rows();
        int count = window.steps() * batch.rows();
        if (batch.resets() != null) {
            uploadResets(batch, from, count);
        }
        if (batch.ids() != null) {
            uploadIds(batch, from, count, all().ids().array());
        } else if (batch.lengths() != null) {
            float[] x = staging.floats(count * inputSize);
            batch.copyWithoutPadding(batch.x(), inputSize, window.from(), window.to(), x);
            backend.upload(x, 0, count * inputSize, all().dense().array(), 0);
        } else {
            backend.upload(
                    batch.x(),
                    from * inputSize,
                    count * inputSize,
                    all().dense().array(),
                    0);
        }
    }

    /** Counted from the window's first step. */
    private void uploadLengths(Batch batch, Window window) {
        int[] left = staging.ints(batch.rows());
        for (int b = 0; b < batch.rows(); b++) {
            left[b] = Math.max(0, batch.length(b) - window.from());
        }
        backend.upload(left, 0, batch.rows(), lengths().array(), 0);
    }

    /** In padding nothing begins: the gradient of c_n, which enters behind it, must come through. */
    private void uploadResets(Batch batch, int from, int count) {
        int[] numbers = staging.ints(count);
        for (int i = 0; i < count; i++) {
            numbers[i] = batch.resets()[from + i] && !batch.isPadding(from + i) ? 1 : 0;
        }
        backend.upload(numbers, 0, count, resets().array(), 0);
    }

    private void uploadIds(Batch batch, int from, int count, DeviceArray to) {
        if (batch.lengths() == null) {
            backend.upload(batch.ids(), from, count, to, 0);
            return;
        }
        int[] ids = staging.ints(count);
        for (int i = 0; i < count; i++) {
            ids[i] = batch.isPadding(from + i) ? 0 : batch.ids()[from + i];
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

    /** 1 where a row begins anew, for all rows of the window's steps, or null. */
    private Ints resets() {
        int side = buffers.side();
        if (resets[side] == null && shape.resets() != null) {
            resets[side] = resetSlot.view(cells);
        }
        return resets[side];
    }

    /** Those of {@code count} rows from {@code row}, or null. */
    Ints resets(long row, long count) {
        return shape.resets() == null ? null : resets().slice(row, count);
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
}
