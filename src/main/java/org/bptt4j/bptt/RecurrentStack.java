package org.bptt4j.bptt;

import java.util.List;
import org.bptt4j.backend.Backend;
import org.bptt4j.backend.Matrix;
import org.bptt4j.backend.RecurrentBackward;
import org.bptt4j.backend.RecurrentForward;
import org.bptt4j.backend.Transpose;
import org.bptt4j.spec.RnnSpec;

/**
 * The unrolled recurrent layers of one batch: their states and the two sweeps.
 *
 * <p>Per layer, forward: {@code A = X·W_ihᵀ} (one GEMM), then the recurrent sweep over A in the memory of the states. Backward:
 * the recurrent sweep over {@code ∂L/∂H} in its own memory, then {@code dW_hh = Σ δ_tᵀh_{t−1}}, {@code dW_ih = Σ δ_tᵀx_t} and
 * {@code dX = δ·W_ih}, one GEMM each over all rows.
 */
final class RecurrentStack {
    /** Sees δ [steps·B, G·H] of a layer, whose first step is {@code firstStep}. */
    interface DeltaObserver {
        void layer(int layer, Matrix delta, int firstStep);
    }

    private final Network network;
    private final Backend backend;
    private final RnnSpec spec;
    private final List<Buffers.Slot> stateSlots;
    private final List<Buffers.Slot> deltaSlots;
    private final Buffers.Slot inputGradientSlot;
    private final Buffers.Slot carrySlot;
    private final Matrix[] states;
    private final Matrix[] deltas = new Matrix[2];
    private Matrix carry;
    private Matrix bottom;
    private int batch;

    RecurrentStack(Network network, Buffers buffers) {
        this.network = network;
        this.backend = network.backend();
        this.spec = network.spec();
        this.stateSlots = buffers.slots(spec.layers());
        this.deltaSlots = buffers.slots(2);
        this.inputGradientSlot = buffers.slot();
        this.carrySlot = buffers.slot();
        this.states = new Matrix[spec.layers()];
    }

    /** Makes room for T steps of B rows, forward only. The states' contents are undefined afterwards. */
    void resize(int steps, int rows) {
        batch = rows;
        for (int l = 0; l < states.length; l++) {
            states[l] = stateSlots.get(l).matrix((steps + 1L) * rows, spec.hiddenSize());
        }
    }

    /** h [(T+1)·B, H] of layer {@code l}. */
    Matrix states(int l) {
        return states[l];
    }

    /** The top layer's h_1 … h_T for the steps start … end−1: [(end − start)·B, H]. */
    Matrix outputs(int start, int end) {
        return states[states.length - 1].rows((start + 1L) * batch, (long) (end - start) * batch);
    }

    /** Sweeps steps start … end−1 forward through all layers. */
    void forward(Input input, int start, int end) {
        long row = (long) start * batch;
        long count = (long) (end - start) * batch;
        for (int l = 0; l < states.length; l++) {
            Weights.Layer w = network.parameters().layer(l);
            Matrix gates = states[l].rows(row + batch, count);
            if (l == 0) {
                input.project(row, count, w.weightIh(), gates);
            } else {
                Matrix below = states[l - 1].rows(row + batch, count);
                backend.gemm(Transpose.NO, below, Transpose.YES, w.weightIh(), false, gates);
            }
            Matrix range = states[l].rows(row, count + batch);
            backend.recurrentForward(new RecurrentForward(
                    spec.cell(), batch, start, w.weightHh(), w.biasIh(), w.biasHh(), gates, range, input.lengths()));
        }
    }

    /**
     * Where the head leaves ∂L/∂h of the top layer: the rows of the segment's own steps are returned, those of earlier steps
     * in its window are zero.
     */
    Matrix prepareBackward(Segment segment) {
        long window = (long) segment.window() * batch;
        // A segment that reaches back less than its own steps still needs room for all of them.
        long rows = Math.max(window, (long) segment.steps() * batch);
        for (int i = 0; i < 2; i++) {
            deltas[i] = deltaSlots.get(i).matrix(rows, spec.hiddenSize());
        }
        carry = carrySlot.matrix((long) states.length * batch, spec.hiddenSize());
        backend.fill(carry, 0f);
        long own = (long) segment.steps() * batch;
        backend.fill(deltas[0].rows(0, rows - own), 0f);
        return deltas[0].rows(rows - own, own);
    }

    /** Gradient with respect to the states before the window's first step, [L·B, H]. */
    Matrix carry() {
        return carry;
    }

    /**
     * Sweeps the segment's window back through all layers and adds to the gradients of the parameters.
     *
     * @param dFinal gradient with respect to the final states, or null for none
     * @param observer sees δ of each layer, or null
     */
    void backward(Input input, Segment segment, FinalGradient dFinal, DeltaObserver observer) {
        long row = (long) segment.reach() * batch;
        long count = (long) segment.window() * batch;
        int current = 0;
        for (int l = states.length - 1; l >= 0; l--) {
            Weights.Layer w = network.parameters().layer(l);
            Weights.Layer g = network.gradients().layer(l);
            Matrix delta = window(deltas[current], count);
            Matrix range = states[l].rows(row, count + batch);
            if (dFinal != null) {
                backend.scatterRows(dFinal.lastRows(), dFinal.states().rows((long) l * batch, batch), delta);
            }
            backend.recurrentBackward(new RecurrentBackward(
                    spec.cell(),
                    batch,
                    w.weightHh(),
                    range.rows(batch, count),
                    range,
                    delta,
                    delta,
                    carry.rows((long) l * batch, batch)));
            backend.weightGradient(delta, range.rows(0, count), batch, g.weightHh());
            backend.biasGradient(delta, batch, g.biasIh());
            backend.biasGradient(delta, batch, g.biasHh());
            if (observer != null) {
                observer.layer(l, delta, segment.reach());
            }
            if (l > 0) {
                backend.weightGradient(delta, states[l - 1].rows(row + batch, count), batch, g.weightIh());
                Matrix below = window(deltas[1 - current], count);
                backend.gemm(Transpose.NO, delta, Transpose.NO, w.weightIh(), false, below);
                current = 1 - current;
            } else {
                input.accumulate(row, delta, batch, g.weightIh());
            }
        }
        bottom = window(deltas[current], count);
    }

    /** dX [window·B, I] of the last backward sweep: δ·W_ih of the lowest layer. */
    Matrix inputGradient() {
        Matrix dX = inputGradientSlot.matrix(bottom.rows(), spec.inputSize());
        Matrix weightIh = network.parameters().layer(0).weightIh();
        backend.gemm(Transpose.NO, bottom, Transpose.NO, weightIh, false, dX);
        return dX;
    }

    /** The last {@code count} rows: the window ends where the segment ends. */
    private static Matrix window(Matrix delta, long count) {
        return delta.rows(delta.rows() - count, count);
    }
}
