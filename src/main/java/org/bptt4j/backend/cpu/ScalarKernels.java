package org.bptt4j.backend.cpu;

import org.bptt4j.spec.Cell;

/**
 * {@link Kernels} in plain Java, for a JVM without the vector module. The inner loops run over contiguous columns with no
 * dependency between them, which C2 turns into vector code by itself.
 */
final class ScalarKernels implements Kernels {
    private static final int WIDTH = ScalarTiles.WIDTH;

    @Override
    public String description() {
        return "scalar";
    }

    @Override
    public int panelWidth() {
        return WIDTH;
    }

    @Override
    public int tileRows() {
        return 8;
    }

    @Override
    public int scratchLength() {
        return 0;
    }

    @Override
    public void multiplyRows(
            float[] a,
            int a0,
            int rows,
            float[] panel,
            int p0,
            int depth,
            float[] init,
            int i0,
            int ldi,
            float[] c,
            int c0,
            int ldc,
            int cols,
            float[] scratch) {
        ScalarTiles tiles = ScalarTiles.take();
        try {
            for (int k = 0; k < depth; k += ScalarTiles.DEPTH) {
                int length = Math.min(ScalarTiles.DEPTH, depth - k);
                for (int i = 0; i < length; i++) {
                    tiles.at[i] = k + i;
                }
                tiles.load(panel, p0 + k * WIDTH, length);
                if (k == 0) {
                    tiles.multiply(a, a0, PackedMatrix.ROW_STRIDE, rows, init, i0, ldi, c, c0, ldc, cols);
                } else {
                    tiles.multiply(a, a0, PackedMatrix.ROW_STRIDE, rows, c, c0, ldc, c, c0, ldc, cols);
                }
            }
        } finally {
            tiles.release();
        }
    }

    @Override
    public void copyRows(float[] from, int f0, int ld, int rows, int cols, float[] to, int t0) {
        for (int r = 0; r < rows; r++) {
            System.arraycopy(from, f0 + r * ld, to, t0 + r * PackedMatrix.ROW_STRIDE, cols);
        }
    }

    @Override
    public int rowPanels() {
        return 1;
    }

    @Override
    public void multiplyRow(
            float[] a, int a0, float[] panels, int p0, int ldp, int depth, float[] init, int i0, float[] c, int c0) {
        multiplyRows(a, a0, 1, panels, p0, depth, init, i0, 0, c, c0, 0, WIDTH, null);
    }

    @Override
    public void multiplyColumns(
            float[] a,
            int a0,
            int lda,
            int left,
            int batch,
            int rows,
            float[] panel,
            int p0,
            int depth,
            float[] c,
            int c0,
            int ldc,
            int cols,
            float[] scratch) {
        ScalarTiles tiles = ScalarTiles.take();
        try {
            int q = 0;
            int rest = left;
            for (int k = 0; k < depth; k += ScalarTiles.DEPTH) {
                int length = Math.min(ScalarTiles.DEPTH, depth - k);
                for (int i = 0; i < length; i++) {
                    tiles.at[i] = q;
                    q += lda;
                    if (--rest == 0) {
                        rest = batch;
                        q -= 2 * batch * lda;
                    }
                }
                tiles.load(panel, p0 + k * WIDTH, length);
                tiles.multiply(a, a0, 1, rows, c, c0, ldc, c, c0, ldc, cols);
            }
        } finally {
            tiles.release();
        }
    }

    @Override
    public void pack(float[] from, int f0, int ld, int rows, int cols, float[] to, int t0, int ldp) {
        Packing.pack(from, f0, ld, rows, 0, cols, to, t0, WIDTH, ldp);
    }

    @Override
    public void activate(Cell cell, float[] x, int x0, int ldx, int rows, float[] bias, int b0, int n) {
        for (int r = 0; r < rows; r++) {
            ScalarMath.activate(cell, x, x0 + r * ldx, bias, b0, 0, n);
        }
    }

    @Override
    public void derivative(
            Cell cell,
            float[] d,
            int d0,
            int ldd,
            float[] carry,
            int c0,
            int ldc,
            float[] h,
            int h0,
            int ldh,
            int rows,
            int n) {
        for (int r = 0; r < rows; r++) {
            ScalarMath.derivative(cell, d, d0 + r * ldd, carry, c0 + r * ldc, h, h0 + r * ldh, 0, n);
        }
    }

    @Override
    public void addRows(float[] x, int x0, int ldx, int rows, int n, float[] y, int y0) {
        for (int r = 0; r < rows; r++) {
            add(x, x0 + r * ldx, y, y0, n);
        }
    }

    @Override
    public void add(float[] x, int x0, float[] y, int y0, int n) {
        for (int i = 0; i < n; i++) {
            y[y0 + i] += x[x0 + i];
        }
    }

    @Override
    public double crossEntropy(float[] y, int y0, int n, int target, float scale, float[] d, int d0, float[] scratch) {
        float correct = y[y0 + target];
        float max = Float.NEGATIVE_INFINITY;
        for (int i = 0; i < n; i++) {
            max = Math.max(max, y[y0 + i]);
        }
        float sum = 0;
        for (int i = 0; i < n; i++) {
            d[d0 + i] = ScalarMath.exp(y[y0 + i] - max);
            sum += d[d0 + i];
        }
        float factor = scale / sum;
        for (int i = 0; i < n; i++) {
            d[d0 + i] *= factor;
        }
        d[d0 + target] -= scale;
        return Math.log(sum) + ((double) max - correct);
    }
}
