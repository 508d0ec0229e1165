package org.bptt4j.backend.cpu;

import static org.bptt4j.backend.cpu.CpuArray.floats;

import org.bptt4j.backend.Matrix;

/**
 * C = A·op(B) for an A as stored. B is packed once and the rows of C are split over the threads; where B is transposed and A
 * has few rows, Cᵀ = B·Aᵀ instead: packing all of B would take as long as the product.
 */
final class Gemm {
    /** Most rows of an A that is packed in place of B. */
    private static final int FEW_ROWS = 128;

    /** Columns of C that are computed transposed at a time. */
    private static final int COLUMN_BLOCK = 128;

    private final Kernels kernels;
    private final Workers workers;
    private final PackedMatrix packed;
    private final Product[] products;
    private final float[][] transposedC;
    private final Workers.Job rowsOfC = this::rowsOfC;
    private final Workers.Job columnsOfC = this::columnsOfC;

    private Matrix a;
    private Matrix b;
    private boolean accumulate;
    private Matrix c;

    Gemm(Kernels kernels, Workers workers) {
        this.kernels = kernels;
        this.workers = workers;
        this.packed = new PackedMatrix(kernels);
        this.products = new Product[workers.threads()];
        for (int part = 0; part < products.length; part++) {
            products[part] = new Product(kernels);
        }
        this.transposedC = new float[workers.threads()][];
    }

    /** C (+)= A·B, with B = {@code b} or {@code b}ᵀ. */
    void multiply(Matrix a, boolean transposeB, Matrix b, boolean accumulate, Matrix c) {
        this.a = a;
        this.b = b;
        this.accumulate = accumulate;
        this.c = c;
        long rows = c.rows();
        long work = rows * c.cols() * a.cols();
        // Moved beside the product: A and C, or B.
        boolean few = transposeB && rows <= FEW_ROWS && rows * (a.cols() + c.cols()) < (long) c.cols() * a.cols();
        packed.pack(few ? a : b, transposeB, workers);
        int split = few ? c.cols() : (int) rows;
        workers.run(Split.parts(split, kernels.tileRows(), work, workers), few ? columnsOfC : rowsOfC);
    }

    private void rowsOfC(int part, int parts) {
        int grain = kernels.tileRows();
        int from = Split.start(part, parts, (int) c.rows(), grain);
        int to = Split.start(part + 1, parts, (int) c.rows(), grain);
        Product product = products[part];
        product.a.set(a, from, 0);
        product.c.set(c, from, 0);
        multiply(product, to - from);
    }

    /** Of a and c. */
    private void multiply(Product product, int rows) {
        product.init.set(product.c.at, product.c.start, product.c.stride);
        product.rows = rows;
        product.started = accumulate ? 1 : 0;
        product.from = 0;
        product.to = packed.panels();
        packed.multiply(product);
    }

    private void columnsOfC(int part, int parts) {
        int grain = kernels.tileRows();
        int rows = (int) c.rows();
        int c0 = (int) c.offset();
        transposedC[part] = Workspace.floats(transposedC[part], FEW_ROWS * COLUMN_BLOCK);
        float[] t = transposedC[part];
        int to = Split.start(part + 1, parts, c.cols(), grain);
        for (int j = Split.start(part, parts, c.cols(), grain); j < to; j += COLUMN_BLOCK) {
            int cols = Math.min(COLUMN_BLOCK, to - j);
            if (accumulate) {
                Packing.transpose(floats(c), c0 + j, c.stride(), cols, rows, t, 0, rows);
            }
            Product product = products[part];
            product.a.set(b, j, 0);
            product.c.set(t, 0, rows);
            multiply(product, cols);
            Packing.transpose(t, 0, rows, rows, cols, floats(c), c0 + j, c.stride());
        }
    }
}
