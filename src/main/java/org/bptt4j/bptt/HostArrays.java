package org.bptt4j.bptt;

import org.bptt4j.backend.Backend;
import org.bptt4j.backend.Matrix;
import org.bptt4j.backend.Transpose;

/** Results on their way to the host. */
final class HostArrays {
    /** Rows of ∂L/∂x that are on the device at a time. */
    private static final int INPUT_GRADIENT_ROWS = 1024;

    private final Backend backend;
    private final Weights weights;
    private final int inputSize;
    private final int directions;
    /** Of states: h, and c. */
    private final int kinds;

    private final Unrolled unrolled;
    private final Buffers.Slot inputGradientSlot;

    HostArrays(Network network, Unrolled unrolled, Buffers buffers) {
        this.backend = network.backend();
        this.weights = network.parameters();
        this.inputSize = network.spec().inputSize();
        this.directions = network.spec().directions();
        this.kinds = network.spec().cell().states();
        this.unrolled = unrolled;
        this.inputGradientSlot = buffers.slot();
    }

    /** Memory for {@code width} floats of each row of each step of the loaded batch. */
    float[] array(int width) {
        return new float
                [length((long) unrolled.batch().steps() * unrolled.batch().rows() * width)];
    }

    /** Memory for {@code width} floats of each row of the loaded batch. */
    float[] rows(int width) {
        return new float[length((long) unrolled.batch().rows() * width)];
    }

    private static int length(long length) {
        if (length > Integer.MAX_VALUE - 8) {
            throw new IllegalArgumentException("a result of " + length
                    + " elements does not fit a Java array: use fewer steps at a time or a smaller batch");
        }
        return (int) length;
    }

    /** h_n (0) or c_n (1) [L·D,B,H], null if the cell has none. */
    float[] finalState(int which) {
        return which < kinds ? download(unrolled.carried().all(which)) : null;
    }

    /** ∂L/∂h0 (0) or ∂L/∂c0 (1) [L·D,B,H], null if the cell has none. */
    float[] initialGradient(int which) {
        return which < kinds ? download(unrolled.stack().gradients().carried(which)) : null;
    }

    /** A copy, without what lies between its rows. */
    float[] download(Matrix m) {
        float[] host = new float[length(m.rows() * m.cols())];
        boolean gaps = m.stride() > m.cols();
        int each = gaps ? m.cols() : host.length;
        for (int at = 0; at < host.length; at += each) {
            backend.download(m.array(), m.offset() + (long) at / m.cols() * m.stride(), host, at, each);
        }
        return host;
    }

    /** What belongs to a stretch's own steps, [steps·B, width], while it is on the device, goes to its place in {@code host} [T,B,width]. */
    void download(Stretch stretch, Matrix from, float[] host) {
        download(stretch, from, 0, host);
    }

    /** The same for some rows of them, from row {@code first} on. */
    void download(Stretch stretch, Matrix from, int first, float[] host) {
        int count = (int) (from.rows() * from.cols());
        int to = (row(stretch.ownFrom()) + first) * from.cols();
        backend.download(from.array(), from.offset(), host, to, count);
    }

    private int row(int step) {
        return unrolled.absolute(step) * unrolled.batch().rows();
    }

    /** An observer that puts ∂L/∂x = δ·W_ih of the lowest layer into {@code dX} [T,B,I], some rows at a time; null for null. */
    StackGradients.DeltaObserver inputGradient(float[] dX) {
        return dX == null
                ? null
                : (k, stretch, delta) -> {
                    if (k == 0) {
                        inputGradient(delta, row(stretch.sweptFrom()), dX, 0);
                    } else if (k < directions) {
                        addInReverse(delta, dX);
                    }
                };
    }

    /** The reverse direction of the lowest layer adds its own, which comes in its order. */
    private void addInReverse(Matrix delta, float[] dX) {
        float[] more = new float[dX.length];
        inputGradient(delta, 0, more, 1);
        for (int cell = 0; cell < delta.rows(); cell++) {
            int from = Reversal.reversed(unrolled.batch(), cell) * inputSize;
            for (int i = 0; i < inputSize; i++) {
                dX[cell * inputSize + i] += more[from + i];
            }
        }
    }

    private void inputGradient(Matrix delta, int firstRow, float[] dX, int k) {
        Matrix weightIh = weights.sweep(k).weightIh();
        for (int from = 0; from < delta.rows(); from += INPUT_GRADIENT_ROWS) {
            int rows = (int) Math.min(INPUT_GRADIENT_ROWS, delta.rows() - from);
            Matrix part = inputGradientSlot.matrix(rows, inputSize);
            backend.gemm(Transpose.NO, delta.rows(from, rows), Transpose.NO, weightIh, false, part);
            backend.download(part.array(), 0, dX, (firstRow + from) * inputSize, rows * inputSize);
        }
    }
}
