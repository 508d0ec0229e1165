package org.bptt4j.bptt;

import org.bptt4j.backend.Backend;
import org.bptt4j.backend.Ints;
import org.bptt4j.backend.Matrix;
import org.bptt4j.backend.RecurrentForward;
import org.bptt4j.backend.Transpose;
import org.bptt4j.data.Batch;
import org.bptt4j.spec.RnnSpec;
import org.bptt4j.spec.Sizes;

/**
 * The recurrent layers over the steps of one window: their states, and the sweeps forward, stretch by stretch. The way back is {@link StackGradients}.
 *
 * <p>Per layer and direction: {@code A = X·W_ihᵀ} (one GEMM), then the recurrent sweep over A. The reverse direction is a sweep like the other over rows in
 * reverse ({@link Reversal}); a layer of two directions gives {@code [h_forward, h_reverse]}. How steps are cut into stretches and windows does not change the
 * bits.
 */
final class RecurrentStack {
    private final Network network;
    private final Backend backend;
    private final RnnSpec spec;
    private final Input input;
    private final Reversal reversal;
    private final LayerInputs inputs;
    private final StackGradients gradients;
    /** Of each sweep. */
    private final Tape[] tapes;
    /** What layers of two directions give. */
    private final Buffers.Slot[] joinedSlots;

    private final Buffers.Views<Forward> forwards;
    private final Buffers.Views<Matrix[]> afters;
    private Matrix[] before;
    private int steps;
    private int batch;

    /** @param reversal null if there is one direction */
    RecurrentStack(Network network, Input input, Reversal reversal, Buffers buffers) {
        this.network = network;
        this.backend = network.backend();
        this.spec = network.spec();
        this.input = input;
        this.reversal = reversal;
        this.inputs = new LayerInputs(network, input, reversal, buffers);
        this.tapes = new Tape[spec.sweeps()];
        for (int k = 0; k < tapes.length; k++) {
            tapes[k] = new Tape(spec, buffers);
        }
        this.joinedSlots = buffers.slots(reversal == null ? 0 : spec.layers()).toArray(Buffers.Slot[]::new);
        this.gradients = new StackGradients(network, this, inputs, reversal, buffers);
        this.forwards = buffers.views(this::forwardViews);
        this.afters = buffers.views(stretch -> block(stretch.to()));
    }

    /**
     * Makes room for windows of {@code windowSteps} steps of batches of this one's shape, swept back in stretches. Contents are undefined
     * afterwards.
     */
    void resize(Batch shape, int windowSteps, int stretch) {
        steps = windowSteps;
        batch = shape.rows();
        for (Tape tape : tapes) {
            tape.resize(windowSteps, batch);
        }
        for (Buffers.Slot slot : joinedSlots) {
            slot.matrix((long) windowSteps * batch, spec.layerOutputSize());
        }
        before = block(0);
        inputs.resize((long) Math.min(windowSteps, stretch) * batch, shape.ids() != null);
        gradients.resize(Math.min(windowSteps, stretch), batch, shape.resets() != null);
    }

    /** Bytes of one state of all layers. */
    static long stateBytes(RnnSpec spec, int rows) {
        return Sizes.product(spec.stateCount(), rows, spec.hiddenSize(), Float.BYTES);
    }

    /** Bytes of one step of a window. */
    static long stepBytes(RnnSpec spec, int rows) {
        long joined =
                spec.bidirectional() ? Sizes.product(spec.layers(), rows, spec.layerOutputSize(), Float.BYTES) : 0;
        return Sizes.sum(Sizes.product(spec.sweeps(), Tape.stepBytes(spec, rows)), joined);
    }

    /** Bytes of one step of a stretch. */
    static long stretchStepBytes(RnnSpec spec, Batch shape) {
        int rows = shape.rows();
        return Sizes.sum(
                Sizes.product(rows, LayerInputs.rowBytes(spec, shape.ids() != null)),
                StackGradients.stepBytes(spec, rows, shape.resets() != null));
    }

    // ---- states -----------------------------------------------------------------------------------------------------

    /** The states before the window's first step, N of [B, H]: {@link RnnSpec#stateCount}. */
    Matrix[] before() {
        return before;
    }

    /** The states after the last step of a stretch, N of [B, H]. */
    Matrix[] after(Stretch stretch) {
        return afters.get(stretch);
    }

    private Matrix[] block(int step) {
        Matrix[] block = new Matrix[spec.stateCount()];
        for (int n = 0; n < block.length; n++) {
            block[n] = tapes[n % tapes.length].before(n / tapes.length, step);
        }
        return block;
    }

    /** A window begins with these states. */
    void copyToStart(Matrix[] current) {
        for (int n = 0; n < before.length; n++) {
            backend.copy(current[n], before[n]);
        }
    }

    /** A window begins with the last steps of the one before: {@code kept} of them from step {@code from} on, and the state before. */
    void moveToStart(int from, int kept) {
        for (Tape tape : tapes) {
            tape.moveToStart(backend, from, kept);
        }
    }

    Tape tape(int k) {
        return tapes[k];
    }

    /** Array {@code n} of the states after each of a stretch's own steps, [steps·B, H]; in reverse if its sweep is. */
    Matrix states(Stretch stretch, int n) {
        return forwards.get(stretch).states[n];
    }

    /** What the top layer gives in each of a stretch's own steps, [steps·B, D·H]. */
    Matrix outputs(Stretch stretch) {
        return forwards.get(stretch).top;
    }

    /** What layer {@code l} gives in the steps [from, to), [steps·B, D·H]. */
    Matrix outputs(int l, int from, int to) {
        if (reversal == null) {
            return tapes[l].after(0, from, to);
        }
        Matrix joined = joinedSlots[l].matrix((long) steps * batch, spec.layerOutputSize());
        return joined.rows((long) from * batch, (long) (to - from) * batch);
    }

    /** B. */
    int batch() {
        return batch;
    }

    /** Where the rows of sweep {@code k} begin anew, in the order in which it goes through them, or null. */
    Ints resets(int k, int from, int to) {
        boolean reverse = k % spec.directions() == 1;
        return reverse ? reversal.resets() : input.resets((long) from * batch, (long) (to - from) * batch);
    }

    // ---- forward ----------------------------------------------------------------------------------------------------

    /**
     * A forward sweep over a stretch's own steps.
     *
     * @param reads of each layer
     * @param products where A of each sweep goes
     * @param states all N of them
     * @param halves where the outputs of each sweep go beside those of the other direction; none if there is one
     * @param top what the top layer gives
     */
    private record Forward(
            LayerInputs.Reads[] reads,
            Matrix[] products,
            RecurrentForward[] sweeps,
            Matrix[] states,
            Matrix[] halves,
            Matrix top) {}

    private Forward forwardViews(Stretch stretch) {
        int from = stretch.ownFrom();
        int to = stretch.to();
        LayerInputs.Reads[] reads = new LayerInputs.Reads[spec.layers()];
        for (int l = 0; l < reads.length; l++) {
            reads[l] = inputs.of(l, from, to, batch, l == 0 ? null : outputs(l - 1, from, to));
        }
        Matrix[] products = new Matrix[tapes.length];
        RecurrentForward[] sweeps = new RecurrentForward[tapes.length];
        for (int k = 0; k < sweeps.length; k++) {
            Weights.Layer w = network.parameters().sweep(k);
            Tape tape = tapes[k];
            products[k] = tape.preActivations(from, to);
            sweeps[k] = new RecurrentForward(
                    spec.cell(),
                    batch,
                    from,
                    w.weightHh(),
                    w.biasIh(),
                    w.biasHh(),
                    tape.gates(from, to),
                    tape.range(0, from, to),
                    tape.range(1, from, to),
                    input.lengths(),
                    resets(k, from, to));
        }
        Matrix[] states = new Matrix[spec.stateCount()];
        for (int n = 0; n < states.length; n++) {
            states[n] = tapes[n % tapes.length].after(n / tapes.length, from, to);
        }
        return new Forward(reads, products, sweeps, states, halves(from, to), outputs(spec.layers() - 1, from, to));
    }

    private Matrix[] halves(int from, int to) {
        Matrix[] halves = new Matrix[reversal == null ? 0 : tapes.length];
        for (int k = 0; k < halves.length; k++) {
            halves[k] = outputs(k / 2, from, to).columns(k % 2 * spec.hiddenSize(), spec.hiddenSize());
        }
        return halves;
    }

    /** Sweeps a stretch's own steps forward through all layers. */
    void forward(Stretch stretch) {
        Forward views = forwards.get(stretch);
        for (int l = 0; l < spec.layers(); l++) {
            LayerInputs.Reads reads = views.reads[l];
            inputs.prepare(reads, batch);
            for (int d = 0; d < spec.directions(); d++) {
                int k = l * spec.directions() + d;
                project(inputs.rows(reads, d), network.parameters().sweep(k).weightIh(), views.products[k]);
                backend.recurrentForward(views.sweeps[k]);
            }
            if (reversal != null) {
                join(l, views);
            }
        }
    }

    /** {@code to = x·W_ihᵀ}. */
    private void project(Input.Rows x, Matrix weightIh, Matrix to) {
        if (x.ids() != null) {
            backend.gatherColumns(x.ids(), weightIh, to);
        } else {
            backend.gemm(Transpose.NO, x.dense(), Transpose.YES, weightIh, false, to);
        }
    }

    /** Both directions beside each other, in the order of time. */
    private void join(int l, Forward views) {
        backend.copy(views.states[2 * l], views.halves[2 * l]);
        backend.gatherRows(reversal.rows(), views.states[2 * l + 1], views.halves[2 * l + 1]);
    }

    /** What the layers read. */
    LayerInputs inputs() {
        return inputs;
    }

    /** The way back. */
    StackGradients gradients() {
        return gradients;
    }
}
