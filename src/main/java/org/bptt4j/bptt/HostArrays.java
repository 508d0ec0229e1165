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
    private final Unrolled unrolled;
    private final Buffers.Slot inputGradientSlot;

    HostArrays(Network network, Unrolled unrolled, Buffers buffers) {
        this.backend = network.backend();
        this.weights = network.parameters();
        this.inputSize = network.spec().inputSize();
        this.unrolled = unrolled;
        this.inputGradientSlot = buffers.slot();
    }

    /** Memory for {@code width} floats of each row of each step of the loaded batch. */
    float[] array(int width) {
        return new float
                [length((long) unrolled.batch().steps() * unrolled.batch().rows() * width)];
    }

    private static int length(long length) {
        if (length > Integer.MAX_VALUE - 8) {
            throw new IllegalArgumentException("a result of " + length
                    + " elements does not fit a Java array: use fewer steps at a time or a smaller batch");
        }
        return (int) length;
    }

    float[] download(Matrix m) {
        float[] host = new float[length(m.rows() * m.cols())];
        backend.download(m.array(), m.offset(), host, 0, host.length);
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
    RecurrentStack.DeltaObserver inputGradient(float[] dX) {
        return dX == null
                ? null
                : (layer, stretch, delta) -> {
                    if (layer == 0) {
                        inputGradient(delta, row(stretch.sweptFrom()), dX);
                    }
                };
    }

    private void inputGradient(Matrix delta, int firstRow, float[] dX) {
        Matrix weightIh = weights.layer(0).weightIh();
        for (int from = 0; from < delta.rows(); from += INPUT_GRADIENT_ROWS) {
            int rows = (int) Math.min(INPUT_GRADIENT_ROWS, delta.rows() - from);
            Matrix part = inputGradientSlot.matrix(rows, inputSize);
            backend.gemm(Transpose.NO, delta.rows(from, rows), Transpose.NO, weightIh, false, part);
            backend.download(part.array(), 0, dX, (firstRow + from) * inputSize, rows * inputSize);
        }
    }
}
