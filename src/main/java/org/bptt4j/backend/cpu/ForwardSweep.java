package org.bptt4j.backend.cpu;

import java.util.Arrays;
import org.bptt4j.backend.Matrix;
import org.bptt4j.backend.RecurrentForward;

/**
 * The sweep forward. The products with x are already in the memory of the gates. A step multiplies some rows with W_hh, for all gates of
 * some hidden units, and lets the cell make their states while the products are in a cache. A plain cell has them added to its gate in place.
 */
final class ForwardSweep {
    /** Floats of sums made at a time, 128 KiB: with the rows they come from and what the cell writes they stay in a second-level cache. */
    private static final int TILE = 1 << 15;

    private final Kernels kernels;
    private final PackedMatrix packed;
    /** As {@link CellStep#bias}. */
    private float[] bias = new float[0];
    /** The states before of rows that begin anew. */
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
        zeros = Workspace.floats(zeros, hidden);
        bias = Workspace.floats(bias, (long) sweep.cell().kept() * hidden);
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
        s.step.hidden = f.hidden();
        int least = f.cell().gates() * packed.column(1);
        if (!f.cell().isPlain()) {
            s.tile = Workspace.floats(s.tile, Math.max(TILE, least));
        }
        int most = Math.max(1, Math.min(PackedMatrix.ROW_BLOCK, TILE / least));
        for (int t = 0; t < f.steps(); t++) {
            int first = t * f.batch();
            for (int r = s.from; r < s.to; ) {
                int end = Math.min(s.runEnd(first, r), r + most);
                rows(s, first + r, end - r);
                r = end;
            }
            end(s, t);
            s.barrier.await();
        }
    }

    /** The {@code rows} rows from {@code row} of all on, which all begin anew or all do not: some units after the other. */
    private void rows(Share s, int row, int rows) {
        CellStep step = s.step;
        boolean anew = s.beginsAnew(row);
        int least = f.cell().gates() * packed.column(1);
        int panels = f.cell().isPlain() ? s.p1 - s.p0 : Math.max(1, TILE / (rows * least));
        step.rows = rows;
        for (int p = s.p0; p < s.p1; p += panels) {
            int to = Math.min(s.p1, p + panels);
            int column = packed.column(p);
            step.units = packed.column(to) - column;
            step.gates.set(f.gates(), row, column);
            step.bias.set(bias, column, 0);
            step.after.set(f.states(), row + f.batch(), column);
            step.cellAfter.set(f.cellStates(), row + f.batch(), column);
            if (anew) {
                step.before.set(zeros, 0, 0);
                step.cellBefore.set(zeros, 0, 0);
                withoutProducts(s);
            } else {
                step.before.set(f.states(), row, column);
                step.cellBefore.set(f.cellStates(), row, column);
                multiply(s, row, p, to);
            }
            cell.forward(step);
        }
    }

    /** A + P, or P alone, of the panels {@code from … to−1}: in a tile that stays in a cache, or for a plain cell where A lies. */
    private void multiply(Share s, int row, int from, int to) {
        CellStep step = s.step;
        Product product = s.product;
        product.a.set(f.states(), row, 0);
        product.init.set(step.gates.at, step.gates.start, step.gates.stride);
        product.startGap = f.hidden();
        product.started = f.cell().gates() - f.cell().separate();
        if (f.cell().isPlain()) {
            product.c.set(step.gates.at, step.gates.start, step.gates.stride);
        } else {
            setTile(s);
            product.c.set(step.sums.at, step.sums.start, step.sums.stride);
        }
        product.gap = step.span;
        product.rows = step.rows;
        product.from = from;
        product.to = to;
        packed.multiply(product);
    }

    private void setTile(Share s) {
        s.step.span = s.step.units;
        s.step.sums.set(s.tile, 0, f.cell().gates() * s.step.units);
    }

    /** A alone, or zeros. */
    private void withoutProducts(Share s) {
        if (f.cell().isPlain()) {
            return;
        }
        setTile(s);
        CellStep step = s.step;
        int separate = f.cell().gates() - f.cell().separate();
        for (int r = 0; r < step.rows; r++) {
            for (int k = 0; k < f.cell().gates(); k++) {
                int to = step.sums.at(r, k * step.span);
                if (k < separate) {
                    System.arraycopy(step.gates.at, step.gates.at(r, k * step.hidden), s.tile, to, step.units);
                } else {
                    Arrays.fill(s.tile, to, to + step.units, 0f);
                }
            }
        }
    }

    /** Zeros in the states of rows that have ended, and what the cell keeps of them. */
    private void end(Share s, int t) {
        if (f.lengths() == null) {
            return;
        }
        int[] lengths = CpuArray.ints(f.lengths());
        int units = packed.column(s.p1) - packed.column(s.p0);
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
        int start = (int) m.offset() + row * m.stride() + column;
        Arrays.fill(CpuArray.floats(m), start, start + n, value);
    }
}
