package org.bptt4j.bptt;

import org.bptt4j.data.Batch;

/** Forward only: the outputs of a batch, or the top layer's states where there is no head. */
public final class Predictor implements AutoCloseable {
    private final Unrolled unrolled;
    private final Head head;

    public Predictor(Network network) {
        this.unrolled = new Unrolled(network);
        this.head = network.spec().hasHead() ? new Head(network, unrolled.buffers()) : null;
    }

    /** y [T,B,O] or h [T,B,H]; keeps the final state for a batch that continues this one. */
    public float[] run(Batch batch) {
        unrolled.load(batch);
        unrolled.forward();
        return head == null ? unrolled.downloadOutputs() : unrolled.download(head.outputs(unrolled.outputs()));
    }

    @Override
    public void close() {
        unrolled.close();
    }
}
