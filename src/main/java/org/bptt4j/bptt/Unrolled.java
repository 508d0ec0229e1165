package org.bptt4j.bptt;

import org.bptt4j.backend.Backend;
import org.bptt4j.backend.Ints;
import org.bptt4j.backend.Matrix;
import org.bptt4j.data.Batch;
import org.bptt4j.spec.RnnSpec;

/**
 * The recurrent layers unrolled over one batch: initial state, forward sweep, final state, and the gradient of all three for a
 * network that has its own loss. {@link Bptt} adds the head, the loss and truncation.
 */
public final class Unrolled implements AutoCloseable {
    private final Backend backend;
    private final RnnSpec spec;
    private final Buffers buffers;
    private final Input input;
    private final RecurrentStack stack;
    private Buffers.Slot finalSlot;
    private Buffers.Slot asideSlot;
    private final Buffers.Slot lastRowSlot;
    private final Buffers.Slot finalGradientSlot;
    private Matrix finalState;
    private Matrix stateAside;
    private Ints lastRows;
    private Batch batch;

    public Unrolled(Network network) {
        this.backend = network.backend();
        this.spec = network.spec();
        this.buffers = new Buffers(backend);
        this.input = new Input(backend, spec.inputSize(), buffers);
        this.stack = new RecurrentStack(network, buffers);
        this.finalSlot = buffers.slot();
        this.asideSlot = buffers.slot();
        this.lastRowSlot = buffers.slot();
        this.finalGradientSlot = buffers.slot();
    }

    Buffers buffers() {
        return buffers;
    }

    Input input() {
        return input;
    }

    RecurrentStack stack() {
        return stack;
    }

    /** The batch that was loaded last, or null. */
    Batch batch() {
        return batch;
    }

    /** Uploads the batch's input and sets the initial state: given, carried over from the batch before, or zero. */
    public void load(Batch next) {
        int rows = next.rows();
        if (next.isContinuing() && (finalState == null || finalState.rows() != (long) spec.layers() * rows)) {
            throw new IllegalArgumentException(
                    finalState == null
                            ? "the batch continues another, but there was none before it"
                            : "the batch of " + rows + " rows continues one of " + finalState.rows() / spec.layers());
        }
        if (next.initialState() != null && next.initialState().length != spec.layers() * rows * spec.hiddenSize()) {
            throw new IllegalArgumentException("h0 [L,B,H] has " + next.initialState().length + " elements, needs "
                    + spec.layers() * rows * spec.hiddenSize());
        }
        input.load(next);
        stack.resize(next.steps(), rows);
        for (int l = 0; l < spec.layers(); l++) {
            Matrix h0 = stack.states(l).rows(0, rows);
            if (next.initialState() != null) {
                int count = rows * spec.hiddenSize();
                backend.upload(next.initialState(), l * count, count, h0.array(), h0.offset());
            } else if (next.isContinuing()) {
                backend.copy(finalState.rows((long) l * rows, rows), h0);
            } else {
                backend.fill(h0, 0f);
            }
        }
        int[] last = new int[rows];
        for (int b = 0; b < rows; b++) {
            last[b] = Math.addExact(Math.multiplyExact(next.length(b) - 1, rows), b);
        }
        lastRows = lastRowSlot.ints(rows);
        backend.upload(last, 0, rows, lastRows.array(), 0);
        batch = next;
    }

    /** Sweeps all steps forward and keeps the final state. */
    public void forward() {
        stack.forward(input, 0, batch.steps());
        keepFinalState();
    }

    /** h_n: the state of each row after its last valid step, kept for the next batch. */
    void keepFinalState() {
        int rows = batch.rows();
        finalState = finalSlot.matrix((long) spec.layers() * rows, spec.hiddenSize());
        for (int l = 0; l < spec.layers(); l++) {
            Matrix steps = stack.states(l).rows(rows, (long) batch.steps() * rows);
            backend.gatherRows(lastRows, steps, finalState.rows((long) l * rows, rows));
        }
    }

    /** The next batch that continues this one starts from zero: its state is of no use. */
    public void forgetState() {
        if (finalState != null) {
            backend.fill(finalState, 0f);
        }
    }

    /** The state to carry is set aside: batches may continue it and each other, and {@link #restoreState} brings it back. */
    public void setStateAside() {
        stateAside = finalState;
        swapStateSlots();
    }

    /** After {@link #setStateAside}: the next batch continues the state of before. */
    public void restoreState() {
        swapStateSlots();
        finalState = stateAside;
    }

    private void swapStateSlots() {
        Buffers.Slot slot = finalSlot;
        finalSlot = asideSlot;
        asideSlot = slot;
    }

    /** The top layer's states h_1 … h_T on the device, [T·B, H]. */
    Matrix outputs() {
        return stack.outputs(0, batch.steps());
    }

    /** The top layer's states h_1 … h_T, [T,B,H]. */
    public float[] downloadOutputs() {
        return download(outputs());
    }

    /** h_n [L,B,H]. */
    public float[] downloadFinalState() {
        return download(finalState);
    }

    /**
     * Sweeps the whole batch back for a loss that is not ours, adding to the gradients of the parameters.
     *
     * @param dOutputs ∂L/∂h of the top layer [T,B,H]; rows of padding are ignored
     * @param dFinalState ∂L/∂h_n [L,B,H], or null for zeros
     */
    public void backward(float[] dOutputs, float[] dFinalState) {
        int rows = batch.rows();
        int hidden = spec.hiddenSize();
        requireLength("dH [T,B,H]", dOutputs, (long) batch.steps() * rows * hidden);
        Segment whole = new Segment(0, batch.steps(), 0);
        Matrix dStates = stack.prepareBackward(whole);
        float[] d = batch.lengths() == null ? dOutputs : batch.withoutPadding(dOutputs, hidden);
        backend.upload(d, 0, d.length, dStates.array(), dStates.offset());
        FinalGradient dFinal = null;
        if (dFinalState != null) {
            requireLength("dh_n [L,B,H]", dFinalState, (long) spec.layers() * rows * hidden);
            Matrix m = finalGradientSlot.matrix((long) spec.layers() * rows, hidden);
            backend.upload(dFinalState, 0, dFinalState.length, m.array(), 0);
            dFinal = new FinalGradient(m, lastRows);
        }
        stack.backward(input, whole, dFinal, null);
    }

    private static void requireLength(String what, float[] array, long needed) {
        if (array.length != needed) {
            throw new IllegalArgumentException(what + " has " + array.length + " elements, needs " + needed);
        }
    }

    /** dX [T,B,I] of the last backward sweep over the whole batch, or null for symbol ids. */
    public float[] downloadInputGradient() {
        return input.isDense() ? download(stack.inputGradient()) : null;
    }

    /** dh0 [L,B,H] of the last backward sweep over the whole batch. */
    public float[] downloadInitialStateGradient() {
        return download(stack.carry());
    }

    float[] download(Matrix m) {
        long length = m.rows() * m.cols();
        if (length > Integer.MAX_VALUE - 8) {
            throw new IllegalArgumentException("a result of " + length
                    + " elements does not fit a Java array: use fewer steps at a time or a smaller batch");
        }
        float[] host = new float[(int) length];
        backend.download(m.array(), m.offset(), host, 0, host.length);
        return host;
    }

    @Override
    public void close() {
        buffers.close();
    }
}
