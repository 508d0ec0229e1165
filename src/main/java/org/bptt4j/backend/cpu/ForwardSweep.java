package org.bptt4j.backend.cpu;

import java.util.Arrays;
import org.bptt4j.backend.Matrix;
import org.bptt4j.backend.RecurrentForward;
import org.bptt4j.spec.Cell;

/**
 * The sweep forward. The products with x are already in the memory of the gates: a step accumulates its product with W_hh onto them (that of
 * separate gates goes behind them) and lets the cell make the states of the sums while they are in a cache.
 */
final class ForwardSweep {
    private final Kernels kernels;
    private final PackedMatrix packed;
    /** As {@link CellStep#bias}. */
    private float[] bias = new float[0];
    /** The states of rows that begin anew. */
    private float[] zeros = new float[0];

    private RecurrentForward f;
    private CpuCell cell;

    ForwardSweep(Kernels kernels, PackedMatrix packed) {
        this.kernels = kernels;
        this.packed = packed;
    }

    void begin(RecurrentForward sweep, CpuCell formula) {
        f = sweep;
        cell = formula;
        int hidden = sweep.hidden();
        if (zeros.length < hidden) {
            zeros = new float[hidden];
        }
        if (bias.length < sweep.cell().kept() * hidden) {
            bias = new float[sweep.cell().kept() * hidden];
        }
        int together = (sweep.cell().gates() - sweep.cell().separate()) * hidden;
        Matrix ih = sweep.biasIh();
        Matrix hh = sweep.biasHh();
        int hh0 = (int) hh.offset();
        System.arraycopy(CpuArray.floats(ih), (int) ih.offset(), bias, 0, ih.cols());
        kernels.add(CpuArray.floats(hh), hh0, bias, 0, together);
        System.arraycopy(CpuArray.floats(hh), hh0 + together, bias, hh.cols(), hh.cols() - together);
    }

    /** All steps of a share, t ascending. */
    void run(Share s) {
        s.setResets(f.resets());
        CellStep step = s.step;
        step.hidden = f.hidden();
        step.units = packed.column(s.p1) - packed.column(s.p0);
        step.bias.set(bias, packed.column(s.p0), 0);
        for (int t = 0; t < f.steps(); t++) {
            int first = t * f.batch();
            for (int r = s.from; r < s.to; ) {
                int end = s.runEnd(first, r);
                rows(s, first + r, end - r, s.beginsAnew(first + r));
                r = end;
            }
            end(s, t);
            s.barrier.await();
        }
    }

    /** The {@code rows} rows from {@code row} of all on, which all begin anew or all do not. */
    private void rows(Share s, int row, int rows, boolean anew) {
        CellStep step = s.step;
        int column = packed.column(s.p0);
        int after = row + f.batch();
        step.rows = rows;
        step.gates.set(f.gates(), row, column);
        step.after.set(f.states(), after, column);
        step.cellAfter.set(f.cellStates(), after, column);
        if (anew) {
            step.before.set(zeros, 0, 0);
            step.cellBefore.set(zeros, 0, 0);
        } else {
            step.before.set(f.states(), row, column);
            step.cellBefore.set(f.cellStates(), row, column);
        }
        products(s, row, rows, anew);
        cell.forward(step);
    }

    /** P_t: added to the gates, or put behind them where a gate is separate. It is zero for rows that begin anew. */
    private void products(Share s, int row, int rows, boolean anew) {
        Cell shape = f.cell();
        int hidden = f.hidden();
        float[] h = CpuArray.floats(f.states());
        float[] gates = CpuArray.floats(f.gates());
        int ldh = f.states().stride();
        int ldg = f.gates().stride();
        int h0 = (int) f.states().offset() + row * ldh;
        int g0 = (int) f.gates().offset() + row * ldg;
        for (int g = 0; g < shape.gates(); g++) {
            boolean adds = g < shape.gates() - shape.separate();
            int c0 = g0 + (adds ? g : g + shape.separate()) * hidden;
            if (!anew) {
                packed.multiply(h, h0, ldh, rows, adds, gates, c0, ldg, g, s.p0, s.p1, s.scratch);
            } else if (!adds) {
                int column = packed.column(s.p0);
                fill(gates, c0 + column, ldg, rows, packed.column(s.p1) - column, 0f);
            }
        }
    }

    /** Zeros in the states of rows that have ended, and what the cell keeps of them. */
    private void end(Share s, int t) {
        if (f.lengths() == null) {
            return;
        }
        int[] lengths = CpuArray.ints(f.lengths());
        int units = s.step.units;
        int column = packed.column(s.p0);
        for (int b = s.from; b < s.to; b++) {
            if (f.firstStep() + t >= lengths[(int) f.lengths().offset() + b]) {
                int row = t * f.batch() + b;
                for (int k = 0; k < f.cell().kept(); k++) {
                    fill(f.gates(), row, k * f.hidden() + column, units, cell.ended(k));
                }
                fill(f.states(), row + f.batch(), column, units, 0f);
                if (f.cellStates() != null) {
                    fill(f.cellStates(), row + f.batch(), column, units, 0f);
                }
            }
        }
    }

    private static void fill(Matrix m, int row, int column, int n, float value) {
        fill(CpuArray.floats(m), (int) m.offset() + row * m.stride() + column, 0, 1, n, value);
    }

    private static void fill(float[] to, int t0, int ld, int rows, int n, float value) {
        for (int r = 0; r < rows; r++) {
            Arrays.fill(to, t0 + r * ld, t0 + r * ld + n, value);
        }
    }
}
