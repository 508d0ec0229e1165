package org.bptt4j.bptt;

import java.util.List;
import org.bptt4j.backend.Backend;
import org.bptt4j.backend.Matrix;
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

    private final Network network;
    private final Backend backend;
    private final RnnSpec spec;
    private final Truncation truncation;
    private final long budget;
    private final Buffers buffers;
    private final Buffers carriedBuffers;
    private final WindowContents contents;
    private final RecurrentStack stack;
    private final Checkpoints checkpoints;
    private final CarriedState carried;
    private final HostArrays host;
    private Batch batch;
    private Arrangement arrangement;
    /** The window whose input is on the device, or null. */
    private Window there;
    /** The states that the next sweep continues from: {@link RecurrentStack#before}. */
    private Matrix[] current;

    /**
     * The layers of {@code network}.
     *
     * @param budget bytes for all that grows with the batch, or {@link MemoryPlan#UNLIMITED}
     */
    Unrolled(Network network, Truncation truncation, long budget) {
        if (network.spec().bidirectional() && !truncation.equals(Truncation.NONE)) {
            throw new IllegalArgumentException("truncation (k1, k2) = (" + truncation.k1() + ", " + truncation.k2()
                    + ") of a bidirectional network: its reverse direction begins at the end of a sequence, so that no segment can be"
                    + " swept without those behind it; use shorter sequences");
        }
        this.network = network;
        this.backend = network.backend();
        this.spec = network.spec();
        this.truncation = truncation;
        this.budget = budget;
        this.buffers = new Buffers(backend);
        this.carriedBuffers = new Buffers(backend);
        this.contents = new WindowContents(backend, spec, buffers);
        this.stack = new RecurrentStack(network, contents.input(), contents.reversal(), buffers);
        this.checkpoints = new Checkpoints(backend, spec, buffers);
        this.host = new HostArrays(network, this, carriedBuffers);
        this.carried = new CarriedState(backend, spec, carriedBuffers);
    }

    Backend backend() {
        return backend;
    }

    Buffers buffers() {
        return buffers;
    }

    WindowContents contents() {
        return contents;
    }

    RecurrentStack stack() {
        return stack;
    }

    /** The batch that was loaded last, or null. */
    Batch batch() {
        return batch;
    }

    /** Results on their way to the host. */
    HostArrays host() {
        return host;
    }

    /** The state that is carried from batch to batch. */
    CarriedState carried() {
        return carried;
    }

    /** The number, among all steps of the batch, of step {@code step} of the window that is on the device. */
    int absolute(int step) {
        return there.from() + step;
    }

    // ---- a batch ----------------------------------------------------------------------------------------------------

    /** Refuses a batch that does not fit the network, and every batch once that is closed. */
    void check(Batch next) {
        network.requireOpen();
        carried.check(next);
        contents.input().check(next);
    }

    /** Whether the batch that is loaded is unrolled as this one would be. */
    boolean hasShapeOf(Batch next, boolean forward) {
        return batch != null && arrangement.serves(next, forward);
    }

    /** How batches of this shape are unrolled. */
    Arrangement arrangementOf(Batch shape, boolean forward) {
        return hasShapeOf(shape, forward)
                ? arrangement
                : new Arrangement(shape, forward, spec.bidirectional(), truncation, sizes(shape), budget);
    }

    /** How the loaded batch is unrolled. */
    Arrangement arrangement() {
        return arrangement;
    }

    /**
     * Sets the initial state of a checked batch: given, carried over from the batch before, or zero; its input goes up.
     *
     * @param how {@link #arrangementOf} it
     */
    void load(Batch next, Arrangement how) {
        if (batch == null || how != arrangement) {
            arrange(next, how);
        }
        if (how.whole() != null) {
            contents.upload(next, how.whole());
        }
        begin(next);
    }

    /** Uploads a batch of the same shape before the one in use is done, to the current side of the buffers. */
    void prepare(Batch next) {
        contents.upload(next, arrangement.whole());
    }

    /** Sets the initial state of a batch that is uploaded, which is in use from now on. */
    void begin(Batch next) {
        batch = next;
        there = arrangement.whole();
        stack.inputs().enter(0);
        current = stack.before();
        Matrix[] first = there != null ? current : checkpoints.state(0);
        for (int n = 0; n < first.length; n++) {
            float[] given = n < spec.sweeps() ? next.initialState() : next.initialCellState();
            if (given != null) {
                int k = n % spec.sweeps();
                int count = next.rows() * spec.hiddenSize(); // a part of an array of its length: checked
                backend.upload(given, k * count, count, first[n].array(), first[n].offset());
            } else if (next.isContinuing()) {
                backend.copy(carried.get(n), first[n]);
            } else {
                backend.fill(first[n], 0f);
            }
        }
    }

    private MemoryPlan.Sizes sizes(Batch shape) {
        int rows = shape.rows();
        long state = RecurrentStack.stateBytes(spec, rows);
        MemoryPlan.Sizes own = new MemoryPlan.Sizes(
                state,
                RecurrentStack.stepBytes(spec, rows),
                RecurrentStack.stretchStepBytes(spec, shape),
                // Two directions meet in every layer, so that nothing can go on before all steps are there.
                spec.bidirectional()
                        ? shape.steps()
                        : (int) Math.max(
                                1,
                                backend.rowsPerPass()
                                        / ((long) rows * spec.cell().gates())),
                state);
        return contents.plus(own, shape);
    }

    private void arrange(Batch shape, Arrangement how) {
        batch = null; // until all is made
        if (budget != MemoryPlan.UNLIMITED) {
            buffers.close(); // what another shape needed must not count
        }
        buffers.reshape();
        int window = how.plan().window();
        contents.resize(shape, window, how.stretch());
        stack.resize(shape, window, how.stretch());
        checkpoints.resize(how.checkpoints(), shape.rows());
        arrangement = how;
    }

    // ---- forward ----------------------------------------------------------------------------------------------------

    /** Sweeps segment {@code s} forward; {@code visitor}, or null, sees each of its stretches once, in order of time. */
    void forward(int s, Visitor visitor) {
        if (s == 0) {
            carried.beginNext(batch.rows());
            if (batch.lengths() != null) {
                backend.fill(carried.next(), 0f);
            }
        }
        if (arrangement.loads(s)) {
            load(s, 0);
        }
        List<Layout.Part> parts = arrangement.parts(s);
        Revolve schedule = arrangement.schedule(s);
        for (int i = 0; schedule.action(i) != Revolve.Action.BACK; i++) {
            if (schedule.action(i) == Revolve.Action.SWEEP) {
                sweep(parts.get(schedule.which(i)), visitor, true);
            } else {
                store(s, schedule.which(i));
            }
        }
        if (s + 1 == arrangement.segments().size()) {
            carried.keepNext();
        } else if (arrangement.whole() == null) {
            store(s + 1, 0);
        }
    }

    private void store(int s, int which) {
        checkpoints.store(arrangement.checkpoint(s, which), current);
    }

    private void load(int s, int which) {
        current = stack.before();
        checkpoints.load(arrangement.checkpoint(s, which), current);
    }

    private void sweep(Layout.Part part, Visitor visitor, boolean keepFinal) {
        enter(part.window());
        for (int i = 0; i < part.stretches().size(); i++) {
            Stretch stretch = part.stretches().get(i);
            if (stretch.isOwn()) {
                stack.forward(stretch);
                for (int n = 0; keepFinal && n < spec.stateCount(); n++) {
                    contents.ends().gather(stretch, stack.states(stretch, n), carried.next(n));
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
        contents.upload(batch, window);
        there = window;
        stack.inputs().enter(window.from());
    }

    // ---- backward ---------------------------------------------------------------------------------------------------

    /**
     * Sweeps segment {@code s} back, right after {@link #forward}, and adds to the gradients of the parameters.
     *
     * @param loss leaves ∂L/∂H of the top layer in {@link StackGradients#outputGradients} of a stretch; sees the segment's
     *     stretches last to first
     * @param dFinal gradient with respect to the final states, or null
     * @param observer sees δ, or null
     */
    void backward(int s, Visitor loss, FinalGradient dFinal, StackGradients.DeltaObserver observer) {
        List<Layout.Part> parts = arrangement.parts(s);
        Revolve schedule = arrangement.schedule(s);
        stack.gradients().begin(dFinal);
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

    private void back(Layout.Part part, Visitor loss, FinalGradient dFinal, StackGradients.DeltaObserver observer) {
        for (int i = part.stretches().size() - 1; i >= 0; i--) {
            Stretch stretch = part.stretches().get(i);
            if (stretch.isOwn()) {
                loss.visit(stretch);
            }
            if (stretch.isSwept()) {
                stack.gradients().backward(stretch, dFinal, observer);
            }
        }
    }

    /** From now on each segment of this batch can be swept again by itself: {@link Arrangement#apart}. */
    void takeApart() {
        arrangement = arrangement.apart();
        buffers.reshape();
    }

    @Override
    public void close() {
        carriedBuffers.close();
        buffers.close();
    }
}
