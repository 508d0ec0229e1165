package org.bptt4j.bptt;

import org.bptt4j.backend.Backend;
import org.bptt4j.backend.DeviceArray;
import org.bptt4j.backend.Ints;
import org.bptt4j.backend.Matrix;
import org.bptt4j.backend.Weighting;
import org.bptt4j.spec.Loss;
import org.bptt4j.spec.Sizes;

/** Head and loss together: from the top layer's states to the loss, and back to ∂L/∂h; ∂L/∂y is in the memory of y. */
final class Objective {
    private static final int LAST_OUTPUT_ROWS = 64;

    private final Backend backend;
    private final Loss loss;
    private final int hiddenSize;
    private final int outputSize;
    private final Head head;
    private final Targets targets;
    private final RowEnds ends;
    private final RecurrentStack stack;
    private final Buffers.Slot lastStateSlot;
    private final Buffers.Slot lastDeltaSlot;
    private final Buffers.Views<Place> places;

    Objective(Network network, Loss loss, Head head, Targets targets, Unrolled unrolled) {
        this.backend = network.backend();
        this.loss = loss;
        this.hiddenSize = network.spec().layerOutputSize();
        this.outputSize = network.spec().outputSize();
        this.head = head;
        this.targets = targets;
        this.ends = unrolled.contents().ends();
        this.stack = unrolled.stack();
        this.lastStateSlot = unrolled.buffers().slot();
        this.lastDeltaSlot = unrolled.buffers().slot();
        this.places = unrolled.buffers().views(stretch -> new Place());
    }

    /** Makes room for stretches of {@code steps} steps of {@code rows} rows. */
    void resize(int steps, int rows) {
        if (loss.at() == Loss.At.LAST) {
            lastStateSlot.matrix(rows, hiddenSize);
            lastDeltaSlot.matrix(rows, hiddenSize);
        }
        head.resize(outputRows(steps, rows));
    }

    /** Bytes for a stretch of {@code steps} steps. */
    long bytes(long steps, int rows) {
        return loss.at() == Loss.At.LAST
                ? Sizes.sum(
                        Sizes.product(2, hiddenSize, rows, Float.BYTES),
                        Sizes.product(outputSize, outputRows(1, rows), Float.BYTES))
                : Sizes.product(steps, rows, outputSize, Float.BYTES);
    }

    /** Outputs that are there at a time: of a loss at the last step those compared, and a few more for who wants them all. */
    private int outputRows(int steps, int rows) {
        return loss.at() == Loss.At.LAST ? Math.max(rows, LAST_OUTPUT_ROWS) : steps * rows;
    }

    /** What is compared in one stretch; made again if it is other rows. */
    private final class Place {
        private int n = -1;
        /** States [n, H]: for a loss at every step all of the stretch, for one at the last step those that count. */
        private Matrix h;

        private Matrix dh;
        /** Their outputs. */
        private Matrix y;

        private Ints classes;
        private Matrix values;
        private Weighting weighting;
        /** The targets' place, for a loss at the last step. */
        private int first = -1;

        Place of(Stretch stretch) {
            int count = targets.count(stretch);
            boolean last = loss.at() == Loss.At.LAST;
            int begin = last ? ends.first(stretch) : 0;
            if (count != n || begin != first) {
                n = count;
                first = begin;
                if (n > 0) {
                    h = last ? lastStateSlot.matrix(n, hiddenSize) : stack.outputs(stretch);
                    dh = last
                            ? lastDeltaSlot.matrix(n, hiddenSize)
                            : stack.gradients().outputGradients(stretch);
                    y = head.place(n);
                    classes = targets.classes(stretch);
                    values = targets.values(stretch);
                    weighting = targets.weighting(stretch);
                }
            }
            return this;
        }
    }

    /**
     * Adds the loss of a stretch to the report, the head's gradients to the gradients, and leaves ∂L/∂h in the stack's {@link
     * StackGradients#outputGradients}.
     *
     * @param scale what the mean or sum multiplies each term with
     */
    void forwardBackward(Stretch stretch, float scale, DeviceArray report) {
        Place place = compare(stretch, scale, report);
        boolean last = loss.at() == Loss.At.LAST;
        if (place.n > 0) {
            head.backward(place.y, place.h, last ? place.n : stack.batch(), place.dh);
        }
        if (last) {
            backend.fill(stack.gradients().outputGradients(stretch), 0f);
            if (place.n > 0) {
                backend.scatterRows(
                        ends.places(stretch), place.dh, stack.gradients().outputGradients(stretch));
            }
        }
    }

    /** Only the loss of a stretch, added to the report. */
    void evaluate(Stretch stretch, DeviceArray report) {
        compare(stretch, 1f, report);
    }

    /** The loss of the outputs of h, and its gradient in their place. */
    private Place compare(Stretch stretch, float scale, DeviceArray report) {
        Place place = places.get(stretch).of(stretch);
        if (place.n == 0) {
            return place;
        }
        if (loss.at() == Loss.At.LAST) {
            backend.gatherRows(ends.places(stretch), stack.outputs(stretch), place.h);
        }
        head.forward(place.h, place.y);
        Matrix y = place.y;
        switch (loss.kind()) {
            case CROSS_ENTROPY ->
                backend.crossEntropy(y, place.classes, loss.ignoreIndex(), place.weighting, scale, y, report);
            case MSE -> backend.squaredError(y, place.values, place.weighting, scale, y, report);
            case BCE -> backend.binaryCrossEntropy(y, place.values, place.weighting, scale, y, report);
        }
        return place;
    }
}
