package org.bptt4j.backend.cpu;

import org.bptt4j.backend.Matrix;

/**
 * {@code G [N, M] += Σ_t Σ_b δ_{t,b}ᵀ·x_{t,b}}, t descending, b ascending, one chain per element.
 *
 * <p>The rows are taken in that order in chunks; of each chunk a thread packs its columns of δ and, panel by panel, of x, and
 * multiplies them into its tiles of G. Threads split the larger side of G.
 */
final class WeightGradient {
    /** Rows of a chunk. */
    private static final int DEPTH = 128;
    /** Columns packed at a time, of δ and of x: 128 × 512 floats of each fill half of a second-level cache of 1 MiB. */
    private static final int COLUMNS = 512;

    private final Kernels kernels;
    private final Workers workers;
    private final int width;
    private final int tile;
    private final int packed;
    private final float[][] left;
    private final float[][] right;
    private final float[][] scratch;

    WeightGradient(Kernels kernels, Workers workers) {
        this.kernels = kernels;
        this.workers = workers;
        this.width = kernels.panelWidth();
        this.tile = kernels.tileRows();
        this.packed = kernels.packedWidth();
        this.left = new float[workers.threads()][(DEPTH + 1) * COLUMNS];
        this.right = new float[workers.threads()][(DEPTH + 1) * COLUMNS];
        this.scratch = new float[workers.threads()][kernels.scratchLength()];
    }

    void accumulate(Matrix delta, Matrix input, int batch, Matrix gradient) {
        int n = delta.cols();
        int m = input.cols();
        long work = delta.rows() * n * m;
        boolean splitDelta = n / tile >= m / width;
        int grain = splitDelta ? tile : width;
        int count = Split.parts(splitDelta ? n : m, grain, work, workers);
        workers.run(count, (part, parts) -> {
            int from = Split.start(part, parts, splitDelta ? n : m, grain);
            int to = Split.start(part + 1, parts, splitDelta ? n : m, grain);
            if (splitDelta) {
                block(part, delta, from, to, input, 0, m, batch, gradient);
            } else {
                block(part, delta, 0, n, input, from, to, batch, gradient);
            }
        });
    }

    /** Rows n0 … n1−1 and columns m0 … m1−1 of G. */
    private void block(
            int part, Matrix delta, int n0, int n1, Matrix input, int m0, int m1, int batch, Matrix gradient) {
        int total = (int) delta.rows();
        for (int i = n0; i < n1; i += COLUMNS) {
            for (int j = m0; j < m1; j += COLUMNS) {
                int n = Math.min(COLUMNS, n1 - i);
                int m = Math.min(COLUMNS, m1 - j);
                for (int q = 0; q < total; q += DEPTH) {
                    int depth = Math.min(DEPTH, total - q);
                    packChain(delta, i, n, batch, q, depth, left[part], packed);
                    packChain(input, j, m, batch, q, depth, right[part], width);
                    multiply(part, n, m, depth, gradient, i, j);
                }
            }
        }
    }

    /** G[i …, j …] += the packed chunk, tile by tile: n rows, m columns. */
    private void multiply(int part, int n, int m, int depth, Matrix gradient, int i, int j) {
        float[] g = ((CpuArray) gradient.array()).floats();
        int ldg = gradient.stride();
        int g0 = (int) gradient.offset() + i * ldg + j;
        for (int c = 0; c < m; c += width) {
            int cols = Math.min(width, m - c);
            for (int r = 0; r < n; r += tile) {
                // Tile r of the panel that starts at the multiple of its width below r.
                int a0 = r / packed * panelLength(packed, depth) + r % packed;
                int rows = Math.min(tile, n - r);
                kernels.multiplyPacked(
                        left[part],
                        a0,
                        rows,
                        right[part],
                        c / width * panelLength(width, depth),
                        depth,
                        g,
                        g0 + r * ldg + c,
                        ldg,
                        cols,
                        scratch[part]);
            }
        }
    }

    /** A panel's floats and one vector more: panels a multiple of 4 KiB apart would fight for the same cache lines. */
    private int panelLength(int panelWidth, int depth) {
        return panelWidth * depth + packed;
    }

    /** Packs {@code depth} rows from the q-th of the chain: whole steps backwards in time, rows of a step forwards. */
    private void packChain(Matrix m, int column, int cols, int batch, int q, int depth, float[] to, int toWidth) {
        float[] from = ((CpuArray) m.array()).floats();
        int steps = (int) (m.rows() / batch);
        int done = 0;
        while (done < depth) {
            int t = steps - 1 - (q + done) / batch;
            int b = (q + done) % batch;
            int rows = Math.min(batch - b, depth - done);
            int f0 = (int) m.offset() + (t * batch + b) * m.stride() + column;
            kernels.pack(from, f0, m.stride(), rows, cols, to, done * toWidth, toWidth, panelLength(toWidth, depth));
            done += rows;
        }
    }
}
