package org.bptt4j.bptt;

import org.bptt4j.backend.DeviceArray;
import org.bptt4j.backend.OutOfDeviceMemoryException;
import org.bptt4j.data.Batch;
import org.bptt4j.spec.Loss;
import org.bptt4j.spec.Sizes;
import org.bptt4j.spec.Truncation;

/**
 * Backpropagation through time with truncation, for a network with a head: the loss of each segment of a batch, and its gradient.
 *
 * <pre>
 * load(batch)
 * for each segment s:  forward(s), backward(s, scale), and what the caller does with the gradients
 * </pre>
 *
 * A segment that reaches back before its start (k2 &gt; k1) reads the states of earlier segments as they are.
 */
public final class Bptt implements AutoCloseable {
    private final Network network;
    private final Loss loss;
    private final Unrolled unrolled;
    private final Head head;
    private final Targets targets;
    private final Objective objective;
    private final Buffers buffers;
    /** Valid targets of the loaded batch. */
    private TargetCounts valid = new TargetCounts();
    /** The same of the prepared one. */
    private TargetCounts preparedValid = new TargetCounts();
    /** Lies on the other side of the buffers, or null. */
    private Batch prepared;
    /** Of it, when it went up. */
    private long fingerprint;
    /** A second batch does not fit on the device: each waits for its turn. */
    private boolean noRoom;
    /** What {@link #visitForward} and {@link #visitBackward} are to do. */
    private float scale;

    private DeviceArray report;
    private final Unrolled.Visitor visitForward;
    private final Unrolled.Visitor visitBackward;

    /** @param budget bytes for all that grows with the batch, or {@link MemoryPlan#UNLIMITED} */
    public Bptt(Network network, Loss loss, Truncation truncation, long budget) {
        if (!network.spec().hasHead()) {
            throw new IllegalArgumentException("a network without a head has no outputs to compare with targets");
        }
        loss.requireOutputs(network.spec().outputSize());
        this.network = network;
        this.loss = loss;
        this.unrolled = new Unrolled(network, truncation, budget);
        this.buffers = unrolled.buffers();
        int outputs = network.spec().outputSize();
        this.head = new Head(network, buffers);
        this.targets = new Targets(
                network.backend(),
                loss,
                outputs,
                unrolled.contents().ends(),
                buffers,
                unrolled.contents().staging());
        this.objective = new Objective(network, loss, head, targets, unrolled);
        this.visitForward = stretch -> objective.evaluate(stretch, report);
        this.visitBackward = stretch -> objective.forwardBackward(stretch, scale, report);
        unrolled.contents().accompany(new WithTargets());
    }

    /** Targets and outputs lie on the device with the states. */
    private final class WithTargets implements WindowContents.Companion {
        @Override
        public MemoryPlan.Sizes plus(MemoryPlan.Sizes own, Batch shape, int sides) {
            boolean every = loss.at() == Loss.At.EVERY;
            int rows = shape.rows();
            long step = objective.bytes(1, rows);
            long uploaded = Sizes.product(sides, targets.bytes(shape));
            return every
                    ? own.plus(uploaded, step, targets.fixedBytes())
                    : own.plus(0, 0, Sizes.sum(Sizes.sum(uploaded, step), targets.fixedBytes()));
        }

        @Override
        public void resize(Batch shape, int window, int stretch) {
            targets.resize(window, shape);
            objective.resize(stretch, shape.rows());
        }

        @Override
        public void upload(Batch from, Window window) {
            targets.upload(from, window);
        }
    }

    /**
     * From now on there is dropout between the layers, with the masks of update number {@code update}, from 1, of a training with this seed.
     */
    public void drop(long seed, long update) {
        unrolled.stack().inputs().drop(seed, update);
    }

    /** From now on there is no dropout, as in evaluation. */
    public void withoutDropout() {
        unrolled.stack().inputs().drop(0, 0);
    }

    /** Uploads a batch with its targets. If it does not fit it is refused, and the state to carry stays as it was. */
    public void load(Batch batch) {
        if (batch == prepared && unrolled.hasShapeOf(batch, false)) {
            prepared = null;
            batch.requireUnchanged(fingerprint, "between the step that it was given to as the next and its own");
            network.requireOpen();
            TargetCounts counts = valid;
            valid = preparedValid;
            preparedValid = counts;
            buffers.turn();
            unrolled.begin(batch);
            return;
        }
        load(batch, false);
    }

    /** The same for a batch that is only swept forward, as one segment: less of it is on the device at once. */
    public void loadForward(Batch batch) {
        load(batch, true);
    }

    private void load(Batch batch, boolean forward) {
        prepared = null;
        unrolled.check(batch);
        Arrangement how = unrolled.arrangementOf(batch, forward);
        targets.check(batch, how.segments(), valid);
        unrolled.load(batch, how);
    }

    /**
     * Uploads the batch that will be loaded next, beside the one that is loaded, which stays in use. A batch of another shape, or one
     * that does not fit, is left for {@link #load}.
     */
    public void prepare(Batch next) {
        if (noRoom
                || !unrolled.hasShapeOf(next, false)
                || unrolled.arrangement().whole() == null) {
            return;
        }
        buffers.turn();
        try {
            unrolled.check(next);
            targets.check(next, unrolled.arrangement().segments(), preparedValid);
            fingerprint = next.fingerprint();
            unrolled.prepare(next);
            prepared = next;
        } catch (IllegalArgumentException e) {
            prepared = null; // said when it is its turn
        } catch (OutOfDeviceMemoryException e) {
            prepared = null;
            noRoom = true;
        } finally {
            buffers.turn();
        }
    }

    /** The number of segments of the loaded batch. */
    public int segments() {
        return unrolled.arrangement().segments().size();
    }

    /** Valid targets of the loaded batch. */
    public long valid() {
        return valid.count();
    }

    /** The sum of their weights, by which a mean divides; without weights, their number. */
    public double weight() {
        return valid.weight();
    }

    /** What the report's loss of the loaded batch is to be multiplied by, so that it is the sum of the terms: {@link TargetCounts#unit}. */
    public double unit() {
        return valid.unit();
    }

    /** What multiplies each term of the loss of segment {@code s} by itself; 0 if it has no target. */
    public double scale(int s) {
        return valid.count(s) == 0 ? 0 : scale(valid.weight(s));
    }

    /** What multiplies each term of the loss when targets of {@code weight} share the mean: 1/weight (/O), or 1 for a sum. */
    public double scale(double weight) {
        if (loss.reduction() == Loss.Reduction.SUM) {
            return 1;
        }
        int outputs = loss.takesClasses() ? 1 : network.spec().outputSize();
        return weight == 0 ? 0 : 1.0 / (weight * outputs);
    }

    /** Sweeps segment {@code s} forward. */
    public void forward(int s) {
        unrolled.forward(s, null);
    }

    /** Sweeps segment {@code s} forward and puts its outputs into {@code y} [T,B,O]. */
    public void forward(int s, float[] y) {
        unrolled.forward(
                s, stretch -> outputs(stretch, (part, from) -> unrolled.host().download(stretch, part, from, y)));
    }

    /** Sweeps segment {@code s} forward and adds its loss to the report, for nobody to sweep back. */
    public void evaluate(int s, DeviceArray to) {
        report = to;
        unrolled.forward(s, visitForward);
    }

    /**
     * After {@link #forward}: adds the loss of segment {@code s} to the report, and the gradient of {@code scale} times it to the
     * gradients.
     */
    public void backward(int s, double scale, DeviceArray to) {
        backward(s, scale, to, (StackGradients.DeltaObserver) null);
    }

    /** The same with ∂L/∂x put into {@code dX} [T,B,I]. */
    public void backward(int s, double scale, DeviceArray to, float[] dX) {
        backward(s, scale, to, unrolled.host().inputGradient(dX));
    }

    void backward(int s, double factor, DeviceArray to, StackGradients.DeltaObserver observer) {
        scale = (float) (factor * valid.unit());
        report = to;
        unrolled.backward(s, visitBackward, null, observer);
    }

    /** How batches of this one's shape are unrolled. */
    public MemoryPlan plan(Batch shape) {
        return unrolled.arrangementOf(shape, false).plan();
    }

    /** Bytes on the device for all that grows with the batch. */
    public long bytes() {
        return buffers.bytes();
    }

    /** Host memory for y [T,B,O] of the loaded batch. */
    public float[] hostOutputs() {
        return unrolled.host().array(network.spec().outputSize());
    }

    /** Host memory for ∂L/∂x [T,B,I] of the loaded batch, or null if its input is symbols. */
    public float[] hostInputGradient() {
        return unrolled.batch().ids() != null
                ? null
                : unrolled.host().array(network.spec().inputSize());
    }

    /** h_n [L·D,B,H] of the batch that was swept forward last. */
    public float[] downloadFinalState() {
        return unrolled.host().finalState(0);
    }

    /** c_n [L·D,B,H] of the batch that was swept forward last, or null if the cell has none. */
    public float[] downloadFinalCellState() {
        return unrolled.host().finalState(1);
    }

    /** ∂L/∂h0 [L·D,B,H] of the last backward sweep over a whole batch. */
    public float[] downloadInitialStateGradient() {
        return unrolled.host().initialGradient(0);
    }

    /** ∂L/∂c0 [L·D,B,H] of the last backward sweep over a whole batch, or null if the cell has none. */
    public float[] downloadInitialCellStateGradient() {
        return unrolled.host().initialGradient(1);
    }

    /** The state that is carried from batch to batch. */
    public CarriedState carried() {
        return unrolled.carried();
    }

    Network network() {
        return network;
    }

    Unrolled unrolled() {
        return unrolled;
    }

    /** {@code reader} sees y of a stretch that is on the device, some rows at a time. */
    void outputs(Stretch stretch, Head.Reader reader) {
        head.outputs(unrolled.stack().outputs(stretch), reader);
    }

    @Override
    public void close() {
        unrolled.close();
    }
}
