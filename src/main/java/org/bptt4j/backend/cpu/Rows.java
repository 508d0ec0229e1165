package org.bptt4j.backend.cpu;

import static org.bptt4j.backend.cpu.CpuArray.floats;
import static org.bptt4j.backend.cpu.CpuArray.ints;

import java.util.Arrays;
import org.bptt4j.backend.Ints;
import org.bptt4j.backend.Matrix;

/** Fills, copies, gathers and scatters of rows. One operation at a time: its operands are fields, which all threads read. */
final class Rows {
    private final Kernels kernels;
    private final Workers workers;
    private final Workers.Job copyPart = this::copyPart;
    private final Workers.Job addPart = this::addPart;
    private final Workers.Job maskPart = this::maskPart;
    private Matrix from;
    private Matrix to;
    /** Row numbers of a gather or scatter, or a mask, else null. */
    private Ints index;

    Rows(Kernels kernels, Workers workers) {
        this.kernels = kernels;
        this.workers = workers;
    }

    void fill(Matrix m, float value) {
        float[] v = floats(m);
        int rows = (int) m.rows();
        if (m.stride() == m.cols()) {
            Arrays.fill(v, at(m, 0), at(m, rows), value);
            return;
        }
        for (int r = 0; r < rows; r++) {
            Arrays.fill(v, at(m, r), at(m, r) + m.cols(), value);
        }
    }

    void copy(Matrix source, Matrix target) {
        gather(null, source, target);
    }

    /** target[i, ·] = row[0, ·]. */
    void fillRows(Matrix row, Matrix target) {
        gather(null, row, target);
    }

    /** target[i, ·] = source[rows[i], ·]; without row numbers source[i, ·], or its only row. */
    void gather(Ints rows, Matrix source, Matrix target) {
        index = rows;
        from = source;
        to = target;
        run(target, copyPart);
    }

    /** target[rows[i], ·] += source[i, ·]; the row numbers are distinct, so threads never meet. */
    void scatter(Ints rows, Matrix source, Matrix target) {
        index = rows;
        from = source;
        to = target;
        run(source, addPart);
    }

    /** target[i, ·] = source[i, ·] where mask[i] is 0, else zeros. */
    void mask(Ints mask, Matrix source, Matrix target) {
        index = mask;
        from = source;
        to = target;
        run(target, maskPart);
    }

    private void run(Matrix rows, Workers.Job job) {
        workers.run(Split.parts(rows.rows(), 1, Split.MOVE * rows.rows() * rows.cols(), workers), job);
    }

    private void copyPart(int part, int parts) {
        float[] f = floats(from);
        float[] v = floats(to);
        int[] numbers = index == null ? null : ints(index);
        int rows = (int) to.rows();
        int end = Split.start(part + 1, parts, rows, 1);
        for (int r = Split.start(part, parts, rows, 1); r < end; r++) {
            int source = numbers != null ? numbers[(int) index.offset() + r] : from.rows() == 1 ? 0 : r;
            System.arraycopy(f, at(from, source), v, at(to, r), to.cols());
        }
    }

    private void addPart(int part, int parts) {
        float[] f = floats(from);
        float[] v = floats(to);
        int[] numbers = ints(index);
        int rows = (int) from.rows();
        int end = Split.start(part + 1, parts, rows, 1);
        for (int r = Split.start(part, parts, rows, 1); r < end; r++) {
            int target = numbers[(int) index.offset() + r];
            kernels.add(f, at(from, r), v, at(to, target), from.cols());
        }
    }

    private void maskPart(int part, int parts) {
        float[] f = floats(from);
        float[] v = floats(to);
        int[] masked = ints(index);
        int rows = (int) to.rows();
        int end = Split.start(part + 1, parts, rows, 1);
        for (int r = Split.start(part, parts, rows, 1); r < end; r++) {
            if (masked[(int) index.offset() + r] == 0) {
                System.arraycopy(f, at(from, r), v, at(to, r), to.cols());
            } else {
                Arrays.fill(v, at(to, r), at(to, r) + to.cols(), 0f);
            }
        }
    }

    /** Where row {@code row} begins. */
    static int at(Matrix m, int row) {
        return (int) m.offset() + row * m.stride();
    }
}
