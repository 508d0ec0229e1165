package org.bptt4j.bptt;

import org.bptt4j.backend.Backend;
import org.bptt4j.backend.Matrix;
import org.bptt4j.spec.Cell;
import org.bptt4j.spec.RnnSpec;
import org.bptt4j.spec.Sizes;

/**
 * What one sweep over a window leaves for the way back: h and, if the cell has one, c before and after each step, and the numbers its gates keep. A plain
 * cell's gate is in the memory of h.
 *
 * <p>Steps are counted from the window's first, in the order in which the sweep goes through them.
 */
final class Tape {
    private final Cell cell;
    private final int hidden;
    /** Of h, and of c. */
    private final Buffers.Slot[] stateSlots;

    private final Buffers.Slot gateSlot;
    private final Matrix[] states;
    private Matrix gates;
    private int batch;

    Tape(RnnSpec spec, Buffers buffers) {
        this.cell = spec.cell();
        this.hidden = spec.hiddenSize();
        this.stateSlots = buffers.slots(cell.states()).toArray(Buffers.Slot[]::new);
        this.gateSlot = buffers.slot();
        this.states = new Matrix[cell.states()];
    }

    /** Makes room for {@code steps} steps of B rows. Contents are undefined afterwards. */
    void resize(int steps, int rows) {
        batch = rows;
        for (int i = 0; i < states.length; i++) {
            states[i] = stateSlots[i].matrix((steps + 1L) * rows, hidden);
        }
        gates = cell.isPlain() ? after(0, 0, steps) : gateSlot.matrix((long) steps * rows, cell.kept() * hidden);
    }

    /** Bytes of one step, beside one state before the first. */
    static long stepBytes(RnnSpec spec, int rows) {
        Cell cell = spec.cell();
        int numbers = cell.states() + (cell.isPlain() ? 0 : cell.kept());
        return Sizes.product(numbers, rows, spec.hiddenSize(), Float.BYTES);
    }

    /** h (0) or c (1) before step {@code step}, [B, H]. */
    Matrix before(int which, int step) {
        return states[which].rows((long) step * batch, batch);
    }

    /** h (0) or c (1) after each of the steps [from, to), [steps·B, H]. */
    Matrix after(int which, int from, int to) {
        return states[which].rows((from + 1L) * batch, (long) (to - from) * batch);
    }

    /** h (0) or c (1, null if the cell has none) before step {@code from} and after each of the steps [from, to), [(steps+1)·B, H]. */
    Matrix range(int which, int from, int to) {
        return which == states.length ? null : states[which].rows((long) from * batch, (to - from + 1L) * batch);
    }

    /** What the gates keep of the steps [from, to), [steps·B, K·H]. */
    Matrix gates(int from, int to) {
        return gates.rows((long) from * batch, (long) (to - from) * batch);
    }

    /** Where the product with the input of the steps [from, to) goes, [steps·B, G·H]. */
    Matrix preActivations(int from, int to) {
        return gates(from, to).columns(0, cell.gates() * hidden);
    }

    /** The window begins with the last steps of the one before: {@code kept} of them from step {@code from} on, and the state before. */
    void moveToStart(Backend backend, int from, int kept) {
        for (Matrix state : states) {
            moveToStart(backend, state, from, kept + 1);
        }
        if (!cell.isPlain()) {
            moveToStart(backend, gates, from, kept);
        }
    }

    private void moveToStart(Backend backend, Matrix m, int from, int blocks) {
        for (int done = 0; from > 0 && done < blocks; done += from) {
            // Not farther than they move: what is copied may not overlap.
            long rows = (long) Math.min(from, blocks - done) * batch;
            backend.copy(m.rows((long) (from + done) * batch, rows), m.rows((long) done * batch, rows));
        }
    }
}
