package org.bptt4j.backend.cpu;

import static org.bptt4j.backend.cpu.VectorTiles.LANES;
import static org.bptt4j.backend.cpu.VectorTiles.S;
import static org.bptt4j.backend.cpu.VectorTiles.WIDTH;

import jdk.incubator.vector.FloatVector;

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

    @Override
    public CpuCell form(CpuCell cell) {
        return cell.vector();
    }

    @Override
    public void addRows(float[] x, int x0, int ldx, int rows, int n, float[] y, int y0) {
        VectorPasses.addRows(x, x0, ldx, rows, n, y, y0);
    }

    @Override
    public void add(float[] x, int x0, float[] y, int y0, int n) {
        VectorPasses.add(x, x0, y, y0, n);
    }

    @Override
    public float softmax(float[] y, int y0, int n, float scale, float[] d, int d0, float[] scratch) {
        return VectorLosses.softmax(y, y0, n, scale, d, d0, scratch);
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
        return VectorLosses.binaryCrossEntropy(y, y0, t, t0, w, w0, n, scale, d, d0, scratch);
    }
}
