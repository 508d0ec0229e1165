package org.bptt4j.bptt;

import org.bptt4j.backend.Backend;
import org.bptt4j.data.Batch;
import org.bptt4j.spec.RnnSpec;
import org.bptt4j.spec.Sizes;

/** What is uploaded of a batch for a window of its steps: input, where rows end, their order in reverse, and what a companion adds. */
final class WindowContents {
    /** What else lies on the device with each window. */
    interface Companion {
        /** {@code own} and the bytes of the companion, for batches of this one's shape. */
        MemoryPlan.Sizes plus(MemoryPlan.Sizes own, Batch shape, int sides);

        /** Makes room for windows of so many steps, cut into stretches. */
        void resize(Batch shape, int window, int stretch);

        /** Uploads what belongs to a window. */
        void upload(Batch from, Window window);
    }

    private final RnnSpec spec;
    /** Whether the next batch goes up while this one is in use. */
    private final int sides;

    private final Staging staging = new Staging();
    private final Input input;
    private final RowEnds ends;
    private final Reversal reversal;
    private Companion companion;

    WindowContents(Backend backend, RnnSpec spec, Buffers buffers) {
        this.spec = spec;
        this.sides = backend.runsBehind() ? 2 : 1;
        this.input = new Input(backend, spec.inputSize(), buffers, staging);
        this.ends = new RowEnds(backend, buffers, staging);
        this.reversal = spec.bidirectional() ? new Reversal(backend, buffers, staging) : null;
    }

    /** Has {@code other} lie on the device with each window; before the first batch. */
    void accompany(Companion other) {
        companion = other;
    }

    Staging staging() {
        return staging;
    }

    Input input() {
        return input;
    }

    RowEnds ends() {
        return ends;
    }

    /** The order of the other direction, or null if there is none. */
    Reversal reversal() {
        return reversal;
    }

    /** {@code own} and the bytes of all this, for batches of this one's shape. */
    MemoryPlan.Sizes plus(MemoryPlan.Sizes own, Batch shape) {
        int rows = shape.rows();
        long step = Input.stepBytes(shape) + (reversal == null ? 0 : Reversal.stepBytes(shape));
        long lengths = shape.lengths() == null ? 0 : (long) sides * rows * Integer.BYTES;
        MemoryPlan.Sizes sum =
                own.plus(sides * step, 0, Sizes.sum(lengths, RowEnds.bytes(rows, spec.hiddenSize(), sides)));
        return companion == null ? sum : companion.plus(sum, shape, sides);
    }

    /** Makes room for windows of so many steps of batches of this one's shape. */
    void resize(Batch shape, int window, int stretch) {
        input.resize(shape, window);
        ends.resize(shape.rows(), spec.hiddenSize());
        if (reversal != null) {
            reversal.resize(shape);
        }
        if (companion != null) {
            companion.resize(shape, window, stretch);
        }
    }

    /** Uploads a window of a batch. */
    void upload(Batch batch, Window window) {
        input.upload(batch, window);
        ends.upload(batch, window);
        if (reversal != null) {
            reversal.upload(batch);
        }
        if (companion != null) {
            companion.upload(batch, window);
        }
    }
}
