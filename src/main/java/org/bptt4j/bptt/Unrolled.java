package org.bptt4j.bptt;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.bptt4j.backend.Backend;
import org.bptt4j.backend.Matrix;
import org.bptt4j.backend.Transpose;
import org.bptt4j.data.Batch;
import org.bptt4j.spec.RnnSpec;
import org.bptt4j.spec.Truncation;

/**
 * The recurrent layers unrolled over one batch: initial state, forward sweep, final state and backward sweep, segment by segment,
 * in windows that fit into the memory there is ({@link MemoryPlan}).
 *
 * <pre>
 * load(batch)
 * for each segment s:  forward(s, visitor), backward(s, loss, …)
 * </pre>
 */
final class Unrolled implements AutoCloseable {
    /** Sees a stretch while its states are on the device. */
    interface Visitor {
        void visit(Stretch stretch);
    }

    /** What else lies on the device with each window. */
    interface Companion {
        /** {@code own} and the bytes of the companion, for batches of this one's shape. */
        MemoryPlan.Sizes plus(MemoryPlan.Sizes own, Batch shape, int sides);

        /** Makes room for windows of so many steps, cut into stretches. */
        void resize(Batch shape, int window, int stretch);

        /** Uploads what belongs to a window. */
        void upload(Batch from, Window window);
    }

    private static final int INPUT_GRADIENT_ROWS = 8192;
    /** Rows (steps · batch rows) of a window when only outputs are wanted: as many as products are fast with. */
    private static final int FORWARD_ROWS = 16384;

    private final Backend backend;
    private final RnnSpec spec;
    private final Weights weights;
    private final Truncation truncation;
    private final long budget;
    private final Buffers buffers;
    private final Buffers carriedBuffers;
    private final Staging staging = new Staging();
    private final Input input;
    private final RowEnds ends;
    private final RecurrentStack stack;
    private final Checkpoints checkpoints;
    private final CarriedState carried;
    private final Buffers.Slot inputGradientSlot;
    private Companion companion;
    private Batch batch;
    private List<Segment> segments = List.of();
    private MemoryPlan plan;
    private Layout layout;
    /** Of each segment. */
    private List<Revolve> schedules = List.of();
    /** The layout is one for a forward sweep only. */
    private boolean forwardOnly;
    /** Segments are gone through one by one, each from its own checkpoint. */
    private boolean apart;
    /** The window whose input is on the device, or null. */
    private Window there;
    /** The states that the next sweep continues from, one matrix for each layer. */
    private Matrix[] current;

    /**
     * The layers of {@code network}.
     *
     * @param budget bytes for all that grows with the batch, or {@link MemoryPlan#UNLIMITED}
     */
    Unrolled(Network network, Truncation truncation, long budget) {
        this.backend = network.backend();
        this.spec = network.spec();
        this.weights = network.parameters();
        this.truncation = truncation;
        this.budget = budget;
        this.buffers = new Buffers(backend);
        this.carriedBuffers = new Buffers(backend);
        this.input = new Input(backend, spec.inputSize(), buffers, staging);
        this.ends = new RowEnds(backend, buffers, staging);
        this.stack = new RecurrentStack(network, input, buffers);
        this.checkpoints = new Checkpoints(backend, spec, buffers);
        this.inputGradientSlot = carriedBuffers.slot();
        this.carried = new CarriedState(backend, spec, carriedBuffers);
    }

    /** Has {@code other} lie on the device with each window; before the first batch. */
    void accompany(Companion other) {
        companion = other;
    }

    Buffers buffers() {
        return buffers;
    }

    Staging staging() {
        return staging;
    }

    RowEnds ends() {
        return ends;
    }

    RecurrentStack stack() {
        return stack;
    }

    /** The batch that was loaded last, or null. */
    Batch batch() {
        return batch;
    }

    /** How the loaded batch is unrolled. */
    MemoryPlan plan() {
        return plan;
    }

    /** The segments of the loaded batch. */
    List<Segment> segments() {
        return segments;
    }

    /** The state that is carried from batch to batch. */
    CarriedState carried() {
        return carried;
    }

    /** The number, among all steps of the batch, of step {@code step} of the window that is on the device. */
    int absolute(int step) {
        return there.from() + step;
    }

    /** The segments of a batch of this shape; one if it is only swept forward. */
    List<Segment> segmentsOf(Batch shape, boolean forward) {
        return hasShapeOf(shape, forward)
                ? segments
                : Segment.plan(shape.steps(), forward ? Truncation.NONE : truncation);
    }

    // ---- a batch ----------------------------------------------------------------------------------------------------

    /** Refuses a batch that does not fit the network. */
    void check(Batch next) {
        carried.check(next);
        input.check(next);
    }

    /** How batches of this shape would be unrolled. */
    MemoryPlan planFor(Batch shape) {
        return hasShapeOf(shape, false) ? plan : MemoryPlan.of(sizes(shape), segmentsOf(shape, false), budget);
    }

    /**
     * Sets the initial state of a checked batch: given, carried over from the batch before, or zero; its input goes up.
     *
     * @param forward whether no segment will be swept back
     */
    void load(Batch next, boolean forward) {
        if (!hasShapeOf(next, forward)) {
            reshape(next, forward);
        }
        if (plan.isWhole()) {
            upload(next, layout.parts(0).get(0).window());
        }
        begin(next);
    }

    /** Uploads what belongs to the whole of a batch. */
    void upload(Batch next, Window window) {
        input.upload(next, window);
        ends.upload(next, window);
        if (companion != null) {
            companion.upload(next, window);
        }
    }

    /** Uploads a batch of the same shape before the one in use is done, to the current side of the buffers. */
    void prepare(Batch next) {
        upload(next, layout.parts(0).get(0).window());
    }

    /** Sets the initial state of a batch that is uploaded, which is in use from now on. */
    void begin(Batch next) {
        batch = next;
        there = plan.isWhole() ? layout.parts(0).get(0).window() : null;
        current = stack.before();
        int count = next.rows() * spec.hiddenSize();
        for (int l = 0; l < spec.layers(); l++) {
            Matrix to = plan.isWhole() ? current[l] : checkpoints.layer(0, l);
            if (next.initialState() != null) {
                backend.upload(next.initialState(), l * count, count, to.array(), to.offset());
            } else if (next.isContinuing()) {
                backend.copy(carried.layer(l), to);
            } else {
                backend.fill(to, 0f);
            }
        }
    }

    /** Whether everything that was made for the batch before serves this one too. */
    boolean hasShapeOf(Batch next, boolean forward) {
        return batch != null
                && !apart
                && forward == forwardOnly
                && next.steps() == batch.steps()
                && next.rows() == batch.rows()
                && (next.ids() == null) == (batch.ids() == null)
                && (next.lengths() == null) == (batch.lengths() == null)
                && (next.resets() == null) == (batch.resets() == null);
    }

    private int stretchSteps(int rows) {
        return Math.max(1, backend.rowsPerPass() / rows);
    }

    private MemoryPlan.Sizes sizes(Batch shape) {
        int rows = shape.rows();
        int sides = backend.runsBehind() ? 2 : 1;
        long state = RecurrentStack.stateBytes(spec, rows);
        long lengths = shape.lengths() == null ? 0 : (long) sides * rows * Integer.BYTES;
        MemoryPlan.Sizes own = new MemoryPlan.Sizes(
                state,
                state + sides * Input.stepBytes(shape),
                RecurrentStack.deltaBytes(spec, rows, shape.resets() != null),
                stretchSteps(rows),
                state + lengths + RowEnds.bytes(rows, spec.hiddenSize(), sides));
        return companion == null ? own : companion.plus(own, shape, sides);
    }

    private void reshape(Batch next, boolean forward) {
        // All rows of all steps are numbered with ints.
        int rows = next.rows();
        Math.multiplyExact(next.steps(), rows);
        segments = segmentsOf(next, forward);
        plan = forward
                ? MemoryPlan.forward(sizes(next), next.steps(), Math.max(1, FORWARD_ROWS / rows), budget)
                : MemoryPlan.of(sizes(next), segments, budget);
        batch = null; // until all is made
        forwardOnly = forward;
        apart = false;
        if (budget != MemoryPlan.UNLIMITED) {
            buffers.close(); // what another shape needed must not count
        }
        buffers.reshape();
        int stretch = Math.min(stretchSteps(rows), plan.window());
        layout = new Layout(segments, plan, stretch);
        Map<Integer, Revolve> byPieces = new HashMap<>();
        schedules = IntStream.range(0, segments.size())
                .mapToObj(s -> byPieces.computeIfAbsent(
                        layout.parts(s).size(), pieces -> new Revolve(pieces, plan.checkpoints() + 1)))
                .toList();
        input.resize(next, plan.window());
        ends.resize(rows, spec.hiddenSize());
        stack.resize(plan.window(), stretch, rows, next.resets() != null);
        checkpoints.resize(plan.isWhole() ? 0 : segments.size() + plan.checkpoints(), rows);
        if (companion != null) {
            companion.resize(next, plan.window(), stretch);
        }
    }

    // ---- forward ----------------------------------------------------------------------------------------------------

    /** Sweeps segment {@code s} forward; {@code visitor}, or null, sees each of its stretches once, in order of time. */
    void forward(int s, Visitor visitor) {
        if (s == 0) {
            carried.replace(batch.rows());
            if (batch.lengths() != null) {
                backend.fill(carried.all(), 0f);
            }
        }
        if (!plan.isWhole() && (s == 0 || plan.pieces() > 1 || apart)) {
            load(s, 0);
        }
        List<Layout.Part> parts = layout.parts(s);
        Revolve schedule = schedules.get(s);
        for (int i = 0; schedule.action(i) != Revolve.Action.BACK; i++) {
            if (schedule.action(i) == Revolve.Action.SWEEP) {
                sweep(parts.get(schedule.which(i)), visitor, true);
            } else {
                store(s, schedule.which(i));
            }
        }
        if (!plan.isWhole() && s + 1 < segments.size()) {
            checkpoints.store(s + 1, current);
        }
    }

    /** Checkpoint 0 of a segment is the state before it, the others are shared by all segments. */
    private int checkpoint(int s, int which) {
        return which == 0 ? s : segments.size() + which - 1;
    }

    private void store(int s, int which) {
        checkpoints.store(checkpoint(s, which), current);
    }

    private void load(int s, int which) {
        current = stack.before();
        checkpoints.load(checkpoint(s, which), current);
    }

    private void sweep(Layout.Part part, Visitor visitor, boolean keepFinal) {
        enter(part.window());
        for (int i = 0; i < part.stretches().size(); i++) {
            Stretch stretch = part.stretches().get(i);
            if (stretch.isOwn()) {
                stack.forward(stretch);
                for (int l = 0; keepFinal && l < spec.layers(); l++) {
                    ends.gather(stretch, stack.outputs(stretch, l), carried.layer(l));
                }
                if (visitor != null) {
                    visitor.visit(stretch);
                }
            }
        }
        current = stack.after(part.last());
    }

    /** Makes {@code window} the one on the device; what stays of the one before, and the current state, move to its beginning. */
    private void enter(Window window) {
        if (window == there) {
            return;
        }
        if (window.first() > window.from()) {
            stack.moveToStart(window.from() - there.from(), window.first() - window.from());
        } else if (current != stack.before()) {
            stack.copyToStart(current);
        }
        if (backend.runsBehind()) {
            buffers.turn(); // so that the upload need not wait for the operations of the window before
        }
        upload(batch, window);
        there = window;
    }

    // ---- backward ---------------------------------------------------------------------------------------------------

    /**
     * Sweeps segment {@code s} back, right after {@link #forward}, and adds to the gradients of the parameters.
     *
     * @param loss leaves ∂L/∂h of the top layer in {@link RecurrentStack#outputGradients} of a stretch; sees the segment's
     *     stretches last to first
     * @param dFinal gradient with respect to the final states, or null
     * @param observer sees δ, or null
     */
    void backward(int s, Visitor loss, FinalGradient dFinal, RecurrentStack.DeltaObserver observer) {
        List<Layout.Part> parts = layout.parts(s);
        Revolve schedule = schedules.get(s);
        stack.clearCarry();
        int i = 0;
        while (schedule.action(i) != Revolve.Action.BACK) {
            i++; // done by forward
        }
        for (; i < schedule.length(); i++) {
            int which = schedule.which(i);
            switch (schedule.action(i)) {
                case SWEEP -> sweep(parts.get(which), null, false);
                case STORE -> store(s, which);
                case LOAD -> load(s, which);
                case BACK -> back(parts.get(which), loss, dFinal, observer);
            }
        }
    }

    private void back(Layout.Part part, Visitor loss, FinalGradient dFinal, RecurrentStack.DeltaObserver observer) {
        for (int i = part.stretches().size() - 1; i >= 0; i--) {
            Stretch stretch = part.stretches().get(i);
            if (stretch.isOwn()) {
                loss.visit(stretch);
            }
            if (stretch.isSwept()) {
                stack.backward(stretch, dFinal, observer);
            }
        }
    }

    /**
     * From now on each segment of this batch can be swept again by itself, with the states that it began with. Where states of earlier
     * segments have been given up, backward sweeps end at the segment's first step.
     */
    void takeApart() {
        if (!plan.isWhole() && plan.pieces() == 1) {
            layout = Layout.apart(segments, Math.min(stretchSteps(batch.rows()), plan.window()));
            buffers.reshape();
            apart = true;
        }
    }

    /**
     * An observer that puts ∂L/∂x = δ·W_ih of the lowest layer into {@code dX} [T,B,I], some rows at a time; null for null.
     */
    RecurrentStack.DeltaObserver inputGradient(float[] dX) {
        return dX == null
                ? null
                : (layer, stretch, delta) -> {
                    if (layer == 0) {
                        inputGradient(delta, absolute(stretch.sweptFrom()) * batch.rows(), dX);
                    }
                };
    }

    private void inputGradient(Matrix delta, int firstRow, float[] dX) {
        Matrix weightIh = weights.layer(0).weightIh();
        int width = spec.inputSize();
        for (int from = 0; from < delta.rows(); from += INPUT_GRADIENT_ROWS) {
            int rows = (int) Math.min(INPUT_GRADIENT_ROWS, delta.rows() - from);
            Matrix part = inputGradientSlot.matrix(rows, width);
            backend.gemm(Transpose.NO, delta.rows(from, rows), Transpose.NO, weightIh, false, part);
            backend.download(part.array(), 0, dX, (firstRow + from) * width, rows * width);
        }
    }

    // ---- results ----------------------------------------------------------------------------------------------------

    /** h_n [L,B,H]. */
    float[] downloadFinalState() {
        return download(carried.all());
    }

    /** dh0 [L,B,H] of the last backward sweep over the whole batch. */
    float[] downloadInitialStateGradient() {
        return download(stack.carry());
    }

    /** Host memory for {@code width} floats of each row of each step. */
    float[] hostArray(int width) {
        return new float[arrayLength((long) batch.steps() * batch.rows() * width)];
    }

    /** Downloads what belongs to the own steps of a stretch that is on the device, [steps·B, width], to its place in {@code host} [T,B,width]. */
    void download(Stretch stretch, Matrix from, float[] host) {
        int count = (int) (from.rows() * from.cols());
        int start = absolute(stretch.ownFrom()) * batch.rows() * from.cols();
        backend.download(from.array(), from.offset(), host, start, count);
    }

    float[] download(Matrix m) {
        float[] host = new float[arrayLength(m.rows() * m.cols())];
        backend.download(m.array(), m.offset(), host, 0, host.length);
        return host;
    }

    private static int arrayLength(long length) {
        if (length > Integer.MAX_VALUE - 8) {
            throw new IllegalArgumentException("a result of " + length
                    + " elements does not fit a Java array: use fewer steps at a time or a smaller batch");
        }
        return (int) length;
    }

    @Override
    public void close() {
        carriedBuffers.close();
        buffers.close();
    }
}
