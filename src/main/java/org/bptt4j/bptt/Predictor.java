package org.bptt4j.bptt;

import org.bptt4j.backend.Matrix;
import org.bptt4j.data.Batch;
import org.bptt4j.spec.Sizes;
import org.bptt4j.spec.Truncation;

/** Forward only: what a network, or its top layer where there is no head, gives for a batch that needs no targets. */
public final class Predictor implements AutoCloseable {
    private final Unrolled unrolled;
    private final RecurrentStack stack;
    private final Head head;
    /** O, or D·H without a head. */
    private final int width;

    /** D·H. */
    private final int layerWidth;

    private final Buffers.Slot lastStateSlot;

    /** @param budget bytes for all that grows with a batch, or {@link MemoryPlan#UNLIMITED} */
    public Predictor(Network network, long budget) {
        this.unrolled = new Unrolled(network, Truncation.NONE, budget);
        this.stack = unrolled.stack();
        this.head = network.spec().hasHead() ? new Head(network, unrolled.buffers()) : null;
        this.width =
                head == null ? network.spec().layerOutputSize() : network.spec().outputSize();
        this.layerWidth = network.spec().layerOutputSize();
        this.lastStateSlot = unrolled.buffers().slot();
        unrolled.contents().accompany(new WithOutputs());
    }

    /** Outputs lie on the device a stretch at a time, and the states that are asked for of the rows that end. */
    private final class WithOutputs implements WindowContents.Companion {
        @Override
        public MemoryPlan.Sizes plus(MemoryPlan.Sizes own, Batch shape, int sides) {
            long outputs = head == null ? 0 : Sizes.product(shape.rows(), width, Float.BYTES);
            return own.plus(0, outputs, Sizes.product(shape.rows(), layerWidth, Float.BYTES));
        }

        @Override
        public void resize(Batch shape, int window, int stretch) {
            lastStateSlot.matrix(shape.rows(), layerWidth);
            if (head != null) {
                head.resize(stretch * shape.rows());
            }
        }

        @Override
        public void upload(Batch from, Window window) {}
    }

    /** y [T,B,O] or h [T,B,D·H]; keeps the final state for a batch that continues this one. */
    public float[] run(Batch batch) {
        load(batch);
        float[] outputs = unrolled.host().array(width);
        unrolled.forward(0, stretch -> {
            Matrix h = stack.outputs(stretch);
            if (head == null) {
                unrolled.host().download(stretch, h, outputs);
            } else {
                head.outputs(h, (y, from) -> unrolled.host().download(stretch, y, from, outputs));
            }
        });
        return outputs;
    }

    /** y [B,O] or h [B,D·H] at each row's last step that is not padding; keeps the final state as {@link #run} does. */
    public float[] runLast(Batch batch) {
        load(batch);
        float[] outputs = unrolled.host().rows(width);
        unrolled.forward(0, stretch -> {
            RowEnds ends = unrolled.contents().ends();
            int count = ends.count(stretch);
            if (count == 0) {
                return;
            }
            int first = ends.first(stretch);
            Matrix h = lastStateSlot.matrix(count, layerWidth);
            unrolled.backend().gatherRows(ends.places(stretch), stack.outputs(stretch), h);
            if (head == null) {
                place(h, first, outputs);
            } else {
                head.outputs(h, (y, from) -> place(y, first + from, outputs));
            }
        });
        return outputs;
    }

    private void load(Batch batch) {
        unrolled.check(batch);
        unrolled.load(batch, unrolled.arrangementOf(batch, true));
    }

    /** Each row of {@code from} goes to the place of the row of the batch that ends {@code first}-th and so on. */
    private void place(Matrix from, int first, float[] outputs) {
        float[] rows = unrolled.host().download(from);
        for (int i = 0; i < from.rows(); i++) {
            int row = unrolled.contents().ends().row(first + i);
            System.arraycopy(rows, i * width, outputs, row * width, width);
        }
    }

    /** h_n [L·D,B,H] of the batch that was run last. */
    public float[] finalState() {
        return unrolled.host().finalState(0);
    }

    /** c_n [L·D,B,H] of the batch that was run last, or null if the cell has none. */
    public float[] finalCellState() {
        return unrolled.host().finalState(1);
    }

    /** Bytes on the device for all that grows with the batch. */
    public long bytes() {
        return unrolled.buffers().bytes();
    }

    @Override
    public void close() {
        unrolled.close();
    }
}
