package org.bptt4j.backend.cpu;

import static org.bptt4j.backend.cpu.VectorTiles.LANES;
import static org.bptt4j.backend.cpu.VectorTiles.S;
import static org.bptt4j.backend.cpu.VectorTiles.WIDTH;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import org.bptt4j.spec.Cell;

/** {@link Kernels} on the Vector API, for any number of lanes. */
final class VectorKernels implements Kernels {
    /** Eight rows need 19 vector registers: AVX-512 and 64-bit Arm have 32, AVX2 and SSE have 16. */
    private static final int TILE_ROWS =
            LANES >= 16 || System.getProperty("os.arch").equals("aarch64") ? 8 : 4;

    /** Rows of a tile of one vector: as many accumulators as hide the latency of a multiply-add. */
    private static final int HALF_ROWS = 8;

    /** Where the chains of a product that does not add begin; as long as the widest tile. */
    private static final float[] ZEROS = new float[4 * WIDTH];

    @Override
    public String description() {
        return "vector, " + LANES + " lanes";
    }

    @Override
    public int panelWidth() {
        return WIDTH;
    }

    @Override
    public int tileRows() {
        return TILE_ROWS;
    }

    @Override
    public int scratchLength() {
        return Math.max(TILE_ROWS, HALF_ROWS) * WIDTH;
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
        for (int r = 0; r < rows; ) {
            int tile = tile(rows - r, cols);
            int ar = a0 + r * PackedMatrix.ROW_STRIDE;
            int ir = i0 + r * ldi;
            int cr = c0 + r * ldc;
            boolean half = tile == HALF_ROWS && cols <= LANES;
            if (cols == WIDTH || half && cols == LANES) {
                if (init == null) {
                    rowsTile(tile, half, a, ar, panel, p0, depth, ZEROS, 0, 0, c, cr, ldc);
                } else {
                    rowsTile(tile, half, a, ar, panel, p0, depth, init, ir, ldi, c, cr, ldc);
                }
            } else {
                // A tile always covers whole vectors: the edge goes through scratch memory.
                if (init == null) {
                    rowsTile(tile, half, a, ar, panel, p0, depth, ZEROS, 0, 0, scratch, 0, WIDTH);
                } else {
                    copyTile(tile, init, ir, ldi, scratch, 0, WIDTH, cols);
                    rowsTile(tile, half, a, ar, panel, p0, depth, scratch, 0, WIDTH, scratch, 0, WIDTH);
                }
                copyTile(tile, scratch, 0, WIDTH, c, cr, ldc, cols);
            }
            r += tile;
        }
    }

    private static int tile(int rows, int cols) {
        int most = cols <= LANES ? HALF_ROWS : TILE_ROWS;
        return rows >= most ? most : rows >= 4 ? 4 : 1;
    }

    @Override
    public int rowPanels() {
        return 4;
    }

    @Override
    public void multiplyRow(
            float[] a, int a0, float[] panels, int p0, int ldp, int depth, float[] init, int i0, float[] c, int c0) {
        if (init == null) {
            VectorTiles.row1Panels4(a, a0, panels, p0, ldp, depth, ZEROS, 0, c, c0);
        } else {
            VectorTiles.row1Panels4(a, a0, panels, p0, ldp, depth, init, i0, c, c0);
        }
    }

    private static void rowsTile(
            int tile,
            boolean half,
            float[] a,
            int a0,
            float[] panel,
            int p0,
            int depth,
            float[] init,
            int i0,
            int ldi,
            float[] c,
            int c0,
            int ldc) {
        if (half) {
            VectorTiles.rows8Half(a, a0, panel, p0, depth, init, i0, ldi, c, c0, ldc);
            return;
        }
        switch (tile) {
            case 8 -> VectorTiles.rows8(a, a0, panel, p0, depth, init, i0, ldi, c, c0, ldc);
            case 4 -> VectorTiles.rows4(a, a0, panel, p0, depth, init, i0, ldi, c, c0, ldc);
            default -> VectorTiles.row1(a, a0, panel, p0, depth, init, i0, c, c0);
        }
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
        for (int r = 0; r < rows; ) {
            int tile = rows - r >= TILE_ROWS ? TILE_ROWS : rows - r >= 4 ? 4 : 1;
            int cr = c0 + r * ldc;
            if (cols == WIDTH) {
                columnsTile(tile, a, a0 + r, lda, left, batch, panel, p0, depth, c, cr, ldc);
            } else {
                copyTile(tile, c, cr, ldc, scratch, 0, WIDTH, cols);
                columnsTile(tile, a, a0 + r, lda, left, batch, panel, p0, depth, scratch, 0, WIDTH);
                copyTile(tile, scratch, 0, WIDTH, c, cr, ldc, cols);
            }
            r += tile;
        }
    }

    private static void columnsTile(
            int tile,
            float[] a,
            int a0,
            int lda,
            int left,
            int batch,
            float[] panel,
            int p0,
            int depth,
            float[] c,
            int c0,
            int ldc) {
        switch (tile) {
            case 8 -> VectorColumnTiles.columns8(a, a0, lda, left, batch, panel, p0, depth, c, c0, ldc);
            case 4 -> VectorColumnTiles.columns4(a, a0, lda, left, batch, panel, p0, depth, c, c0, ldc);
            default -> VectorColumnTiles.column1(a, a0, lda, left, batch, panel, p0, depth, c, c0);
        }
    }

    @Override
    public void copyRows(float[] from, int f0, int ld, int rows, int cols, float[] to, int t0) {
        VectorPacking.copyRows(from, f0, ld, rows, cols, to, t0);
    }

    private static void copyTile(int rows, float[] from, int f0, int fs, float[] to, int t0, int ts, int cols) {
        for (int r = 0; r < rows; r++) {
            int f = f0 + r * fs;
            int t = t0 + r * ts;
            int i = 0;
            if (cols >= LANES) {
                FloatVector.fromArray(S, from, f).intoArray(to, t);
                i = LANES;
            }
            for (; i < cols; i++) {
                to[t + i] = from[f + i];
            }
        }
    }

    @Override
    public void pack(float[] from, int f0, int ld, int rows, int cols, float[] to, int t0, int ldp) {
        int whole = cols - cols % WIDTH;
        int c = 0;
        for (; c + 4 * WIDTH <= whole; c += 4 * WIDTH) {
            VectorPacking.packPanels4(from, f0 + c, ld, rows, to, t0 + c / WIDTH * ldp, ldp);
        }
        for (; c < whole; c += WIDTH) {
            VectorPacking.packPanel(from, f0 + c, ld, rows, to, t0 + c / WIDTH * ldp);
        }
        Packing.pack(from, f0, ld, rows, whole, cols, to, t0, WIDTH, ldp);
    }

    // The point-wise passes run over all vectors of all rows in one loop: rows are short, and a loop for each of them
    // would
    // spend more time beginning and ending than working.

    @Override
    public void activate(Cell cell, float[] x, int x0, int ldx, int rows, float[] bias, int b0, int n) {
        int whole = S.loopBound(n);
        int vectors = rows * (whole / LANES);
        // A loop for each, so that each is compiled for itself: together C2 now and then left a call of tanh's out of
        // line, and
        // with it every vector in an object.
        if (cell == Cell.TANH) {
            tanh(x, x0, ldx, vectors, whole, bias, b0);
        } else {
            relu(x, x0, ldx, vectors, whole, bias, b0);
        }
        for (int r = 0; whole < n && r < rows; r++) {
            ScalarMath.activate(cell, x, x0 + r * ldx, bias, b0, whole, n);
        }
    }

    private static void tanh(float[] x, int x0, int ldx, int vectors, int whole, float[] bias, int b0) {
        int i = x0;
        int c = 0;
        for (int v = 0; v < vectors; v++) {
            FloatVector a = FloatVector.fromArray(S, x, i + c).add(FloatVector.fromArray(S, bias, b0 + c));
            VectorMath.tanh(a).intoArray(x, i + c);
            c += LANES;
            if (c == whole) {
                c = 0;
                i += ldx;
            }
        }
    }

    private static void relu(float[] x, int x0, int ldx, int vectors, int whole, float[] bias, int b0) {
        int i = x0;
        int c = 0;
        for (int v = 0; v < vectors; v++) {
            FloatVector a = FloatVector.fromArray(S, x, i + c).add(FloatVector.fromArray(S, bias, b0 + c));
            a.max(0f).intoArray(x, i + c);
            c += LANES;
            if (c == whole) {
                c = 0;
                i += ldx;
            }
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
        int whole = S.loopBound(n);
        int vectors = rows * (whole / LANES);
        FloatVector zero = FloatVector.zero(S);
        FloatVector one = FloatVector.broadcast(S, 1f);
        int i = d0;
        int j = c0;
        int k = h0;
        int c = 0;
        for (int v = 0; v < vectors; v++) {
            FloatVector y = FloatVector.fromArray(S, h, k + c);
            FloatVector e = FloatVector.fromArray(S, d, i + c).add(FloatVector.fromArray(S, carry, j + c));
            if (cell == Cell.TANH) {
                e.mul(y.neg().fma(y, one)).intoArray(d, i + c);
            } else {
                zero.blend(e, y.compare(VectorOperators.GT, 0f)).intoArray(d, i + c);
            }
            c += LANES;
            if (c == whole) {
                c = 0;
                i += ldd;
                j += ldc;
                k += ldh;
            }
        }
        for (int r = 0; whole < n && r < rows; r++) {
            ScalarMath.derivative(cell, d, d0 + r * ldd, carry, c0 + r * ldc, h, h0 + r * ldh, whole, n);
        }
    }

    @Override
    public void addRows(float[] x, int x0, int ldx, int rows, int n, float[] y, int y0) {
        int i = 0;
        for (; i + 4 * LANES <= n; i += 4 * LANES) {
            FloatVector s0 = FloatVector.fromArray(S, y, y0 + i);
            FloatVector s1 = FloatVector.fromArray(S, y, y0 + i + LANES);
            FloatVector s2 = FloatVector.fromArray(S, y, y0 + i + 2 * LANES);
            FloatVector s3 = FloatVector.fromArray(S, y, y0 + i + 3 * LANES);
            for (int r = 0; r < rows; r++) {
                int q = x0 + r * ldx + i;
                s0 = s0.add(FloatVector.fromArray(S, x, q));
                s1 = s1.add(FloatVector.fromArray(S, x, q + LANES));
                s2 = s2.add(FloatVector.fromArray(S, x, q + 2 * LANES));
                s3 = s3.add(FloatVector.fromArray(S, x, q + 3 * LANES));
            }
            s0.intoArray(y, y0 + i);
            s1.intoArray(y, y0 + i + LANES);
            s2.intoArray(y, y0 + i + 2 * LANES);
            s3.intoArray(y, y0 + i + 3 * LANES);
        }
        for (int r = 0; i < n && r < rows; r++) {
            add(x, x0 + r * ldx + i, y, y0 + i, n - i);
        }
    }

    @Override
    public void add(float[] x, int x0, float[] y, int y0, int n) {
        int whole = S.loopBound(n);
        for (int i = 0; i < whole; i += LANES) {
            FloatVector.fromArray(S, y, y0 + i)
                    .add(FloatVector.fromArray(S, x, x0 + i))
                    .intoArray(y, y0 + i);
        }
        for (int i = whole; i < n; i++) {
            y[y0 + i] += x[x0 + i];
        }
    }

    // Three loops in three methods: see activate().

    @Override
    public float crossEntropy(float[] y, int y0, int n, int target, float scale, float[] d, int d0, float[] scratch) {
        int whole = S.loopBound(n);
        float correct = y[y0 + target];
        float max = max(y, y0, whole);
        for (int i = whole; i < n; i++) {
            max = Math.max(max, y[y0 + i]);
        }
        // Not reduceLanes(ADD): its order is not specified, so the same row need not give the same bits twice.
        exp(y, y0, whole, max, d, d0, scratch);
        float sum = 0;
        for (int i = 0; i < LANES; i += 4) {
            sum += (scratch[i] + scratch[i + 1]) + (scratch[i + 2] + scratch[i + 3]);
        }
        for (int i = whole; i < n; i++) {
            d[d0 + i] = ScalarMath.exp(y[y0 + i] - max);
            sum += d[d0 + i];
        }
        float factor = scale / sum;
        multiply(d, d0, whole, factor);
        for (int i = whole; i < n; i++) {
            d[d0 + i] *= factor;
        }
        d[d0 + target] -= scale;
        scratch[0] = max - correct;
        return sum;
    }

    private static float max(float[] y, int y0, int whole) {
        FloatVector m = FloatVector.broadcast(S, Float.NEGATIVE_INFINITY);
        for (int i = 0; i < whole; i += LANES) {
            m = m.max(FloatVector.fromArray(S, y, y0 + i));
        }
        return m.reduceLanes(VectorOperators.MAX);
    }

    /** d = exp(y − max), and in {@code sums} the sum of each lane. */
    private static void exp(float[] y, int y0, int whole, float max, float[] d, int d0, float[] sums) {
        FloatVector s = FloatVector.zero(S);
        for (int i = 0; i < whole; i += LANES) {
            FloatVector e = VectorMath.exp(FloatVector.fromArray(S, y, y0 + i).sub(max));
            s = s.add(e);
            e.intoArray(d, d0 + i);
        }
        s.intoArray(sums, 0);
    }

    private static void multiply(float[] d, int d0, int whole, float factor) {
        for (int i = 0; i < whole; i += LANES) {
            FloatVector.fromArray(S, d, d0 + i).mul(factor).intoArray(d, d0 + i);
        }
    }
}
