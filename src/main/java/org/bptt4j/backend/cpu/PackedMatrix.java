package org.bptt4j.backend.cpu;

import org.bptt4j.backend.Matrix;

/**
 * A GEMM's right operand B [K, N] in panels: panel p holds the columns p·W … p·W+W−1 as {@code data[p·K·W + k·W + j]}. Packed
 * once, then read in order by every row of the left operand. The memory is kept for the next matrix.
 *
 * <p>The columns may be sections of equal length, the gates of a cell: each begins a panel of its own, so that the same panels of every
 * section hold the same hidden units.
 */
final class PackedMatrix {
    /** Rows of B per pass: longer ones bring nothing, shorter ones load and store C more often. */
    private static final int DEPTH_BLOCK = 512;

    /** Rows of A per pass: copied, they and the panels that go by fit a second-level cache. */
    private static final int ROW_BLOCK = 128;

    /** Between two rows of A's copy: a row and one cache line more, so that rows do not fight for the same lines. */
    static final int ROW_STRIDE = DEPTH_BLOCK + 16;

    private final Kernels kernels;
    private final int width;
    private final Workers.Job job = this::packPart;
    private float[] data = new float[0];
    private Matrix source;
    private boolean transposed;
    private int depth;
    /** Columns and panels of a section. */
    private int columns;

    private int panels;
    private int sections;

    PackedMatrix(Kernels kernels) {
        this.kernels = kernels;
        this.width = kernels.panelWidth();
    }

    /** Floats of scratch memory that {@link #multiply} needs; a thread has its own. */
    static int scratchLength(Kernels kernels) {
        return kernels.scratchLength() + ROW_BLOCK * ROW_STRIDE;
    }

    /** Packs B = {@code m}, or B = {@code m}ᵀ. */
    void pack(Matrix m, boolean transposed, Workers workers) {
        pack(m, transposed, 1, workers);
    }

    /** The same for columns that are {@code sections} of equal length. */
    void pack(Matrix m, boolean transposed, int sections, Workers workers) {
        this.source = m;
        this.transposed = transposed;
        this.sections = sections;
        depth = transposed ? m.cols() : (int) m.rows();
        columns = (transposed ? (int) m.rows() : m.cols()) / sections;
        panels = Split.blocks(columns, width);
        long length = length();
        if (length > data.length) {
            data = new float[Math.toIntExact(length)];
        }
        workers.run(Split.parts(panels, 1, Split.MOVE * length, workers), job);
    }

    private void packPart(int part, int parts) {
        float[] from = CpuArray.floats(source);
        int ld = source.stride();
        int from0 = Split.start(part, parts, panels, 1) * width;
        int to = column(Split.start(part + 1, parts, panels, 1));
        for (int section = 0; section < sections; section++) {
            int f0 = (int) source.offset() + section * columns * (transposed ? ld : 1);
            int t0 = (section * panels * width + from0) * depth;
            if (transposed) {
                for (int j = from0; j < to; j += width) {
                    int cols = Math.min(width, to - j);
                    int t = t0 + (j - from0) * depth;
                    Packing.packTransposed(from, f0 + j * ld, ld, depth, cols, data, t, width);
                }
            } else {
                kernels.pack(from, f0 + from0, ld, depth, to - from0, data, t0, depth * width);
            }
        }
    }

    /** Number of panels of a section. */
    int panels() {
        return panels;
    }

    /** Floats of all panels. */
    long length() {
        return (long) sections * panels * depth * width;
    }

    /** First column of a section's panel {@code p}, or the number of columns for the panel after the last. */
    int column(int p) {
        return Math.min(columns, p * width);
    }

    /** C = A·B, or C += A·B, for {@code rows} rows of A and C; k ascending in one chain per element. */
    void multiply(
            float[] a, int a0, int lda, int rows, boolean accumulate, float[] c, int c0, int ldc, float[] scratch) {
        multiply(a, a0, lda, rows, accumulate, c, c0, ldc, 0, 0, panels, scratch);
    }

    /** The same for the columns of a section's panels {@code from … to−1} only; C begins with that section. */
    void multiply(
            float[] a,
            int a0,
            int lda,
            int rows,
            boolean accumulate,
            float[] c,
            int c0,
            int ldc,
            int section,
            int from,
            int to,
            float[] scratch) {
        int single = kernels.rowPanels() == 1 ? 0 : rows % 4;
        int tiled = rows - single;
        for (int r = 0; r < tiled; r += ROW_BLOCK) {
            int block = Math.min(ROW_BLOCK, tiled - r);
            tiles(a, a0 + r * lda, lda, block, accumulate, c, c0 + r * ldc, ldc, section, from, to, scratch);
        }
        for (int r = tiled; r < rows; r++) {
            row(a, a0 + r * lda, accumulate, c, c0 + r * ldc, section, from, to, scratch);
        }
    }

    /** Where row k of a panel lies. */
    private int at(int section, int panel, int k) {
        return ((section * panels + panel) * depth + k) * width;
    }

    private void tiles(
            float[] a,
            int a0,
            int lda,
            int rows,
            boolean accumulate,
            float[] c,
            int c0,
            int ldc,
            int section,
            int from,
            int to,
            float[] scratch) {
        int copy = kernels.scratchLength();
        for (int k = 0; k < depth; k += DEPTH_BLOCK) {
            int length = Math.min(DEPTH_BLOCK, depth - k);
            float[] init = accumulate || k > 0 ? c : null;
            kernels.copyRows(a, a0 + k, lda, rows, length, scratch, copy);
            for (int p = from; p < to; p++) {
                int p0 = at(section, p, k);
                int cp = c0 + p * width;
                int cols = column(p + 1) - column(p);
                kernels.multiplyRows(scratch, copy, rows, data, p0, length, init, cp, ldc, c, cp, ldc, cols, scratch);
            }
        }
    }

    /** A row that no tile takes: several panels at once, as long as they are whole. */
    private void row(
            float[] a, int a0, boolean accumulate, float[] c, int c0, int section, int from, int to, float[] scratch) {
        int group = kernels.rowPanels();
        for (int k = 0; k < depth; k += DEPTH_BLOCK) {
            int block = Math.min(DEPTH_BLOCK, depth - k);
            float[] init = accumulate || k > 0 ? c : null;
            int p = from;
            for (; p + group <= to && (p + group) * width <= columns; p += group) {
                int p0 = at(section, p, k);
                int cp = c0 + p * width;
                kernels.multiplyRow(a, a0 + k, data, p0, depth * width, block, init, cp, c, cp);
            }
            for (; p < to; p++) {
                int p0 = at(section, p, k);
                int cp = c0 + p * width;
                int cols = column(p + 1) - column(p);
                kernels.multiplyRows(a, a0 + k, 1, data, p0, block, init, cp, 0, c, cp, 0, cols, scratch);
            }
        }
    }
}
