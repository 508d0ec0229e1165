package org.bptt4j.bptt;

import java.util.List;
import org.bptt4j.backend.Backend;
import org.bptt4j.backend.Matrix;
import org.bptt4j.backend.RecurrentBackward;
import org.bptt4j.backend.RecurrentForward;
import org.bptt4j.backend.Transpose;
import org.bptt4j.spec.RnnSpec;

/**
 * The recurrent layers over the steps of one window: their states and the two sweeps, stretch by stretch.
 *
 * <p>Per layer, forward: {@code A = X·W_ihᵀ} (one GEMM), then the recurrent sweep over A in the memory of the states. Backward:
 * the recurrent sweep over {@code ∂L/∂H} in its own memory, then {@code dW_hh = Σ δ_tᵀh_{t−1}}, {@code dW_ih = Σ δ_tᵀx_t} and
 * {@code dX = δ·W_ih}, one GEMM each over the rows of a stretch. How steps are cut into stretches and windows does not change the bits.
 */
final class RecurrentStack {
    /** Sees δ [steps·B, G·H] of a layer in a stretch's swept steps, after it was added to the gradients. */
    interface DeltaObserver {
        void layer(int layer, Stretch stretch, Matrix delta);
    }

    private final Network network;
    private final Backend backend;
    private final RnnSpec spec;
    private final Input input;
    private final List<Buffers.Slot> stateSlots;
    private final List<Buffers.Slot> deltaSlots;
    private final Buffers.Slot maskedSlot;
    private final Buffers.Slot carrySlot;
    private final Buffers.Views<Forward> forwards;
    private final Buffers.Views<Backward> backwards;
    private final Buffers.Views<Matrix[]> afters;
    private final Matrix[] states;
    private Matrix[] before;
    private Matrix carry;
    private int batch;

    RecurrentStack(Network network, Input input, Buffers buffers) {
        this.network = network;
        this.backend = network.backend();
        this.spec = network.spec();
        this.input = input;
        this.stateSlots = buffers.slots(spec.layers());
        this.deltaSlots = buffers.slots(Math.min(2, spec.layers()));
        this.maskedSlot = buffers.slot();
        this.carrySlot = buffers.slot();
        this.forwards = buffers.views(this::forwardViews);
        this.backwards = buffers.views(this::backwardViews);
        this.afters = buffers.views(stretch -> block(stretch.to()));
        this.states = new Matrix[spec.layers()];
    }

    /** Makes room for windows of {@code steps} steps of B rows, swept back in stretches. Contents are undefined afterwards. */
    void resize(int steps, int stretch, int rows, boolean resets) {
        batch = rows;
        for (int l = 0; l < states.length; l++) {
            states[l] = stateSlots.get(l).matrix((steps + 1L) * rows, spec.hiddenSize());
        }
        before = block(0);
        for (Buffers.Slot slot : deltaSlots) {
            slot.matrix((long) Math.min(steps, stretch) * rows, spec.hiddenSize());
        }
        if (resets) {
            maskedSlot.matrix((long) Math.min(steps, stretch) * rows, spec.hiddenSize());
        }
        carry = carrySlot.matrix((long) states.length * rows, spec.hiddenSize());
    }

    /** Bytes of all layers' states of one step. */
    static long stateBytes(RnnSpec spec, int rows) {
        return (long) spec.layers() * rows * spec.hiddenSize() * Float.BYTES;
    }

    /** Bytes of δ of one step, and of the states before it if rows may begin anew there. */
    static long deltaBytes(RnnSpec spec, int rows, boolean resets) {
        int matrices = Math.min(2, spec.layers()) + (resets ? 1 : 0);
        return (long) matrices * rows * spec.hiddenSize() * Float.BYTES;
    }

    /** The states before the window's first step, one [B, H] for each layer. */
    Matrix[] before() {
        return before;
    }

    /** The states after the last step of a stretch, one [B, H] for each layer. */
    Matrix[] after(Stretch stretch) {
        return afters.get(stretch);
    }

    private Matrix[] block(int step) {
        Matrix[] block = new Matrix[states.length];
        for (int l = 0; l < block.length; l++) {
            block[l] = states[l].rows((long) step * batch, batch);
        }
        return block;
    }

    /** A window begins with these states. */
    void copyToStart(Matrix[] current) {
        for (int l = 0; l < states.length; l++) {
            backend.copy(current[l], before[l]);
        }
    }

    /** A window begins with the last steps of the one before: {@code kept} of them from step {@code from} on, and the state before. */
    void moveToStart(int from, int kept) {
        for (int done = 0; from > 0 && done <= kept; done += from) {
            // Not farther than they move: what is copied may not overlap.
            long rows = (long) Math.min(from, kept + 1 - done) * batch;
            for (Matrix h : states) {
                backend.copy(h.rows((long) (from + done) * batch, rows), h.rows((long) done * batch, rows));
            }
        }
    }

    /** The states of layer {@code l} after each of a stretch's own steps, [steps·B, H]. */
    Matrix outputs(Stretch stretch, int l) {
        return forwards.get(stretch).sweeps[l].gates();
    }

    /** The top layer's states after each of a stretch's own steps, [steps·B, H]. */
    Matrix outputs(Stretch stretch) {
        return outputs(stretch, states.length - 1);
    }

    /** B. */
    int batch() {
        return batch;
    }

    // ---- forward ----------------------------------------------------------------------------------------------------

    /** A forward sweep over a stretch's own steps: its rows of the input, and each layer's sweep. */
    private record Forward(Input.Rows input, RecurrentForward[] sweeps) {}

    private Forward forwardViews(Stretch stretch) {
        long row = (long) stretch.ownFrom() * batch;
        long count = (long) stretch.ownSteps() * batch;
        RecurrentForward[] sweeps = new RecurrentForward[states.length];
        for (int l = 0; l < states.length; l++) {
            Weights.Layer w = network.parameters().layer(l);
            Matrix range = states[l].rows(row, count + batch);
            // The gates of these cells lie where the states will be.
            Matrix gates = range.rows(batch, count);
            sweeps[l] = new RecurrentForward(
                    spec.cell(),
                    batch,
                    stretch.ownFrom(),
                    w.weightHh(),
                    w.biasIh(),
                    w.biasHh(),
                    gates,
                    range,
                    input.lengths(),
                    input.resets(row, count));
        }
        return new Forward(input.rows(row, count), sweeps);
    }

    /** Sweeps a stretch's own steps forward through all layers. */
    void forward(Stretch stretch) {
        Forward views = forwards.get(stretch);
        for (int l = 0; l < states.length; l++) {
            RecurrentForward sweep = views.sweeps[l];
            Matrix weightIh = network.parameters().layer(l).weightIh();
            if (l == 0) {
                input.project(views.input, weightIh, sweep.gates());
            } else {
                Matrix below = outputs(stretch, l - 1);
                backend.gemm(Transpose.NO, below, Transpose.YES, weightIh, false, sweep.gates());
            }
            backend.recurrentForward(sweep);
        }
    }

    // ---- backward ---------------------------------------------------------------------------------------------------

    /**
     * A backward sweep over a stretch.
     *
     * @param input rows of the input in its swept steps
     * @param earlier ∂L/∂h of the top layer in the steps before its own
     * @param own the same in its own
     */
    private record Backward(Input.Rows input, BackwardLayer[] layers, Matrix earlier, Matrix own) {}

    /**
     * A layer in the swept steps of a stretch.
     *
     * @param before its states before each step
     * @param masked memory for the same with zeros where rows begin anew, or null if they never do
     * @param below the states below it after each step, null for the first layer
     */
    private record BackwardLayer(RecurrentBackward sweep, Matrix before, Matrix masked, Matrix below) {}

    private Backward backwardViews(Stretch stretch) {
        long row = (long) stretch.sweptFrom() * batch;
        long count = (long) stretch.sweptSteps() * batch;
        BackwardLayer[] layers = new BackwardLayer[stretch.isSwept() ? states.length : 0];
        for (int l = 0; l < layers.length; l++) {
            Matrix delta = delta(stretch, l, stretch.sweptFrom(), stretch.to());
            Matrix range = states[l].rows(row, count + batch);
            RecurrentBackward sweep = new RecurrentBackward(
                    spec.cell(),
                    batch,
                    network.parameters().layer(l).weightHh(),
                    range.rows(batch, count),
                    range,
                    delta,
                    carry.rows((long) l * batch, batch),
                    input.resets(row, count));
            Matrix masked = sweep.resets() == null ? null : maskedSlot.matrix(count, spec.hiddenSize());
            Matrix below = l == 0 ? null : states[l - 1].rows(row + batch, count);
            layers[l] = new BackwardLayer(sweep, range.rows(0, count), masked, below);
        }
        int top = states.length - 1;
        return new Backward(
                stretch.isSwept() ? input.rows(row, count) : null,
                layers,
                delta(stretch, top, stretch.from(), stretch.ownFrom()),
                delta(stretch, top, stretch.ownFrom(), stretch.to()));
    }

    /** The memory for δ of layer {@code l} in steps [from, to) of a stretch; the layers use two arrays in turn. */
    private Matrix delta(Stretch stretch, int l, int from, int to) {
        long rows = (long) (stretch.to() - stretch.from()) * batch;
        Matrix whole = deltaSlots.get(l % deltaSlots.size()).matrix(rows, spec.hiddenSize());
        return whole.rows((long) (from - stretch.from()) * batch, (long) (to - from) * batch);
    }

    /** A backward sweep begins: nothing reaches its last states from later steps. */
    void clearCarry() {
        backend.fill(carry, 0f);
    }

    /** Where ∂L/∂h of the top layer in a stretch's own steps belongs before {@link #backward}; one place for all stretches. */
    Matrix outputGradients(Stretch stretch) {
        return backwards.get(stretch).own;
    }

    /**
     * Sweeps a stretch back through all layers and adds to the gradients of the parameters.
     *
     * @param dFinal gradient with respect to the final states, or null for none
     * @param observer sees δ of each layer, or null
     */
    void backward(Stretch stretch, FinalGradient dFinal, DeltaObserver observer) {
        Backward views = backwards.get(stretch);
        backend.fill(views.earlier, 0f);
        for (int l = views.layers.length - 1; l >= 0; l--) {
            BackwardLayer layer = views.layers[l];
            Weights.Layer g = network.gradients().layer(l);
            if (dFinal != null) {
                dFinal.addTo(stretch, l, layer.sweep.dStates());
            }
            backend.recurrentBackward(layer.sweep);
            Matrix delta = layer.sweep.dGates();
            backend.weightGradient(delta, statesBefore(layer), batch, g.weightHh());
            backend.biasGradient(delta, batch, g.biasIh());
            backend.biasGradient(delta, batch, g.biasHh());
            if (l > 0) {
                backend.weightGradient(delta, layer.below, batch, g.weightIh());
                Matrix weightIh = network.parameters().layer(l).weightIh();
                Matrix dBelow = views.layers[l - 1].sweep.dStates();
                backend.gemm(Transpose.NO, delta, Transpose.NO, weightIh, false, dBelow);
            } else {
                input.accumulate(views.input, delta, batch, g.weightIh());
            }
            if (observer != null) {
                observer.layer(l, stretch, delta);
            }
        }
    }

    /** What each step's product saw: h_{t−1}, or zeros where a row begins anew. */
    private Matrix statesBefore(BackwardLayer layer) {
        if (layer.masked == null) {
            return layer.before;
        }
        backend.maskRows(layer.sweep.resets(), layer.before, layer.masked);
        return layer.masked;
    }

    /** Gradient with respect to the states before the first step that was swept back, [L·B, H]. */
    Matrix carry() {
        return carry;
    }
}
