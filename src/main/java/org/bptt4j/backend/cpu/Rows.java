package org.bptt4j.backend.cpu;

import java.util.Arrays;
import org.bptt4j.backend.Ints;
import org.bptt4j.backend.Matrix;

/** Fills, copies, gathers and scatters of rows and columns, and the bias gradient. */
final class Rows {
    private final Kernels kernels;
    private final Workers workers;

    Rows(Kernels kernels, Workers workers) {
        this.kernels = kernels;
        this.workers = workers;
    }

    void fill(Matrix to, float value) {
        float[] v = floats(to);
        if (to.stride() == to.cols()) {
            Arrays.fill(v, at(to, 0), at(to, 0) + (int) to.rows() * to.cols(), value);
        } else {
            forRows(to, (r, i) -> Arrays.fill(v, i, i + to.cols(), value));
        }
    }

    void copy(Matrix from, Matrix to) {
        float[] f = floats(from);
        float[] v = floats(to);
        forRows(to, (r, i) -> System.arraycopy(f, at(from, r), v, i, to.cols()));
    }

    void fillRows(Matrix row, Matrix to) {
        float[] f = floats(row);
        float[] v = floats(to);
        forRows(to, (r, i) -> System.arraycopy(f, (int) row.offset(), v, i, to.cols()));
    }

    void gatherRows(Ints rows, Matrix from, Matrix to) {
        float[] f = floats(from);
        float[] v = floats(to);
        int[] index = ints(rows);
        forRows(to, (r, i) -> System.arraycopy(f, at(from, index[(int) rows.offset() + r]), v, i, to.cols()));
    }

    void scatterRows(Ints rows, Matrix from, Matrix to) {
        float[] f = floats(from);
        float[] v = floats(to);
        int[] index = ints(rows);
        forRows(from, (r, i) -> kernels.add(f, i, v, at(to, index[(int) rows.offset() + r]), from.cols()));
    }

    /** to[r, j] = weight[j, ids[r]], the symbols' columns read from a transposed copy. */
    void gatherColumns(Ints ids, Matrix weight, Matrix to) {
        int n = (int) weight.rows();
        float[] columns = transpose(weight);
        float[] v = floats(to);
        int[] index = ints(ids);
        forRows(to, (r, i) -> System.arraycopy(columns, index[(int) ids.offset() + r] * n, v, i, n));
    }

    /** gradient[j, ids[r]] += delta[r, j], t descending, b ascending; threads split j. */
    void scatterColumns(Ints ids, Matrix delta, int batch, Matrix gradient) {
        int n = delta.cols();
        float[] columns = transpose(gradient);
        float[] d = floats(delta);
        int[] index = ints(ids);
        int count = Split.parts(n, 16, Split.MOVE * delta.rows() * n, workers);
        workers.run(count, (part, parts) -> {
            int from = Split.start(part, parts, n, 16);
            int to = Split.start(part + 1, parts, n, 16);
            forChain(delta, batch, r -> {
                int c0 = index[(int) ids.offset() + r] * n;
                kernels.add(d, at(delta, r) + from, columns, c0 + from, to - from);
            });
        });
        float[] g = floats(gradient);
        for (int j = 0; j < n; j++) {
            int g0 = at(gradient, j);
            for (int i = 0; i < gradient.cols(); i++) {
                g[g0 + i] = columns[i * n + j];
            }
        }
    }

    void biasGradient(Matrix delta, int batch, Matrix gradient) {
        float[] d = floats(delta);
        float[] g = floats(gradient);
        int n = delta.cols();
        int g0 = (int) gradient.offset();
        workers.run(Split.parts(n, 64, delta.rows() * n, workers), (part, parts) -> {
            int from = Split.start(part, parts, n, 64);
            int to = Split.start(part + 1, parts, n, 64);
            for (int t = (int) (delta.rows() / batch) - 1; t >= 0; t--) {
                kernels.addRows(d, at(delta, t * batch) + from, delta.stride(), batch, to - from, g, g0 + from);
            }
        });
    }

    private static float[] transpose(Matrix m) {
        int rows = (int) m.rows();
        float[] columns = new float[Math.multiplyExact(rows, m.cols())];
        Packing.packTransposed(floats(m), (int) m.offset(), m.stride(), m.cols(), rows, columns, 0, rows);
        return columns;
    }

    private interface RowAction {
        void run(int row, int index);
    }

    private void forRows(Matrix m, RowAction action) {
        int rows = (int) m.rows();
        workers.run(Split.parts(rows, 1, Split.MOVE * m.rows() * m.cols(), workers), (part, parts) -> {
            int end = Split.start(part + 1, parts, rows, 1);
            for (int r = Split.start(part, parts, rows, 1); r < end; r++) {
                action.run(r, at(m, r));
            }
        });
    }

    private interface ChainAction {
        void run(int row);
    }

    private static void forChain(Matrix delta, int batch, ChainAction action) {
        for (int t = (int) (delta.rows() / batch) - 1; t >= 0; t--) {
            for (int b = 0; b < batch; b++) {
                action.run(t * batch + b);
            }
        }
    }

    private static float[] floats(Matrix m) {
        return ((CpuArray) m.array()).floats();
    }

    private static int[] ints(Ints m) {
        return ((CpuArray) m.array()).ints();
    }

    private static int at(Matrix m, int row) {
        return (int) m.offset() + row * m.stride();
    }
}
