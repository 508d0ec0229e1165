package org.bptt4j.backend.cpu;

import org.bptt4j.backend.Matrix;

/**
 * A GEMM's right operand B [K, N] in panels: panel p holds the columns p·W … p·W+W−1 as {@code data[p·K·W + k·W + j]}. Packed
 * once, then read in order by every row of the left operand. The memory is kept for the next matrix; the same one, if nothing can have been
 * written to its array since, is not packed again: weights, stretch after stretch.
 *
 * <p>The columns may be sections of equal length, the gates of a cell: each begins a panel of its own, so that the same panels of every
 * section hold the same hidden units.
 */
final class PackedMatrix {
    /** Rows of B per pass: longer ones bring nothing, shorter ones load and store C more often. */
    private static final int DEPTH_BLOCK = 512;

    /** Rows of A per pass: copied, they and the panels that go by fit a second-level cache. */
    static final int ROW_BLOCK = 128;

    /** Between two rows of A's copy: a row and one cache line more, so that rows do not fight for the same lines. */
    static final int ROW_STRIDE = DEPTH_BLOCK + 16;

    private final Kernels kernels;
    private final int width;
    private final Workers.Job job = this::packPart;
    private float[] data = new float[0];
    private Matrix source;
    /** Of the source's array when it was packed; no array's before. */
    private long version = -1;

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

    /** Floats of scratch memory that {@link #multiply} needs. */
    static int scratchLength(Kernels kernels) {
        return kernels.scratchLength() + ROW_BLOCK * ROW_STRIDE;
    }

    /** Packs B = {@code m}, or B = {@code m}ᵀ. */
    void pack(Matrix m, boolean transposed, Workers workers) {
        pack(m, transposed, 1, workers);
    }

    /** The same for columns that are {@code sections} of equal length. */
    void pack(Matrix m, boolean transposed, int sections, Workers workers) {
        long now = ((CpuArray) m.array()).version();
        if (version == now && m.equals(source) && transposed == this.transposed && sections == this.sections) {
            return;
        }
        version = -1;
        this.source = m;
        this.transposed = transposed;
        this.sections = sections;
        depth = transposed ? m.cols() : (int) m.rows();
        columns = (transposed ? (int) m.rows() : m.cols()) / sections;
        panels = Split.blocks(columns, width);
        long length = length();
        data = Workspace.floats(data, length);
        workers.run(Split.parts(panels, 1, Split.MOVE * length, workers), job);
        version = now;
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

    /** Computes {@code m} with the panels that it names. */
    void multiply(Product m) {
        int single = kernels.rowPanels() == 1 ? 0 : m.rows % 4;
        int tiled = m.rows - single;
        for (int r = 0; r < tiled; r += ROW_BLOCK) {
            tiles(m, r, Math.min(ROW_BLOCK, tiled - r));
        }
        for (int r = tiled; r < m.rows; r++) {
            for (int section = 0; section < sections; section++) {
                row(m, r, section);
            }
        }
    }

    /** Where row k of a panel lies. */
    private int at(int section, int panel, int k) {
        return ((section * panels + panel) * depth + k) * width;
    }

    private void tiles(Product m, int r, int rows) {
        int copy = kernels.scratchLength();
        for (int k = 0; k < depth; k += DEPTH_BLOCK) {
            kernels.copyRows(
                    m.a.at, m.a.at(r, k), m.a.stride, rows, Math.min(DEPTH_BLOCK, depth - k), m.scratch(), copy);
            for (int section = 0; section < sections; section++) {
                tiles(m, r, rows, section, k);
            }
        }
    }

    /** The panels of a section with the rows that were copied. */
    private void tiles(Product m, int r, int rows, int section, int k) {
        int copy = kernels.scratchLength();
        int length = Math.min(DEPTH_BLOCK, depth - k);
        Operand init = k > 0 ? m.c : m.init;
        float[] starts = k > 0 || section < m.started ? init.at : null;
        int i0 = init.at(r, section * (k > 0 ? m.gap : m.startGap));
        int c0 = m.c.at(r, section * m.gap);
        int ldc = m.c.stride;
        for (int p = m.from; p < m.to; p++) {
            int cols = column(p + 1) - column(p);
            int j = (p - m.from) * width;
            int p0 = at(section, p, k);
            kernels.multiplyRows(
                    m.scratch(),
                    copy,
                    rows,
                    data,
                    p0,
                    length,
                    starts,
                    i0 + j,
                    init.stride,
                    m.c.at,
                    c0 + j,
                    ldc,
                    cols,
                    m.scratch());
        }
    }

    /** A row that no tile takes: several panels at once, as long as they are whole. */
    private void row(Product m, int r, int section) {
        int group = kernels.rowPanels();
        int c0 = m.c.at(r, section * m.gap);
        float[] c = m.c.at;
        for (int k = 0; k < depth; k += DEPTH_BLOCK) {
            int block = Math.min(DEPTH_BLOCK, depth - k);
            float[] init = k > 0 ? c : section < m.started ? m.init.at : null;
            int i0 = k > 0 ? c0 : m.init.at(r, section * m.startGap);
            int a0 = m.a.at(r, k);
            int p = m.from;
            for (; p + group <= m.to && (p + group) * width <= columns; p += group) {
                int j = (p - m.from) * width;
                kernels.multiplyRow(m.a.at, a0, data, at(section, p, k), depth * width, block, init, i0 + j, c, c0 + j);
            }
            for (; p < m.to; p++) {
                int j = (p - m.from) * width;
                int cols = column(p + 1) - column(p);
                kernels.multiplyRows(
                        m.a.at,
                        a0,
                        1,
                        data,
                        at(section, p, k),
                        block,
                        init,
                        i0 + j,
                        0,
                        c,
                        c0 + j,
                        0,
                        cols,
                        m.scratch());
            }
        }
    }
}
