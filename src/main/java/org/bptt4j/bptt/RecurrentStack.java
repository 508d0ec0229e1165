package org.bptt4j.bptt;

import java.util.ArrayList;
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
 * {@code dX = δ·W_ih}, one GEMM each over all rows. A long segment is walked in stretches: the bits are the same.
 */
final class RecurrentStack {
    /** Sees δ [steps·B, G·H] of a layer in a stretch of steps that begins with {@code firstStep}. */
    interface DeltaObserver {
        void layer(int layer, Matrix delta, int firstStep);
    }

    private final Network network;
    private final Backend backend;
    private final RnnSpec spec;
    private final Input input;
    private final List<Buffers.Slot> stateSlots;
    private final List<Buffers.Slot> deltaSlots;
    private final Buffers.Slot inputGradientSlot;
    private final Buffers.Slot carrySlot;
    private final Buffers.Views<Forward> forwards;
    private final Buffers.Views<Backward> backwards;
    private final Matrix[] states;
    private List<Segment> segments = List.of();
    private int batch;
    private long deltaRows;
    private Backward last;

    RecurrentStack(Network network, Input input, Buffers buffers) {
        this.network = network;
        this.backend = network.backend();
        this.spec = network.spec();
        this.input = input;
        this.stateSlots = buffers.slots(spec.layers());
        this.deltaSlots = buffers.slots(2);
        this.inputGradientSlot = buffers.slot();
        this.carrySlot = buffers.slot();
        this.forwards = buffers.views(this::forwardViews);
        this.backwards = buffers.views(this::backwardViews);
        this.states = new Matrix[spec.layers()];
    }

    /** Makes room for the states of T steps of B rows. Their contents are undefined afterwards. */
    void resize(int steps, int rows, List<Segment> plan) {
        batch = rows;
        segments = plan;
        deltaRows = rows * plan.stream().mapToLong(Segment::room).max().orElse(0);
        for (int l = 0; l < states.length; l++) {
            states[l] = stateSlots.get(l).matrix((steps + 1L) * rows, spec.hiddenSize());
        }
    }

    /** h [(T+1)·B, H] of layer {@code l}. */
    Matrix states(int l) {
        return states[l];
    }

    /** The top layer's states after each step of segment {@code s}, [steps·B, H]. */
    Matrix outputs(int s) {
        return forwards.get(s).outputs;
    }

    /**
     * Steps that are taken through all layers and operations together: what one operation wrote the next finds in a cache, if
     * the backend says that this is worth more operations.
     */
    private int stretch() {
        int steps = (int) (states[0].rows() / batch) - 1;
        return Math.max(1, Math.min(steps, backend.rowsPerPass() / batch));
    }

    /** Rows of such a stretch. */
    int stretchRows() {
        return stretch() * batch;
    }

    /** B. */
    int batch() {
        return batch;
    }

    // ---- forward ----------------------------------------------------------------------------------------------------

    /** A segment's forward sweep: its stretches, first to last, and the top layer's states after each of its steps. */
    private record Forward(List<ForwardStretch> stretches, Matrix outputs) {}

    /** Some steps of a forward sweep: their rows of the input, and each layer's sweep. */
    private record ForwardStretch(Input.Rows input, RecurrentForward[] sweeps) {}

    private Forward forwardViews(int s) {
        Segment segment = segments.get(s);
        List<ForwardStretch> stretches = new ArrayList<>();
        for (int from = segment.start(); from < segment.end(); from += stretch()) {
            stretches.add(forwardStretch(from, Math.min(stretch(), segment.end() - from)));
        }
        Matrix top = states[states.length - 1];
        Matrix outputs = top.rows((segment.start() + 1L) * batch, (long) segment.steps() * batch);
        return new Forward(stretches, outputs);
    }

    private ForwardStretch forwardStretch(int from, int steps) {
        long row = (long) from * batch;
        long count = (long) steps * batch;
        RecurrentForward[] sweeps = new RecurrentForward[states.length];
        for (int l = 0; l < states.length; l++) {
            Weights.Layer w = network.parameters().layer(l);
            Matrix range = states[l].rows(row, count + batch);
            Matrix gates = range.rows(batch, count);
            sweeps[l] = new RecurrentForward(
                    spec.cell(), batch, from, w.weightHh(), w.biasIh(), w.biasHh(), gates, range, input.lengths());
        }
        return new ForwardStretch(input.rows(row, count), sweeps);
    }

    /** Sweeps segment {@code s} forward through all layers. */
    void forward(int s) {
        List<ForwardStretch> stretches = forwards.get(s).stretches;
        for (int i = 0; i < stretches.size(); i++) {
            forward(stretches.get(i));
        }
    }

    private void forward(ForwardStretch stretch) {
        for (int l = 0; l < states.length; l++) {
            RecurrentForward sweep = stretch.sweeps[l];
            Matrix weightIh = network.parameters().layer(l).weightIh();
            if (l == 0) {
                input.project(stretch.input, weightIh, sweep.gates());
            } else {
                // The states of the layer below lie where its gates were.
                Matrix below = stretch.sweeps[l - 1].gates();
                backend.gemm(Transpose.NO, below, Transpose.YES, weightIh, false, sweep.gates());
            }
            backend.recurrentForward(sweep);
        }
    }

    // ---- backward ---------------------------------------------------------------------------------------------------

    /**
     * A segment's backward sweep.
     *
     * @param stretches of its window, last to first
     * @param whole the window as one stretch
     * @param earlier ∂L/∂h of the top layer in the steps of the window before the segment's own
     * @param own ∂L/∂h of the top layer in the segment's own steps
     * @param carry gradient with respect to the states before the window's first step [L·B, H]
     */
    private record Backward(
            List<BackwardStretch> stretches, BackwardStretch whole, Matrix earlier, Matrix own, Matrix carry) {}

    /** Some steps of a backward sweep: the first of them, their rows of the input, and of each layer what it sweeps. */
    private record BackwardStretch(int firstStep, Input.Rows input, BackwardLayer[] layers) {}

    /**
     * A layer in a backward sweep.
     *
     * @param before its states before each step
     * @param below the states below it after each step, null for the first layer
     */
    private record BackwardLayer(RecurrentBackward sweep, Matrix before, Matrix below) {}

    private Backward backwardViews(int s) {
        Segment segment = segments.get(s);
        Matrix carry = carrySlot.matrix((long) states.length * batch, spec.hiddenSize());
        List<BackwardStretch> stretches = new ArrayList<>();
        for (int to = segment.end(); to > segment.reach(); to -= stretch()) {
            stretches.add(backwardStretch(segment, Math.max(segment.reach(), to - stretch()), to, carry));
        }
        int top = states.length - 1;
        long own = (long) segment.steps() * batch;
        long room = (long) segment.room() * batch;
        return new Backward(
                stretches,
                backwardStretch(segment, segment.reach(), segment.end(), carry),
                deltas(top, room).rows(0, room - own),
                deltas(top, own),
                carry);
    }

    private BackwardStretch backwardStretch(Segment segment, int from, int to, Matrix carry) {
        long row = (long) from * batch;
        long count = (long) (to - from) * batch;
        BackwardLayer[] layers = new BackwardLayer[states.length];
        for (int l = 0; l < states.length; l++) {
            Matrix delta = deltas(l, (long) (segment.end() - from) * batch).rows(0, count);
            Matrix range = states[l].rows(row, count + batch);
            RecurrentBackward sweep = new RecurrentBackward(
                    spec.cell(),
                    batch,
                    network.parameters().layer(l).weightHh(),
                    range.rows(batch, count),
                    range,
                    delta,
                    delta,
                    carry.rows((long) l * batch, batch));
            Matrix below = l == 0 ? null : states[l - 1].rows(row + batch, count);
            layers[l] = new BackwardLayer(sweep, range.rows(0, count), below);
        }
        return new BackwardStretch(from, input.rows(row, count), layers);
    }

    /** The last {@code count} rows of the memory for δ of layer {@code l}; the layers use two arrays in turn. */
    private Matrix deltas(int l, long count) {
        Matrix whole = deltaSlots.get(l % 2).matrix(deltaRows, spec.hiddenSize());
        return whole.rows(deltaRows - count, count);
    }

    /** Clears what a backward sweep of segment {@code s} begins with, except {@link #outputGradients}. */
    void prepareBackward(int s) {
        Backward views = backwards.get(s);
        backend.fill(views.carry, 0f);
        backend.fill(views.earlier, 0f);
    }

    /** Where ∂L/∂h of the top layer belongs, in the segment's own steps [steps·B, H]. */
    Matrix outputGradients(int s) {
        return backwards.get(s).own;
    }

    /**
     * Sweeps the window of segment {@code s} back through all layers and adds to the gradients of the parameters.
     *
     * @param dFinal gradient with respect to the final states, or null for none
     * @param observer sees δ of each layer, or null
     */
    void backward(int s, FinalGradient dFinal, DeltaObserver observer) {
        Backward views = backwards.get(s);
        if (dFinal != null) {
            // Its rows are those of the whole window.
            backward(views.whole, dFinal, observer);
        } else {
            for (int i = 0; i < views.stretches.size(); i++) {
                backward(views.stretches.get(i), null, observer);
            }
        }
        last = views;
    }

    private void backward(BackwardStretch stretch, FinalGradient dFinal, DeltaObserver observer) {
        for (int l = states.length - 1; l >= 0; l--) {
            BackwardLayer layer = stretch.layers[l];
            Weights.Layer g = network.gradients().layer(l);
            if (dFinal != null) {
                Matrix dState = dFinal.states().rows((long) l * batch, batch);
                backend.scatterRows(dFinal.lastRows(), dState, layer.sweep.dStates());
            }
            backend.recurrentBackward(layer.sweep);
            Matrix delta = layer.sweep.dGates();
            backend.weightGradient(delta, layer.before, batch, g.weightHh());
            backend.biasGradient(delta, batch, g.biasIh());
            backend.biasGradient(delta, batch, g.biasHh());
            if (observer != null) {
                observer.layer(l, delta, stretch.firstStep);
            }
            if (l > 0) {
                backend.weightGradient(delta, layer.below, batch, g.weightIh());
                Matrix weightIh = network.parameters().layer(l).weightIh();
                Matrix dBelow = stretch.layers[l - 1].sweep.dStates();
                backend.gemm(Transpose.NO, delta, Transpose.NO, weightIh, false, dBelow);
            } else {
                input.accumulate(stretch.input, delta, batch, g.weightIh());
            }
        }
    }

    /** Gradient with respect to the states before the first step of the window that was swept last, [L·B, H]. */
    Matrix carry() {
        return last.carry;
    }

    /** dX [window·B, I] of the last backward sweep: δ·W_ih of the lowest layer. */
    Matrix inputGradient() {
        Matrix delta = last.whole.layers[0].sweep.dGates();
        Matrix dX = inputGradientSlot.matrix(delta.rows(), spec.inputSize());
        backend.gemm(
                Transpose.NO, delta, Transpose.NO, network.parameters().layer(0).weightIh(), false, dX);
        return dX;
    }
}
