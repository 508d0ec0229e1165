package org.bptt4j.backend.cpu;

import java.util.Arrays;
import org.bptt4j.backend.RecurrentBackward;

/**
 * The sweep back: at each step the cell makes the gradients of A and P from what arrives, and the product of the latter with W_hh goes to the step
 * before, through the carry. It is summed there from zero, or from what the cell passes on beside it, at every step and not only at the
 * range's first: so a cut sweep gives the same bits.
 */
final class BackwardSweep {
    private final PackedMatrix packed;
    /** The states of rows that begin anew. */
    private float[] zeros = new float[0];

    private RecurrentBackward f;
    private CpuCell cell;

    BackwardSweep(PackedMatrix packed) {
        this.packed = packed;
    }

    void begin(RecurrentBackward sweep, CpuCell formula) {
        f = sweep;
        cell = formula;
        zeros = Workspace.floats(zeros, sweep.hidden());
    }

    /** All steps of a share, t descending. */
    void run(Share s) {
        s.setResets(f.resets());
        s.step.hidden = f.hidden();
        s.step.units = packed.column(s.p1) - packed.column(s.p0);
        for (int t = f.steps() - 1; t >= 0; t--) {
            int first = t * f.batch();
            for (int r = s.from; r < s.to; ) {
                int end = s.runEnd(first, r);
                gradients(s, first, r, end - r);
                r = end;
            }
            // The product needs those of all hidden units, and gives the carry of this share's own.
            s.barrier.await();
            for (int r = s.from; r < s.to; ) {
                int end = s.runEnd(first, r);
                carry(s, first, r, end - r);
                r = end;
            }
        }
    }

    private void gradients(Share s, int first, int r, int rows) {
        CellStep step = s.step;
        int row = first + r;
        int column = packed.column(s.p0);
        step.rows = rows;
        step.gates.set(f.gates(), row, column);
        step.after.set(f.states(), row + f.batch(), column);
        step.cellAfter.set(f.cellStates(), row + f.batch(), column);
        if (s.beginsAnew(row)) {
            step.before.set(zeros, 0, 0);
            step.cellBefore.set(zeros, 0, 0);
        } else {
            step.before.set(f.states(), row, column);
            step.cellBefore.set(f.cellStates(), row, column);
        }
        step.dStates.set(f.dStates(), row, column);
        step.carry.set(f.carry(), r, column);
        step.cellCarry.set(f.cellCarry(), r, column);
        step.dGates.set(f.dGates(), row, column);
        step.dProducts.set(f.dProducts(), row, column);
        cell.backward(step);
    }

    /** What goes on to the step before; nothing from rows that begin anew. */
    private void carry(Share s, int first, int r, int rows) {
        if (s.beginsAnew(first + r)) {
            s.step.carry.set(f.carry(), r, 0);
            clear(s.step.carry, s, rows);
            if (f.cellCarry() != null) {
                s.step.cellCarry.set(f.cellCarry(), r, 0);
                clear(s.step.cellCarry, s, rows);
            }
            return;
        }
        Product product = s.product;
        product.a.set(f.dProducts(), first + r, 0);
        product.c.set(f.carry(), r, packed.column(s.p0));
        product.init.set(f.carry(), r, packed.column(s.p0));
        product.rows = rows;
        product.started = f.cell().direct() ? 1 : 0;
        product.from = s.p0;
        product.to = s.p1;
        packed.multiply(product);
    }

    private void clear(Operand m, Share s, int rows) {
        for (int i = 0; i < rows; i++) {
            Arrays.fill(m.at, m.at(i, packed.column(s.p0)), m.at(i, packed.column(s.p1)), 0f);
        }
    }
}
