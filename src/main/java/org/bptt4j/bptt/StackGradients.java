package org.bptt4j.bptt;

import java.util.List;
import org.bptt4j.backend.Backend;
import org.bptt4j.backend.Matrix;
import org.bptt4j.backend.RecurrentBackward;
import org.bptt4j.backend.Transpose;
import org.bptt4j.spec.RnnSpec;
import org.bptt4j.spec.Sizes;

/**
 * The sweeps back through the recurrent layers, stretch by stretch, after {@link RecurrentStack#forward}.
 *
 * <p>Per layer and direction: the recurrent sweep from {@code ∂L/∂H} to δ, the gradients of A and of the recurrent product; then {@code dW_hh = Σ
 * δ_tᵀh_{t−1}}, {@code dW_ih = Σ δ_tᵀx_t}, {@code dX = δ·W_ih}, one GEMM each over the rows of a stretch, and both biases.
 */
final class StackGradients {
    /**
     * Sees the gradient of A [steps·B, G·H] of a sweep in a stretch's swept steps, in the order in which it goes through them, after it was added to the
     * gradients.
     */
    interface DeltaObserver {
        void sweep(int k, Stretch stretch, Matrix delta);
    }

    private final Network network;
    private final Backend backend;
    private final RnnSpec spec;
    private final RecurrentStack stack;
    private final LayerInputs inputs;
    private final Reversal reversal;
    /** ∂L/∂H of the layers in turn. */
    private final List<Buffers.Slot> outputSlots;

    private final Buffers.Slot reverseSlot;
    private final Buffers.Slot gateSlot;
    private final Buffers.Slot productSlot;
    private final Buffers.Slot maskedSlot;
    private final Buffers.Slot carrySlot;
    private final Buffers.Views<Backward> backwards;
    private Matrix carry;
    private int batch;

    StackGradients(Network network, RecurrentStack stack, LayerInputs inputs, Reversal reversal, Buffers buffers) {
        this.network = network;
        this.backend = network.backend();
        this.spec = network.spec();
        this.stack = stack;
        this.inputs = inputs;
        this.reversal = reversal;
        this.outputSlots = buffers.slots(Math.min(2, spec.layers()));
        this.reverseSlot = buffers.slot();
        this.gateSlot = buffers.slot();
        this.productSlot = buffers.slot();
        this.maskedSlot = buffers.slot();
        this.carrySlot = buffers.slot();
        this.backwards = buffers.views(this::backwardViews);
    }

    /** Makes room for stretches of so many steps of B rows. */
    void resize(int steps, int rows, boolean resets) {
        batch = rows;
        long count = (long) steps * rows;
        for (Buffers.Slot slot : outputSlots) {
            slot.matrix(count, spec.layerOutputSize());
        }
        if (reversal != null) {
            reverseSlot.matrix(count, spec.hiddenSize());
        }
        if (!spec.cell().isPlain()) {
            gateSlot.matrix(count, spec.gateRows());
        }
        if (spec.cell().separate() > 0) {
            productSlot.matrix(count, spec.gateRows());
        }
        if (resets) {
            maskedSlot.matrix(count, spec.hiddenSize());
        }
        carry = carrySlot.matrix((long) spec.stateCount() * rows, spec.hiddenSize());
    }

    /** Bytes of one step of a stretch: all that {@link #resize} makes room for, but the carry. */
    static long stepBytes(RnnSpec spec, int rows, boolean resets) {
        long floats = (long) Math.min(2, spec.layers()) * spec.layerOutputSize();
        floats += spec.bidirectional() ? spec.hiddenSize() : 0;
        floats += spec.cell().isPlain() ? 0 : spec.gateRows();
        floats += spec.cell().separate() > 0 ? spec.gateRows() : 0;
        floats += resets ? spec.hiddenSize() : 0;
        return Sizes.product(floats, rows, Float.BYTES);
    }

    // ---- views ------------------------------------------------------------------------------------------------------

    /**
     * A backward sweep over a stretch.
     *
     * @param reads of each layer in its swept steps
     * @param outputs ∂L/∂H of each layer in its swept steps
     * @param sweeps of each layer and direction
     * @param earlier ∂L/∂H of the top layer in the steps before its own
     * @param own the same in its own
     */
    private record Backward(LayerInputs.Reads[] reads, Matrix[] outputs, Sweep[] sweeps, Matrix earlier, Matrix own) {}

    /**
     * One layer in one direction.
     *
     * @param given ∂L/∂H of its half of the layer, in the order of time
     * @param before its h before each step
     * @param masked memory for the same with zeros where rows begin anew, or null if they never do
     */
    private record Sweep(RecurrentBackward sweep, Matrix given, Matrix before, Matrix masked) {}

    private Backward backwardViews(Stretch stretch) {
        int from = stretch.sweptFrom();
        int to = stretch.to();
        int layers = stretch.isSwept() ? spec.layers() : 0;
        LayerInputs.Reads[] reads = new LayerInputs.Reads[layers];
        Matrix[] outputs = new Matrix[layers];
        Sweep[] sweeps = new Sweep[layers * spec.directions()];
        for (int l = 0; l < layers; l++) {
            reads[l] = inputs.of(l, from, to, batch, l == 0 ? null : stack.outputs(l - 1, from, to));
            outputs[l] = outputGradients(stretch, l, from, to);
            for (int d = 0; d < spec.directions(); d++) {
                int k = l * spec.directions() + d;
                sweeps[k] = sweepViews(k, from, to, reversal == null ? outputs[l] : half(outputs[l], d));
            }
        }
        int top = spec.layers() - 1;
        return new Backward(
                reads,
                outputs,
                sweeps,
                outputGradients(stretch, top, stretch.from(), stretch.ownFrom()),
                outputGradients(stretch, top, stretch.ownFrom(), to));
    }

    private Matrix half(Matrix outputs, int d) {
        return outputs.columns(d * spec.hiddenSize(), spec.hiddenSize());
    }

    private Sweep sweepViews(int k, int from, int to, Matrix given) {
        Tape tape = stack.tape(k);
        long rows = given.rows();
        // The reverse direction's comes to a place of its own, in its order.
        Matrix dStates = k % spec.directions() == 0 ? given : reverseSlot.matrix(rows, spec.hiddenSize());
        Matrix dGates = spec.cell().isPlain() ? dStates : gateSlot.matrix(rows, spec.gateRows());
        RecurrentBackward sweep = new RecurrentBackward(
                spec.cell(),
                batch,
                network.parameters().sweep(k).weightHh(),
                tape.gates(from, to),
                tape.range(0, from, to),
                tape.range(1, from, to),
                dStates,
                dGates,
                spec.cell().separate() == 0 ? dGates : productSlot.matrix(rows, spec.gateRows()),
                carry(k),
                spec.cell().hasCellState() ? carry(spec.sweeps() + k) : null,
                stack.resets(k, from, to));
        Matrix masked = sweep.resets() == null ? null : maskedSlot.matrix(rows, spec.hiddenSize());
        return new Sweep(sweep, given, tape.range(0, from, to).rows(0, rows), masked);
    }

    private Matrix carry(int n) {
        return carry.rows((long) n * batch, batch);
    }

    /** The memory for ∂L/∂H of layer {@code l} in steps [from, to) of a stretch; the layers use two arrays in turn. */
    private Matrix outputGradients(Stretch stretch, int l, int from, int to) {
        long rows = (long) (stretch.to() - stretch.from()) * batch;
        Matrix whole = outputSlots.get(l % outputSlots.size()).matrix(rows, spec.layerOutputSize());
        return whole.rows((long) (from - stretch.from()) * batch, (long) (to - from) * batch);
    }

    // ---- the sweeps -------------------------------------------------------------------------------------------------

    /** A backward sweep begins: nothing reaches its last states from later steps, but what a final gradient says. */
    void begin(FinalGradient dFinal) {
        backend.fill(carry, 0f);
        if (dFinal != null && dFinal.cellStates() != null) {
            // c of padding passes its gradient on as it is: so this arrives where each row ends.
            long rows = (long) spec.sweeps() * batch;
            backend.copy(dFinal.cellStates(), carry.rows(rows, rows));
        }
    }

    /** Where ∂L/∂H of the top layer in a stretch's own steps belongs before {@link #backward}; one place for all stretches. */
    Matrix outputGradients(Stretch stretch) {
        return backwards.get(stretch).own;
    }

    /**
     * Sweeps a stretch back through all layers and adds to the gradients of the parameters.
     *
     * @param dFinal gradient with respect to the final states, or null for none
     * @param observer sees δ of each sweep, or null
     */
    void backward(Stretch stretch, FinalGradient dFinal, DeltaObserver observer) {
        Backward views = backwards.get(stretch);
        backend.fill(views.earlier, 0f);
        for (int l = views.reads.length - 1; l >= 0; l--) {
            LayerInputs.Reads reads = views.reads[l];
            inputs.prepare(reads, batch);
            if (reversal != null) {
                Sweep reverse = views.sweeps[2 * l + 1];
                backend.gatherRows(reversal.rows(), reverse.given, reverse.sweep.dStates());
            }
            for (int d = 0; d < spec.directions(); d++) {
                int k = l * spec.directions() + d;
                Sweep sweep = views.sweeps[k];
                if (dFinal != null) {
                    dFinal.addTo(stretch, k, sweep.sweep.dStates());
                }
                backend.recurrentBackward(sweep.sweep);
                accumulate(sweep, inputs.rows(reads, d), network.gradients().sweep(k));
                if (l > 0) {
                    passDown(k, sweep.sweep.dGates(), reads, views.outputs[l - 1]);
                }
                if (observer != null) {
                    observer.sweep(k, stretch, sweep.sweep.dGates());
                }
            }
            if (l > 0) {
                inputs.giveBack(reads, batch, views.outputs[l - 1]);
            }
        }
    }

    private void accumulate(Sweep views, Input.Rows x, Weights.Layer g) {
        RecurrentBackward sweep = views.sweep;
        backend.weightGradient(sweep.dProducts(), statesBefore(views), batch, g.weightHh());
        backend.biasGradient(sweep.dGates(), batch, g.biasIh());
        backend.biasGradient(sweep.dProducts(), batch, g.biasHh());
        if (x.ids() != null) {
            backend.scatterColumns(x.ids(), sweep.dGates(), batch, g.weightIh());
        } else {
            backend.weightGradient(sweep.dGates(), x.dense(), batch, g.weightIh());
        }
    }

    /** What each step's product saw: h_{t−1}, or zeros where a row begins anew. */
    private Matrix statesBefore(Sweep views) {
        if (views.masked == null) {
            return views.before;
        }
        backend.maskRows(views.sweep.resets(), views.before, views.masked);
        return views.masked;
    }

    /** {@code dX = δ·W_ih}; the reverse direction adds its own, in the place of its input, which nobody needs any more. */
    private void passDown(int k, Matrix delta, LayerInputs.Reads reads, Matrix below) {
        Matrix weightIh = network.parameters().sweep(k).weightIh();
        if (k % spec.directions() == 0) {
            backend.gemm(Transpose.NO, delta, Transpose.NO, weightIh, false, below);
        } else {
            Matrix inReverse = reads.reverse().dense();
            backend.gemm(Transpose.NO, delta, Transpose.NO, weightIh, false, inReverse);
            backend.scatterRows(reversal.rows(), inReverse, below);
        }
    }

    /** Gradient with respect to the states before the first step that was swept back: of h (0) or c (1), [L·D·B, H]. */
    Matrix carried(int which) {
        long rows = (long) spec.sweeps() * batch;
        return carry.rows(which * rows, rows);
    }
}
