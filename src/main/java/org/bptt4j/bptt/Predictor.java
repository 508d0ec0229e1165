package org.bptt4j.bptt;

import org.bptt4j.data.Batch;
import org.bptt4j.spec.Truncation;

/** Forward only: the outputs of a batch, or the top layer's states where there is no head. */
public final class Predictor implements AutoCloseable {
    private final Network network;
    private final Unrolled unrolled;
    private final Head head;

    public Predictor(Network network) {
        this.network = network;
        this.unrolled = new Unrolled(network, Truncation.NONE, MemoryPlan.UNLIMITED);
        this.head = network.spec().hasHead() ? new Head(network, unrolled.buffers()) : null;
    }

    /** y [T,B,O] or h [T,B,D·H]; keeps the final state for a batch that continues this one. */
    public float[] run(Batch batch) {
        unrolled.check(batch);
        unrolled.load(batch, unrolled.arrangementOf(batch, true));
        RecurrentStack stack = unrolled.stack();
        if (head == null) {
            float[] h = unrolled.host().array(network.spec().layerOutputSize());
            unrolled.forward(0, stretch -> unrolled.host().download(stretch, stack.outputs(stretch), h));
            return h;
        }
        float[] y = unrolled.host().array(network.spec().outputSize());
        unrolled.forward(
                0,
                stretch -> head.outputs(
                        stack.outputs(stretch), (part, from) -> unrolled.host().download(stretch, part, from, y)));
        return y;
    }

    @Override
    public void close() {
        unrolled.close();
    }
}
