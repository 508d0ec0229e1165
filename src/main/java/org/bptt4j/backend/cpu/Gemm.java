package org.bptt4j.backend.cpu;

import org.bptt4j.backend.Matrix;

/** C = A·op(B) for an A as stored: rows of C are split over the threads, B is packed once. */
final class Gemm {
    private final Kernels kernels;
    private final Workers workers;
    private final PackedMatrix packed;
    private final float[][] scratch;
    private final Workers.Job job = this::part;

    private Matrix a;
    private boolean accumulate;
    private Matrix c;

    Gemm(Kernels kernels, Workers workers) {
        this.kernels = kernels;
        this.workers = workers;
        this.packed = new PackedMatrix(kernels);
        this.scratch = new float[workers.threads()][PackedMatrix.scratchLength(kernels)];
    }

    /** C (+)= A·B, with B = {@code b} or {@code b}ᵀ. */
    void multiply(Matrix a, boolean transposeB, Matrix b, boolean accumulate, Matrix c) {
        this.a = a;
        this.accumulate = accumulate;
        this.c = c;
        packed.pack(b, transposeB, workers);
        int rows = (int) c.rows();
        workers.run(Split.parts(rows, kernels.tileRows(), (long) rows * c.cols() * a.cols(), workers), job);
    }

    private void part(int part, int parts) {
        int grain = kernels.tileRows();
        int from = Split.start(part, parts, (int) c.rows(), grain);
        int to = Split.start(part + 1, parts, (int) c.rows(), grain);
        packed.multiply(
                CpuArray.floats(a),
                Rows.at(a, from),
                a.stride(),
                to - from,
                accumulate,
                CpuArray.floats(c),
                Rows.at(c, from),
                c.stride(),
                scratch[part]);
    }
}
