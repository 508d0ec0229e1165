package org.bptt4j.bptt;

import java.util.Arrays;
import java.util.List;
import org.bptt4j.backend.Backend;
import org.bptt4j.backend.Ints;
import org.bptt4j.backend.Matrix;
import org.bptt4j.data.Batch;
import org.bptt4j.spec.RnnSpec;
import org.bptt4j.spec.Truncation;

/**
 * The recurrent layers unrolled over one batch: initial state, forward sweep, final state, and the gradient of all three for a
 * network that has its own loss. {@link Bptt} adds the head, the loss and truncation.
 */
public final class Unrolled implements AutoCloseable {
    private final Backend backend;
    private final RnnSpec spec;
    private final Truncation truncation;
    private final Buffers buffers;
    private final Staging staging = new Staging();
    private final Input input;
    private final RecurrentStack stack;
    private final Buffers.Slot lastRowSlot;
    private final Buffers.Slot finalGradientSlot;
    private final CarriedState state;
    private Batch batch;
    private List<Segment> segments = List.of();
    private Matrix[] initial;
    private Matrix[] steps;
    /** Of each side of the buffers. */
    private final Ints[] lastRows = new Ints[2];

    /** For sweeps over whole batches. */
    public Unrolled(Network network) {
        this(network, Truncation.NONE);
    }

    Unrolled(Network network, Truncation truncation) {
        this.backend = network.backend();
        this.spec = network.spec();
        this.truncation = truncation;
        this.buffers = new Buffers(backend);
        this.input = new Input(backend, spec.inputSize(), buffers, staging);
        this.stack = new RecurrentStack(network, input, buffers);
        this.state = new CarriedState(spec, buffers);
        this.lastRowSlot = buffers.twoSidedSlot();
        this.finalGradientSlot = buffers.slot();
    }

    Buffers buffers() {
        return buffers;
    }

    Staging staging() {
        return staging;
    }

    RecurrentStack stack() {
        return stack;
    }

    /** The batch that was loaded last, or null. */
    Batch batch() {
        return batch;
    }

    /** The segments of a batch of {@code steps} steps. */
    List<Segment> plan(int steps) {
        return batch != null && batch.steps() == steps ? segments : Segment.plan(steps, truncation);
    }

    /** The segments of the loaded batch. */
    List<Segment> segments() {
        return segments;
    }

    /** Uploads the batch's input and sets the initial state: given, carried over from the batch before, or zero. */
    public void load(Batch next) {
        check(next);
        input.check(next);
        if (!hasShapeOf(next)) {
            reshape(next);
        }
        upload(next);
        begin(next);
    }

    /** Uploads what is known of a batch before the one in use is done, to the current side of the buffers. */
    void prepare(Batch next) {
        input.check(next);
        upload(next);
    }

    private void upload(Batch next) {
        input.upload(next);
        int rows = next.rows();
        int[] last = staging.ints(rows);
        for (int b = 0; b < rows; b++) {
            last[b] = (next.length(b) - 1) * rows + b;
        }
        backend.upload(last, 0, rows, lastRows().array(), 0);
    }

    private Ints lastRows() {
        int side = buffers.side();
        if (lastRows[side] == null) {
            lastRows[side] = lastRowSlot.view(stack.batch());
        }
        return lastRows[side];
    }

    /** Sets the initial state of a batch that is uploaded, which is in use from now on. */
    void begin(Batch next) {
        check(next);
        int rows = next.rows();
        for (int l = 0; l < spec.layers(); l++) {
            if (next.initialState() != null) {
                int count = rows * spec.hiddenSize();
                backend.upload(next.initialState(), l * count, count, initial[l].array(), initial[l].offset());
            } else if (next.isContinuing()) {
                backend.copy(state.layer(l), initial[l]);
            } else {
                backend.fill(initial[l], 0f);
            }
        }
        batch = next;
    }

    private void check(Batch next) {
        int rows = next.rows();
        if (next.isContinuing() && state.rows() != rows) {
            throw new IllegalArgumentException(
                    state.rows() == 0
                            ? "the batch continues another, but there was none before it"
                            : "the batch of " + rows + " rows continues one of " + state.rows());
        }
        if (next.initialState() != null && next.initialState().length != spec.layers() * rows * spec.hiddenSize()) {
            throw new IllegalArgumentException("h0 [L,B,H] has " + next.initialState().length + " elements, needs "
                    + spec.layers() * rows * spec.hiddenSize());
        }
    }

    /** Whether everything that was made for the batch before serves this one too. */
    boolean hasShapeOf(Batch next) {
        return batch != null
                && next.steps() == batch.steps()
                && next.rows() == batch.rows()
                && (next.ids() == null) == (batch.ids() == null)
                && (next.lengths() == null) == (batch.lengths() == null);
    }

    private void reshape(Batch next) {
        int rows = next.rows();
        // All rows of all steps are numbered with ints.
        long cells = Math.multiplyExact(next.steps(), rows);
        segments = plan(next.steps());
        batch = null; // until all is made
        buffers.reshape();
        input.resize(next);
        stack.resize(next.steps(), rows, segments);
        initial = new Matrix[spec.layers()];
        steps = new Matrix[spec.layers()];
        for (int l = 0; l < spec.layers(); l++) {
            initial[l] = stack.states(l).rows(0, rows);
            steps[l] = stack.states(l).rows(rows, cells);
        }
        Arrays.fill(lastRows, null);
    }

    /** Sweeps all steps forward and keeps the final state. */
    public void forward() {
        for (int s = 0; s < segments.size(); s++) {
            forward(s);
        }
    }

    /** Sweeps segment {@code s} forward; the last one keeps the final state. */
    void forward(int s) {
        stack.forward(s);
        if (s == segments.size() - 1) {
            keepFinalState();
        }
    }

    /** h_n: the state of each row after its last valid step, kept for the next batch. */
    private void keepFinalState() {
        state.replace(batch.rows());
        for (int l = 0; l < spec.layers(); l++) {
            backend.gatherRows(lastRows(), steps[l], state.layer(l));
        }
    }

    /** The next batch that continues this one starts from zero: its state is of no use. */
    public void forgetState() {
        if (state.rows() > 0) {
            backend.fill(state.all(), 0f);
        }
    }

    /** The state to carry is set aside: batches may continue it and each other, and {@link #restoreState} brings it back. */
    public void setStateAside() {
        state.setAside();
    }

    /** After {@link #setStateAside}: the next batch continues the state of before. */
    public void restoreState() {
        state.restore();
    }

    /** The top layer's states h_1 … h_T on the device, [T·B, H]. */
    Matrix outputs() {
        return steps[spec.layers() - 1];
    }

    /** The top layer's states h_1 … h_T, [T,B,H]. */
    public float[] downloadOutputs() {
        return download(outputs());
    }

    /** h_n [L,B,H]. */
    public float[] downloadFinalState() {
        return download(state.all());
    }

    /**
     * Sweeps the whole batch back for a loss that is not ours, adding to the gradients of the parameters.
     *
     * @param dOutputs ∂L/∂h of the top layer [T,B,H]; rows of padding are ignored
     * @param dFinalState ∂L/∂h_n [L,B,H], or null for zeros
     */
    public void backward(float[] dOutputs, float[] dFinalState) {
        if (batch == null) {
            throw new IllegalStateException("backward before forward: there is no batch to sweep back");
        }
        int rows = batch.rows();
        int hidden = spec.hiddenSize();
        requireLength("dH [T,B,H]", dOutputs, (long) batch.steps() * rows * hidden);
        if (dFinalState != null) {
            requireLength("dh_n [L,B,H]", dFinalState, (long) spec.layers() * rows * hidden);
        }
        stack.prepareBackward(0);
        Matrix dStates = stack.outputGradients(0);
        float[] d = dOutputs;
        if (batch.lengths() != null) {
            d = staging.floats(dOutputs.length);
            batch.copyWithoutPadding(dOutputs, hidden, d);
        }
        backend.upload(d, 0, dOutputs.length, dStates.array(), dStates.offset());
        FinalGradient dFinal = null;
        if (dFinalState != null) {
            Matrix m = finalGradientSlot.matrix((long) spec.layers() * rows, hidden);
            backend.upload(dFinalState, 0, dFinalState.length, m.array(), 0);
            dFinal = new FinalGradient(m, lastRows());
        }
        stack.backward(0, dFinal, null);
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
