package org.bptt4j.bptt;

import java.util.Arrays;
import org.bptt4j.backend.Backend;
import org.bptt4j.backend.Ints;
import org.bptt4j.backend.Matrix;
import org.bptt4j.data.Batch;
import org.bptt4j.spec.Sizes;

/** Which rows of the batch have their last valid step in a window, and where: on the device, in order of time. */
final class RowEnds {
    private final Backend backend;
    private final Buffers buffers;
    private final Staging staging;
    private final Buffers.Slot slot;
    private final Buffers.Slot gatheredSlot;
    private final Buffers.Views<Ending> endings;
    private int hidden;
    private int rows;
    private final Side[] sides = {new Side(), new Side()};

    /** The rows that end in one window. */
    private static final class Side {
        /** Row numbers of the batch: stretch by stretch in order of time. */
        private int[] order = new int[0];
        /** The step they end in, counted from the window's first. */
        private int[] step = new int[0];

        /** To sort by: the step, negative, and the row number. */
        private long[] keys = new long[0];

        private int count;
        /** Whether all rows of the batch end here, one after the other. */
        private boolean inOrder;
    }

    RowEnds(Backend backend, Buffers buffers, Staging staging) {
        this.backend = backend;
        this.buffers = buffers;
        this.staging = staging;
        this.slot = buffers.twoSidedSlot();
        this.gatheredSlot = buffers.slot();
        this.endings = buffers.views(stretch -> new Ending());
    }

    /** Makes room for B rows of H elements. */
    void resize(int batch, int hiddenSize) {
        rows = batch;
        hidden = hiddenSize;
        slot.ints(2L * rows);
        gatheredSlot.floats((long) rows * hidden);
    }

    /** Bytes that {@link #resize} takes. */
    static long bytes(int rows, int hidden, int sides) {
        return Sizes.product(2L * sides + hidden, rows, Integer.BYTES);
    }

    /** Uploads the rows that end in {@code window}: their place in the stretch where they end, then their numbers. */
    void upload(Batch batch, Window window) {
        Side side = sides[buffers.side()];
        if (side.order.length < rows) {
            side.order = new int[rows];
            side.step = new int[rows];
            side.keys = new long[rows];
        }
        side.count = 0;
        int[] places = staging.ints(2 * rows);
        if (batch.lengths() != null || window.to() == batch.steps()) {
            for (int i = 0; i < window.own().size(); i++) {
                endsIn(window.own().get(i), batch, window.from(), side, places);
            }
        }
        int count = side.count;
        side.inOrder = count == rows;
        for (int i = 0; i < count; i++) {
            side.inOrder &= side.order[i] == i;
        }
        if (count > 0) {
            System.arraycopy(side.order, 0, places, count, count);
            backend.upload(places, 0, 2 * count, slot.ints(2L * rows), 0);
        }
    }

    /**
     * The rows that end in one stretch, the last steps first and then by their numbers: sums over them are in the order of {@link
     * Backend#weightGradient}, wherever stretches are cut.
     */
    private static void endsIn(Stretch stretch, Batch batch, int first, Side side, int[] places) {
        if (batch.lengths() == null && first + stretch.to() < batch.steps()) {
            return;
        }
        int from = side.count;
        int count = 0;
        for (int b = 0; b < batch.rows(); b++) {
            int last = batch.length(b) - 1 - first;
            if (last >= stretch.ownFrom() && last < stretch.to()) {
                side.keys[count++] = (long) -last << Integer.SIZE | b;
            }
        }
        Arrays.sort(side.keys, 0, count);
        for (int i = 0; i < count; i++) {
            int b = (int) side.keys[i];
            int last = (int) -(side.keys[i] >> Integer.SIZE);
            places[from + i] = (last - stretch.ownFrom()) * batch.rows() + b;
            side.order[from + i] = b;
            side.step[from + i] = last;
        }
        side.count += count;
    }

    /** Views for one stretch, made again when other rows end there. */
    private final class Ending {
        private int from = -1;
        private int count;
        private int all;
        private Ints places;
        private Ints numbers;
        private Matrix gathered;

        Ending refresh(int newFrom, int newCount, int newAll) {
            if (newFrom != from || newCount != count || newAll != all) {
                from = newFrom;
                count = newCount;
                all = newAll;
                places = new Ints(slot.ints(0), from, count);
                numbers = new Ints(slot.ints(0), all + from, count);
                gathered = Matrix.of(gatheredSlot.floats(0), count, hidden);
            }
            return this;
        }
    }

    private Ending in(Stretch stretch) {
        int from = before(stretch.ownFrom());
        return endings.get(stretch).refresh(from, before(stretch.to()) - from, count());
    }

    /** How many rows of the window end before its step {@code step}, where a stretch begins. */
    private int before(int step) {
        Side side = sides[buffers.side()];
        int n = 0;
        for (int i = 0; i < side.count; i++) {
            n += side.step[i] < step ? 1 : 0;
        }
        return n;
    }

    /** How many rows end in stretches before this one of the same window. */
    int first(Stretch stretch) {
        return in(stretch).from;
    }

    /** How many rows end in the stretch. */
    int count(Stretch stretch) {
        return in(stretch).count;
    }

    /** B. */
    int rows() {
        return rows;
    }

    /** How many rows end in the window. */
    int count() {
        return sides[buffers.side()].count;
    }

    /** The number of the {@code i}-th row that ends in the window. */
    int row(int i) {
        return sides[buffers.side()].order[i];
    }

    /** Where rows end, among a stretch's own steps. */
    Ints places(Stretch stretch) {
        return in(stretch).places;
    }

    /** The rows of {@code to} [B, H] that end in the stretch become their last state, from {@code states} [steps·B, H]. */
    void gather(Stretch stretch, Matrix states, Matrix to) {
        Ending ending = in(stretch);
        if (ending.count == rows && sides[buffers.side()].inOrder) {
            backend.gatherRows(ending.places, states, to);
        } else if (ending.count > 0) {
            backend.gatherRows(ending.places, states, ending.gathered);
            backend.scatterRows(ending.numbers, ending.gathered, to);
        }
    }

    /** {@code to} [steps·B, H] += what {@code from} [B, H] has for the rows that end in the stretch. */
    void scatter(Stretch stretch, Matrix from, Matrix to) {
        Ending ending = in(stretch);
        if (ending.count > 0) {
            backend.gatherRows(ending.numbers, from, ending.gathered);
            backend.scatterRows(ending.places, ending.gathered, to);
        }
    }
}
