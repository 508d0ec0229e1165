package org.bptt4j.backend.cpu;

import static org.bptt4j.backend.cpu.CpuArray.floats;
import static org.bptt4j.backend.cpu.CpuArray.ints;
import static org.bptt4j.backend.cpu.Rows.at;

import org.bptt4j.backend.Ints;
import org.bptt4j.backend.Matrix;

/**
 * Gathers and scatters of columns, which is what products with unit vectors come to, and sums down the columns: the bias
 * gradient. One operation at a time: its operands are fields, which all threads read.
 */
final class Columns {
    /** Columns of a scatter that stay together: those of one cache line. */
    private static final int SCATTER_GRAIN = 16;
    /** Columns of a sum that stay together: four vectors, which are summed at once. */
    private static final int SUM_GRAIN = 64;

    private final Kernels kernels;
    private final Workers workers;
    private final Workers.Job gatherPart = this::gatherPart;
    private final Workers.Job scatterPart = this::scatterPart;
    private final Workers.Job sumPart = this::sumPart;
    /** The matrix whose columns are meant, transposed; the memory is kept for the next. */
    private float[] columns = new float[0];

    private Ints ids;
    private Matrix rows;
    private Matrix sums;
    private int batch;

    Columns(Kernels kernels, Workers workers) {
        this.kernels = kernels;
        this.workers = workers;
    }

    /** to[r, j] = weight[j, numbers[r]]. */
    void gather(Ints numbers, Matrix weight, Matrix to) {
        transpose(weight);
        ids = numbers;
        rows = to;
        workers.run(Split.parts(to.rows(), 1, Split.MOVE * to.rows() * to.cols(), workers), gatherPart);
    }

    private void gatherPart(int part, int parts) {
        float[] v = floats(rows);
        int[] numbers = ints(ids);
        int n = rows.cols();
        int end = Split.start(part + 1, parts, (int) rows.rows(), 1);
        for (int r = Split.start(part, parts, (int) rows.rows(), 1); r < end; r++) {
            System.arraycopy(columns, numbers[(int) ids.offset() + r] * n, v, at(rows, r), n);
        }
    }

    /** gradient[j, numbers[r]] += delta[r, j], t descending, b ascending; threads split j. */
    void scatter(Ints numbers, Matrix delta, int stepRows, Matrix gradient) {
        transpose(gradient);
        ids = numbers;
        rows = delta;
        batch = stepRows;
        int n = delta.cols();
        workers.run(Split.parts(n, SCATTER_GRAIN, Split.MOVE * delta.rows() * n, workers), scatterPart);
        float[] g = floats(gradient);
        for (int j = 0; j < n; j++) {
            int g0 = at(gradient, j);
            for (int i = 0; i < gradient.cols(); i++) {
                g[g0 + i] = columns[i * n + j];
            }
        }
    }

    private void scatterPart(int part, int parts) {
        float[] d = floats(rows);
        int[] numbers = ints(ids);
        int n = rows.cols();
        int from = Split.start(part, parts, n, SCATTER_GRAIN);
        int to = Split.start(part + 1, parts, n, SCATTER_GRAIN);
        for (int t = (int) (rows.rows() / batch) - 1; t >= 0; t--) {
            for (int r = t * batch; r < (t + 1) * batch; r++) {
                int c0 = numbers[(int) ids.offset() + r] * n;
                kernels.add(d, at(rows, r) + from, columns, c0 + from, to - from);
            }
        }
    }

    /** gradient[0, j] += Σ delta[r, j], t descending, b ascending; threads split j. */
    void sum(Matrix delta, int stepRows, Matrix gradient) {
        rows = delta;
        batch = stepRows;
        sums = gradient;
        workers.run(Split.parts(delta.cols(), SUM_GRAIN, delta.rows() * delta.cols(), workers), sumPart);
    }

    private void sumPart(int part, int parts) {
        float[] d = floats(rows);
        float[] g = floats(sums);
        int from = Split.start(part, parts, rows.cols(), SUM_GRAIN);
        int to = Split.start(part + 1, parts, rows.cols(), SUM_GRAIN);
        for (int t = (int) (rows.rows() / batch) - 1; t >= 0; t--) {
            int d0 = at(rows, t * batch) + from;
            kernels.addRows(d, d0, rows.stride(), batch, to - from, g, at(sums, 0) + from);
        }
    }

    private void transpose(Matrix m) {
        columns = Workspace.floats(columns, m.rows() * m.cols());
        transpose(m, columns);
    }

    /** to = mᵀ, [cols, rows] from element 0 on. */
    static void transpose(Matrix m, float[] to) {
        int rows = (int) m.rows();
        Packing.packTransposed(floats(m), (int) m.offset(), m.stride(), m.cols(), rows, to, 0, rows);
    }
}
