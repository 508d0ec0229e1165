package org.bptt4j.bptt;

import org.bptt4j.backend.DeviceArray;
import org.bptt4j.backend.Matrix;
import org.bptt4j.data.Batch;
import org.bptt4j.spec.Loss;
import org.bptt4j.spec.Truncation;

/**
 * Backpropagation through time with truncation: the loop over segments.
 *
 * <pre>
 * load(batch)
 * for each segment s:  forward(s), backward(s, scale), and what the caller does with the gradients
 * </pre>
 *
 * Activations are stored once for the whole batch; a segment that reaches back before its start (k2 &gt; k1) reads those of
 * earlier segments as they are.
 */
public final class Bptt implements AutoCloseable {
    private final Network network;
    private final Loss loss;
    private final Unrolled unrolled;
    private final Head head;
    private final Targets targets;
    private final Objective objective;
    private final Buffers buffers;
    /** Lies on the other side of the buffers, or null. */
    private Batch prepared;

    public Bptt(Network network, Loss loss, Truncation truncation) {
        if (!network.spec().hasHead()) {
            throw new IllegalArgumentException("a network without a head has no outputs to compare with targets");
        }
        this.network = network;
        this.loss = loss;
        this.unrolled = new Unrolled(network, truncation);
        this.buffers = unrolled.buffers();
        int outputs = network.spec().outputSize();
        this.head = new Head(network, buffers);
        this.targets = new Targets(network.backend(), loss, outputs, buffers, unrolled.staging());
        this.objective = new Objective(network, loss, head, targets, unrolled.stack(), buffers);
    }

    /** Uploads a batch with its targets. If it does not fit it is refused, and the state to carry stays as it was. */
    public void load(Batch batch) {
        if (batch == prepared && unrolled.hasShapeOf(batch)) {
            buffers.turn();
            prepared = null;
            unrolled.begin(batch);
            return;
        }
        prepared = null;
        targets.load(batch, unrolled.plan(batch.steps()));
        unrolled.load(batch);
    }

    /**
     * Uploads the batch that will be loaded next, beside the one that is loaded, which stays in use. A batch of another shape, or one
     * that does not fit, is left for {@link #load}.
     */
    public void prepare(Batch next) {
        if (!unrolled.hasShapeOf(next)) {
            return;
        }
        buffers.turn();
        try {
            targets.load(next, unrolled.segments());
            unrolled.prepare(next);
            prepared = next;
        } catch (IllegalArgumentException e) {
            prepared = null; // said when it is its turn
        } finally {
            buffers.turn();
        }
    }

    /** The number of segments of the loaded batch. */
    public int segments() {
        return unrolled.segments().size();
    }

    /** Valid targets of segment {@code s}. */
    public long valid(int s) {
        return targets.valid(s);
    }

    /** Valid targets of the loaded batch. */
    public long valid() {
        return targets.valid();
    }

    /** What multiplies each term of the loss when {@code count} targets share the mean: 1/count (/O), or 1 for a sum. */
    public double scale(long count) {
        if (loss.reduction() == Loss.Reduction.SUM) {
            return 1;
        }
        int outputs = loss.kind() == Loss.Kind.MSE ? network.spec().outputSize() : 1;
        return count == 0 ? 0 : 1.0 / ((double) count * outputs);
    }

    /** Sweeps segment {@code s} forward. */
    public void forward(int s) {
        unrolled.forward(s);
    }

    /** Adds the loss of segment {@code s} to the report, and the gradient of {@code scale} times it to the gradients. */
    public void backward(int s, double scale, DeviceArray report) {
        backward(s, scale, report, null);
    }

    void backward(int s, double scale, DeviceArray report, RecurrentStack.DeltaObserver observer) {
        RecurrentStack stack = unrolled.stack();
        stack.prepareBackward(s);
        objective.forwardBackward(s, (float) scale, report);
        stack.backward(s, null, observer);
    }

    /** Only adds the loss of segment {@code s} to the report; after {@link #forward}. */
    public void evaluate(int s, DeviceArray report) {
        objective.evaluate(s, report);
    }

    /** y of all steps [T,B,O], after all segments were swept forward. */
    public float[] downloadOutputs() {
        return unrolled.download(head.outputs(unrolled.outputs()));
    }

    /** The network's layers over the loaded batch: final state and, after one full backward sweep, dX and dh0. */
    public Unrolled unrolled() {
        return unrolled;
    }

    Network network() {
        return network;
    }

    Segment segment(int s) {
        return unrolled.segments().get(s);
    }

    /** y of segment {@code s}, [steps·B, O]. */
    Matrix outputs(int s) {
        return head.outputs(unrolled.stack().outputs(s));
    }

    @Override
    public void close() {
        unrolled.close();
    }
}
