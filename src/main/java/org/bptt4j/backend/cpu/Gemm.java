package org.bptt4j.backend.cpu;

import org.bptt4j.backend.Matrix;

/** C = A·op(B) for an A as stored: rows of C are split over the threads, B is packed once. */
final class Gemm {
    /** Rows per pass: their slice of A stays in the second-level cache while the panels go by. */
    private static final int ROW_BLOCK = 64;

    private final Kernels kernels;
    private final Workers workers;
    private final PackedMatrix packed;
    private final float[][] scratch;

    Gemm(Kernels kernels, Workers workers) {
        this.kernels = kernels;
        this.workers = workers;
        this.packed = new PackedMatrix(kernels);
        this.scratch = new float[workers.threads()][kernels.scratchLength()];
    }

    /** C (+)= A·B, with B = {@code b} or {@code b}ᵀ. */
    void multiply(Matrix a, boolean transposeB, Matrix b, boolean accumulate, Matrix c) {
        packed.pack(b, transposeB, workers);
        float[] av = ((CpuArray) a.array()).floats();
        float[] cv = ((CpuArray) c.array()).floats();
        int rows = (int) c.rows();
        int grain = kernels.tileRows();
        int count = Split.parts(rows, grain, (long) rows * c.cols() * a.cols(), workers);
        workers.run(count, (part, parts) -> {
            int end = Split.start(part + 1, parts, rows, grain);
            for (int r = Split.start(part, parts, rows, grain); r < end; r += ROW_BLOCK) {
                int block = Math.min(ROW_BLOCK, end - r);
                int a0 = (int) a.offset() + r * a.stride();
                int c0 = (int) c.offset() + r * c.stride();
                packed.multiply(av, a0, a.stride(), block, accumulate, cv, c0, c.stride(), scratch[part]);
            }
        });
    }
}
