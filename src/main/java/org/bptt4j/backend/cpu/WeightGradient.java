package org.bptt4j.backend.cpu;

import org.bptt4j.backend.Matrix;

/**
 * {@code G [N, M] += Σ_t Σ_b δ_{t,b}ᵀ·x_{t,b}}, t descending, b ascending, one chain per element.
 *
 * <p>The rows are taken in that order in chunks. Of each chunk a thread packs its columns of x into panels and multiplies them
 * with δ. δ is read as it lies, a tile needing eight neighbours of each of its rows, unless its rows are so long that a tile's
 * cache lines would drive each other out. Threads split the columns of x, so that nothing of it is packed twice, or those of δ where they are
 * many: the gates of a cell.
 */
final class WeightGradient {
    /** Rows of a chunk. */
    static final int DEPTH = 256;
    /** Columns of x at a time, and of δ where it is read as it lies: with a chunk's rows half of a second-level cache of 1 MiB. */
    private static final int COLUMNS = 512;
    /** Panels of δ at a time, as many as are packed together, if it is packed: beside those of x little of that cache. */
    private static final int DELTA_PANELS = 4;
    /** Floats (4 KiB) a multiple of which apart all lines have the same place in a first-level cache. */
    private static final int PAGE = 1 << 10;
    /** Columns of x up to which packing δ does not pay. */
    private static final int FEW_COLUMNS = 128;

    private final Kernels kernels;
    private final Workers workers;
    private final int width;
    /** A panel's floats and half a row more: panels a multiple of 4 KiB apart would fight for the same cache lines. */
    private final int panelLength;

    private final float[][] left;
    private final float[][] right;
    private final float[][] scratch;
    private final Workers.Job job = this::part;

    private Matrix delta;
    private Matrix input;
    private int batch;
    private Matrix gradient;

    WeightGradient(Kernels kernels, Workers workers) {
        this.kernels = kernels;
        this.workers = workers;
        this.width = kernels.panelWidth();
        this.panelLength = width * DEPTH + width / 2;
        this.left = new float[workers.threads()][];
        this.right = new float[workers.threads()][];
        this.scratch = new float[workers.threads()][];
    }

    void accumulate(Matrix delta, Matrix input, int batch, Matrix gradient) {
        this.delta = delta;
        this.input = input;
        this.batch = batch;
        this.gradient = gradient;
        workers.run(Split.parts(items(), grain(), delta.rows() * delta.cols() * input.cols(), workers), job);
    }

    private boolean splitsInput() {
        return !readsWide() && (input.cols() > width || delta.cols() <= kernels.tileRows());
    }

    /** Whether δ has long rows, and more of its columns than x has: then they are what is split. */
    private boolean readsWide() {
        return delta.stride() > COLUMNS && delta.cols() > input.cols();
    }

    /** Where few products come of each element, or its neighbours in time do not fight for the same cache lines, δ is read as it lies. */
    private boolean packsDelta() {
        boolean fights = delta.stride() % PAGE == 0 && input.cols() > FEW_COLUMNS;
        return delta.stride() > COLUMNS && (!readsWide() || fights);
    }

    private int items() {
        return splitsInput() ? input.cols() : delta.cols();
    }

    private int grain() {
        return splitsInput() ? width : kernels.tileRows();
    }

    private void part(int part, int parts) {
        right[part] = Workspace.floats(right[part], (long) Split.blocks(COLUMNS, width) * panelLength);
        scratch[part] = Workspace.floats(scratch[part], kernels.scratchLength());
        int from = Split.start(part, parts, items(), grain());
        int to = Split.start(part + 1, parts, items(), grain());
        if (splitsInput()) {
            block(part, 0, delta.cols(), from, to);
        } else {
            block(part, from, to, 0, input.cols());
        }
    }

    /** Rows n0 … n1−1 and columns m0 … m1−1 of G. */
    private void block(int part, int n0, int n1, int m0, int m1) {
        int total = (int) delta.rows();
        boolean packs = packsDelta();
        int step = packs ? DELTA_PANELS * width : COLUMNS;
        for (int j = m0; j < m1; j += COLUMNS) {
            int m = Math.min(COLUMNS, m1 - j);
            for (int q = 0; q < total; q += DEPTH) {
                int depth = Math.min(DEPTH, total - q);
                packChain(input, j, m, q, depth, right[part]);
                for (int i = n0; i < n1; i += step) {
                    int n = Math.min(step, n1 - i);
                    if (packs) {
                        multiplyPacked(part, i, n, j, m, q, depth);
                    } else {
                        multiplyInPlace(part, i, n, j, m, q, depth);
                    }
                }
            }
        }
    }

    /** G[i …, j …] += the chunk from the q-th row of the chain on: n rows, m columns. */
    private void multiplyInPlace(int part, int i, int n, int j, int m, int q, int depth) {
        float[] d = ((CpuArray) delta.array()).floats();
        multiply(part, d, row(delta, q) + i, delta.stride(), batch - q % batch, batch, i, n, j, m, depth);
    }

    private void multiplyPacked(int part, int i, int n, int j, int m, int q, int depth) {
        left[part] = Workspace.floats(left[part], (long) DELTA_PANELS * panelLength);
        packChain(delta, i, n, q, depth, left[part]);
        for (int p = 0; p * width < n; p++) {
            int rows = Math.min(width, n - p * width);
            multiply(part, left[part], p * panelLength, width, depth, depth, i + p * width, rows, j, m, depth);
        }
    }

    private void multiply(
            int part, float[] d, int d0, int ldd, int rest, int step, int i, int n, int j, int m, int depth) {
        float[] g = ((CpuArray) gradient.array()).floats();
        int ldg = gradient.stride();
        int g0 = (int) gradient.offset() + i * ldg + j;
        for (int c = 0; c < m; c += width) {
            int p0 = c / width * panelLength;
            int cols = Math.min(width, m - c);
            kernels.multiplyColumns(
                    d, d0, ldd, rest, step, n, right[part], p0, depth, g, g0 + c, ldg, cols, scratch[part]);
        }
    }

    /** Index of the q-th row of the chain: steps backwards in time, rows of a step forwards. */
    private int row(Matrix m, int q) {
        int t = (int) (m.rows() / batch) - 1 - q / batch;
        return (int) m.offset() + (t * batch + q % batch) * m.stride();
    }

    /** Packs {@code depth} rows from the q-th of the chain, {@code cols} columns of each from {@code column} on. */
    private void packChain(Matrix m, int column, int cols, int q, int depth, float[] to) {
        float[] from = ((CpuArray) m.array()).floats();
        int done = 0;
        while (done < depth) {
            int rows = Math.min(batch - (q + done) % batch, depth - done);
            kernels.pack(from, row(m, q + done) + column, m.stride(), rows, cols, to, done * width, panelLength);
            done += rows;
        }
    }
}
