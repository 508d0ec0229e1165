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
        long length = (long) panels * depth * width;
        if (length > data.length) {
            data = new float[Math.toIntExact(length)];
        }
        workers.run(Split.parts(panels, 1, length, workers), (part, parts) -> {
            int end = Split.start(part + 1, parts, panels, 1);
            for (int p = Split.start(part, parts, panels, 1); p < end; p++) {
                int j0 = p * width;
                int cols = Math.min(width, columns - j0);
                if (transposed) {
                    Packing.packTransposed(from, f0 + j0 * ld, ld, depth, cols, data, p * depth * width, width);
                } else {
                    kernels.pack(from, f0 + j0, ld, depth, cols, data, p * depth * width, width);
                }
            }
        });
    }

    private int panels() {
        return (columns + width - 1) / width;
    }

    /** C += A·B for {@code rows} rows of A and C; k ascending in one chain per element. */
    void multiply(float[] a, int a0, int lda, int rows, float[] c, int c0, int ldc, float[] scratch) {
        int panels = panels();
        for (int k = 0; k < depth; k += DEPTH_BLOCK) {
            int block = Math.min(DEPTH_BLOCK, depth - k);
            for (int p = 0; p < panels; p++) {
                int j = p * width;
                int p0 = (p * depth + k) * width;
                int cols = Math.min(width, columns - j);
                kernels.multiplyRows(a, a0 + k, lda, rows, data, p0, block, c, c0 + j, ldc, cols, scratch);
            }
        }
    }
}
