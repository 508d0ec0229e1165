package org.bptt4j.backend.cpu;

/**
 * {@link Kernels} in plain Java, for a JVM without the vector module. The inner loops run over contiguous columns with no
 * dependency between them, which C2 turns into vector code by itself.
 */
final class ScalarKernels implements Kernels {
    private static final int WIDTH = ScalarTiles.WIDTH;

    static {
        ScalarTiles.warmUp();
    }

    /** Why these were chosen, or null. */
    private final String reason;

    ScalarKernels() {
        this(null);
    }

    ScalarKernels(String reason) {
        this.reason = reason;
    }

    @Override
    public String description() {
        return reason == null ? "scalar" : "scalar: " + reason;
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
        return 1; // softmax's second result
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
        int step = ScalarTiles.depth(rows);
        ScalarMemory own = ScalarMemory.take();
        try {
            for (int k = 0; k < depth; k += step) {
                int length = Math.min(step, depth - k);
                ScalarTiles.load(own, panel, p0 + k * WIDTH, length);
                if (k == 0) {
                    ScalarTiles.multiply(own, length, a, a0, null, rows, init, i0, ldi, c, c0, ldc, cols);
                } else {
                    ScalarTiles.multiply(own, length, a, a0 + k, null, rows, c, c0, ldc, c, c0, ldc, cols);
                }
            }
        } finally {
            own.release();
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
        int step = ScalarTiles.depth(rows);
        ScalarMemory own = ScalarMemory.take();
        try {
            int q = 0;
            int rest = left;
            for (int k = 0; k < depth; k += step) {
                int length = Math.min(step, depth - k);
                for (int i = 0; i < length; i++) {
                    own.at[i] = q;
                    q += lda;
                    if (--rest == 0) {
                        rest = batch;
                        q -= 2 * batch * lda;
                    }
                }
                ScalarTiles.load(own, panel, p0 + k * WIDTH, length);
                ScalarTiles.multiply(own, length, a, a0, own.at, rows, c, c0, ldc, c, c0, ldc, cols);
            }
        } finally {
            own.release();
        }
    }

    @Override
    public void pack(float[] from, int f0, int ld, int rows, int cols, float[] to, int t0, int ldp) {
        Packing.pack(from, f0, ld, rows, 0, cols, to, t0, WIDTH, ldp);
    }

    @Override
    public CpuCell form(CpuCell cell) {
        return cell;
    }

    @Override
    public void addRows(float[] x, int x0, int ldx, int rows, int n, float[] y, int y0) {
        ScalarMemory own = ScalarMemory.take();
        try {
            for (int i = 0; i < n; i += ScalarPasses.ROW) {
                ScalarPasses.addRows(own, x, x0 + i, ldx, rows, Math.min(ScalarPasses.ROW, n - i), y, y0 + i);
            }
        } finally {
            own.release();
        }
    }

    @Override
    public void add(float[] x, int x0, float[] y, int y0, int n) {
        for (int i = 0; i < n; i++) {
            y[y0 + i] += x[x0 + i];
        }
    }

    @Override
    public float softmax(float[] y, int y0, int n, float scale, float[] d, int d0, float[] scratch) {
        float max = Float.NEGATIVE_INFINITY;
        for (int i = 0; i < n; i++) {
            max = Math.max(max, y[y0 + i]);
        }
        float sum = 0;
        ScalarMemory own = ScalarMemory.take();
        try {
            for (int i = 0; i < n; i += ScalarPasses.BLOCK) {
                int length = Math.min(ScalarPasses.BLOCK, n - i);
                ScalarPasses.load(own, ScalarPasses.X, y, y0 + i, 0, 1, length);
                ScalarPasses.exp(own, max, length);
                sum += ScalarPasses.sum(own, length);
                ScalarPasses.store(own, d, d0 + i, 0, 1, length);
            }
        } finally {
            own.release();
        }
        float factor = scale / sum;
        for (int i = 0; i < n; i++) {
            d[d0 + i] *= factor;
        }
        scratch[0] = max;
        return sum;
    }

    @Override
    public double binaryCrossEntropy(
            float[] y,
            int y0,
            float[] t,
            int t0,
            float[] w,
            int w0,
            int n,
            float scale,
            float[] d,
            int d0,
            float[] scratch) {
        return ScalarMath.binaryCrossEntropy(y, y0, t, t0, w, w0, 0, n, scale, d, d0);
    }
}
