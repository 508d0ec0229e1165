package org.bptt4j.bptt;

import java.util.Arrays;
import org.bptt4j.backend.Backend;
import org.bptt4j.backend.Ints;
import org.bptt4j.data.Batch;

/**
 * A batch with the steps of each row in reverse: step t of row b becomes step {@code length(b) − 1 − t}, and padding stays where it is. So the sweep of the
 * other direction is one like any other, over rows that were put in this order; put in it once more, they are as they were.
 */
final class Reversal {
    private final Backend backend;
    private final Staging staging;
    private final Buffers buffers;
    private final Buffers.Slot rowSlot;
    private final Buffers.Slot idSlot;
    private final Buffers.Slot resetSlot;
    /** Of each side; null until it is asked for. */
    private final Ints[] rows = new Ints[2];

    private final Ints[] ids = new Ints[2];
    private final Ints[] resets = new Ints[2];
    private boolean hasIds;
    private boolean hasResets;
    private int cells;

    Reversal(Backend backend, Buffers buffers, Staging staging) {
        this.backend = backend;
        this.staging = staging;
        this.buffers = buffers;
        this.rowSlot = buffers.twoSidedSlot();
        this.idSlot = buffers.twoSidedSlot();
        this.resetSlot = buffers.twoSidedSlot();
    }

    /** Makes room for batches of this one's shape. */
    void resize(Batch shape) {
        cells = shape.steps() * shape.rows();
        hasIds = shape.ids() != null;
        hasResets = shape.resets() != null;
        Arrays.fill(rows, null);
        Arrays.fill(ids, null);
        Arrays.fill(resets, null);
        rows();
        ids();
        resets();
    }

    /** Bytes of one step. */
    static long stepBytes(Batch shape) {
        int arrays = 1 + (shape.ids() == null ? 0 : 1) + (shape.resets() == null ? 0 : 1);
        return (long) arrays * shape.rows() * Integer.BYTES;
    }

    /** Where (t, b), number {@code cell} = t·B + b of a batch, is in the reversed one; and the other way round. */
    static int reversed(Batch batch, int cell) {
        int t = cell / batch.rows();
        int b = cell % batch.rows();
        int length = batch.length(b);
        return t < length ? (length - 1 - t) * batch.rows() + b : cell;
    }

    /** Uploads the order of a whole batch, its symbols in this order, and where its rows begin anew in it. */
    void upload(Batch batch) {
        int[] numbers = staging.ints(cells);
        for (int i = 0; i < cells; i++) {
            numbers[i] = reversed(batch, i);
        }
        backend.upload(numbers, 0, cells, rows().array(), 0);
        if (hasIds) {
            for (int i = 0; i < cells; i++) {
                numbers[i] = batch.isPadding(i) ? 0 : batch.ids()[reversed(batch, i)];
            }
            backend.upload(numbers, 0, cells, ids().array(), 0);
        }
        if (hasResets) {
            for (int i = 0; i < cells; i++) {
                numbers[i] = beginsAnew(batch, i) ? 1 : 0;
            }
            backend.upload(numbers, 0, cells, resets().array(), 0);
        }
    }

    /** Going back in time, a sequence begins with its last step: the one before that with which the next begins. */
    private static boolean beginsAnew(Batch batch, int cell) {
        int next = reversed(batch, cell) + batch.rows();
        return !batch.isPadding(cell) && next < batch.resets().length && !batch.isPadding(next) && batch.resets()[next];
    }

    /** For each row of the reversed batch the row of the batch, and the other way round, [T·B]. */
    Ints rows() {
        return view(rows, rowSlot);
    }

    /** Symbols [T·B] in reverse, or null. */
    Ints ids() {
        return hasIds ? view(ids, idSlot) : null;
    }

    /** 1 where a row begins anew in reverse [T·B], or null. */
    Ints resets() {
        return hasResets ? view(resets, resetSlot) : null;
    }

    private Ints view(Ints[] views, Buffers.Slot slot) {
        int side = buffers.side();
        if (views[side] == null) {
            views[side] = slot.view(cells);
        }
        return views[side];
    }
}
