package org.bptt4j.bptt;

import org.bptt4j.backend.Backend;
import org.bptt4j.backend.Matrix;
import org.bptt4j.backend.Transpose;

/** The linear head {@code y = h·W_hyᵀ + b_y}, and backward {@code dW_hy = Σ dyᵀh}, {@code db_y = Σ dy}, {@code dh = dy·W_hy}. */
final class Head {
    private final Network network;
    private final Backend backend;
    private final Buffers.Slot outputSlot;
    /** Outputs that there is room for. */
    private int mostRows = 4096;

    Head(Network network, Buffers buffers) {
        this.network = network;
        this.backend = network.backend();
        this.outputSlot = buffers.slot();
    }

    /** Makes room for the outputs of so many states. */
    void resize(int rows) {
        mostRows = rows;
        place(rows);
    }

    /** Where the outputs y [rows, O] of some states go. There is one such place: what it holds is valid until the next use. */
    Matrix place(long rows) {
        return outputSlot.matrix(rows, network.spec().outputSize());
    }

    /** y [R, O] of states h [R, D·H]. */
    void forward(Matrix h, Matrix y) {
        backend.fillRows(network.parameters().headBias(), y);
        backend.gemm(Transpose.NO, h, Transpose.YES, network.parameters().headWeight(), true, y);
    }

    /** Sees y [n, O] of some states, from row {@code from} of all on. */
    interface Reader {
        void read(Matrix y, int from);
    }

    /** {@code reader} sees y of states h [R, D·H], as many rows at a time as there is room for. */
    void outputs(Matrix h, Reader reader) {
        for (int from = 0; from < h.rows(); from += mostRows) {
            int rows = (int) Math.min(mostRows, h.rows() - from);
            Matrix y = place(rows);
            forward(h.rows(from, rows), y);
            reader.read(y, from);
        }
    }

    /** Adds to the head's gradients, and leaves ∂L/∂h in {@code dh}. */
    void backward(Matrix dy, Matrix h, int batch, Matrix dh) {
        backend.weightGradient(dy, h, batch, network.gradients().headWeight());
        backend.biasGradient(dy, batch, network.gradients().headBias());
        backend.gemm(Transpose.NO, dy, Transpose.NO, network.parameters().headWeight(), false, dh);
    }
}
