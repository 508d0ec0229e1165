package org.bptt4j.bptt;

import org.bptt4j.backend.Matrix;
import org.bptt4j.data.Batch;
import org.bptt4j.spec.Loss;

/** Forward only: the outputs of a batch, or the top layer's states where there is no head. */
public final class Predictor implements AutoCloseable {
    private final Unrolled unrolled;
    private final Head head;

    public Predictor(Network network) {
        this.unrolled = new Unrolled(network);
        this.head = network.spec().hasHead() ? new Head(network, Loss.mse(), unrolled.buffers()) : null;
    }

    /** y [T,B,O] or h [T,B,H]; keeps the final state for a batch that continues this one. */
    public float[] run(Batch batch) {
        unrolled.load(batch);
        unrolled.forward();
        Matrix h = unrolled.outputs();
        return unrolled.download(head == null ? h : head.outputs(h));
    }

    @Override
    public void close() {
        unrolled.close();
    }
}
