package org.bptt4j.backend.cpu;

import org.bptt4j.backend.Matrix;

/**
 * A GEMM's right operand B [K, N] in panels: panel p holds the columns p·W … p·W+W−1 as {@code data[p·K·W + k·W + j]}. Packed
 * once, then read in order by every row of the left operand. The memory is kept for the next matrix.
 */
final class PackedMatrix {
    /** Rows of B per pass: a block of 256 × 32 floats fills two thirds of a first-level cache of 48 KiB. */
    private static final int DEPTH_BLOCK = 256;

    private final Kernels kernels;
    private final int width;
    private float[] data = new float[0];
    private int depth;
    private int columns;

    PackedMatrix(Kernels kernels) {
        this.kernels = kernels;
        this.width = kernels.panelWidth();
    }

    /** Packs B = {@code m}, or B = {@code m}ᵀ. */
    void pack(Matrix m, boolean transposed, Workers workers) {
        float[] from = ((CpuArray) m.array()).floats();
        int ld = m.stride();
        int f0 = (int) m.offset();
        depth = transposed ? m.cols() : (int) m.rows();
        columns = transposed ? (int) m.rows() : m.cols();
        int panels = panels();
        long length = length();
        if (length > data.length) {
            data = new float[Math.toIntExact(length)];
        }
        workers.run(Split.parts(panels, 1, Split.MOVE * length, workers), (part, parts) -> {
            int from0 = Split.start(part, parts, panels, 1) * width;
            int to = column(Split.start(part + 1, parts, panels, 1));
            if (transposed) {
                for (int j = from0; j < to; j += width) {
                    int cols = Math.min(width, to - j);
                    Packing.packTransposed(from, f0 + j * ld, ld, depth, cols, data, j * depth, width);
                }
            } else {
                kernels.pack(from, f0 + from0, ld, depth, to - from0, data, from0 * depth, depth * width);
            }
        });
    }

    /** Number of panels. */
    int panels() {
        return (columns + width - 1) / width;
    }

    /** Floats of all panels. */
    long length() {
        return (long) panels() * depth * width;
    }

    /** First column of panel {@code p}, or the number of columns for the panel after the last. */
    int column(int p) {
        return Math.min(columns, p * width);
    }

    /** C = A·B, or C += A·B, for {@code rows} rows of A and C; k ascending in one chain per element. */
    void multiply(
            float[] a, int a0, int lda, int rows, boolean accumulate, float[] c, int c0, int ldc, float[] scratch) {
        multiply(a, a0, lda, rows, accumulate, c, c0, ldc, 0, panels(), scratch);
    }

    /** The same for the columns of the panels {@code from … to−1} only. */
    void multiply(
            float[] a,
            int a0,
            int lda,
            int rows,
            boolean accumulate,
            float[] c,
            int c0,
            int ldc,
            int from,
            int to,
            float[] scratch) {
        int group = kernels.rowPanels();
        int single = group == 1 ? 0 : rows % 4;
        int tiled = rows - single;
        for (int k = 0; k < depth; k += DEPTH_BLOCK) {
            int length = Math.min(DEPTH_BLOCK, depth - k);
            float[] init = accumulate || k > 0 ? c : null;
            for (int p = from; tiled > 0 && p < to; p++) {
                int p0 = (p * depth + k) * width;
                int cp = c0 + p * width;
                int cols = column(p + 1) - column(p);
                kernels.multiplyRows(a, a0 + k, lda, tiled, data, p0, length, init, cp, ldc, c, cp, ldc, cols, scratch);
            }
            for (int r = tiled; r < rows; r++) {
                row(a, a0 + r * lda + k, k, length, init, c, c0 + r * ldc, from, to, group, scratch);
            }
        }
    }

    /** A row that no tile takes: several panels at once, as long as they are whole. */
    private void row(
            float[] a,
            int a0,
            int k,
            int block,
            float[] init,
            float[] c,
            int c0,
            int from,
            int to,
            int group,
            float[] scratch) {
        int p = from;
        for (; p + group <= to && (p + group) * width <= columns; p += group) {
            int p0 = (p * depth + k) * width;
            int cp = c0 + p * width;
            kernels.multiplyRow(a, a0, data, p0, depth * width, block, init, cp, c, cp);
        }
        for (; p < to; p++) {
            int p0 = (p * depth + k) * width;
            int cp = c0 + p * width;
            int cols = column(p + 1) - column(p);
            kernels.multiplyRows(a, a0, 0, 1, data, p0, block, init, cp, 0, c, cp, 0, cols, scratch);
        }
    }
}
