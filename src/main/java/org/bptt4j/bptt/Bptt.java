package org.bptt4j.bptt;

import java.util.List;
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
    private final Truncation truncation;
    private final Unrolled unrolled;
    private final Head head;
    private final Targets targets;
    private List<Segment> segments = List.of();

    public Bptt(Network network, Loss loss, Truncation truncation) {
        if (!network.spec().hasHead()) {
            throw new IllegalArgumentException("a network without a head has no outputs to compare with targets");
        }
        this.network = network;
        this.loss = loss;
        this.truncation = truncation;
        this.unrolled = new Unrolled(network);
        this.head = new Head(network, loss, unrolled.buffers());
        this.targets = new Targets(network.backend(), loss, network.spec().outputSize(), unrolled.buffers());
    }

    /** Uploads a batch with its targets. If it does not fit it is refused, and the state to carry stays as it was. */
    public void load(Batch batch) {
        List<Segment> plan = Segment.plan(batch.steps(), truncation);
        targets.load(batch, plan);
        unrolled.load(batch);
        segments = plan;
    }

    /** The number of segments of the loaded batch. */
    public int segments() {
        return segments.size();
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
        Segment segment = segments.get(s);
        unrolled.stack().forward(unrolled.input(), segment.start(), segment.end());
        if (s == segments.size() - 1) {
            unrolled.keepFinalState();
        }
    }

    /** Adds the loss of segment {@code s} to the report, and the gradient of {@code scale} times it to the gradients. */
    public void backward(int s, double scale, DeviceArray report) {
        backward(s, scale, report, null);
    }

    void backward(int s, double scale, DeviceArray report, RecurrentStack.DeltaObserver observer) {
        Segment segment = segments.get(s);
        RecurrentStack stack = unrolled.stack();
        Matrix dStates = stack.prepareBackward(segment);
        head.forwardBackward(states(segment), batch(), targets, s, (float) scale, dStates, report);
        stack.backward(unrolled.input(), segment, null, observer);
    }

    /** Only adds the loss of segment {@code s} to the report; after {@link #forward}. */
    public void evaluate(int s, DeviceArray report) {
        head.evaluate(states(segments.get(s)), targets, s, report);
    }

    private Matrix states(Segment segment) {
        return unrolled.stack().outputs(segment.start(), segment.end());
    }

    private int batch() {
        return unrolled.batch().rows();
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
        return segments.get(s);
    }

    /** y of segment {@code s}, [steps·B, O]. */
    Matrix outputs(int s) {
        return head.outputs(states(segments.get(s)));
    }

    @Override
    public void close() {
        unrolled.close();
    }
}
