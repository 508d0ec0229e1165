package org.bptt4j.backend.cpu;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Register tiles of a GEMM whose left operand lies in rows: {@code c[r, 0..2·LANES) += Σ_k a[r, k]·panel[k, ·]}, every accumulator in a register of its own.
 *
 * <p>Written out row by row because C2 keeps vectors in registers only as plain local variables of one method: an array of
 * them, or a helper that returns one across a call that is not inlined, boxes every value and runs 15 times slower. All
 * tiles give the same bits for the same row.
 */
final class VectorTiles {
    static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
    static final int LANES = S.length();
    /** Columns of a tile: two vectors. */
    static final int WIDTH = 2 * LANES;

    /**
     * Between rows of the left operand. A constant, so that the addresses of all rows are one register and an offset: with a
     * register for each row the tile was 5 to 10 % slower.
     */
    private static final int STRIDE = PackedMatrix.ROW_STRIDE;

    private VectorTiles() {}

    /** Eight rows, {@link #STRIDE} apart: 16 accumulators, for machines of 32 vector registers. */
    static void rows8(
            float[] a,
            int a0,
            float[] p,
            int p0,
            int depth,
            float[] init,
            int i0,
            int ldi,
            float[] c,
            int c0,
            int ldc) {
        int i1 = i0 + ldi;
        int i2 = i0 + 2 * ldi;
        int i3 = i0 + 3 * ldi;
        int i4 = i0 + 4 * ldi;
        int i5 = i0 + 5 * ldi;
        int i6 = i0 + 6 * ldi;
        int i7 = i0 + 7 * ldi;
        FloatVector x0 = FloatVector.fromArray(S, init, i0);
        FloatVector y0 = FloatVector.fromArray(S, init, i0 + LANES);
        FloatVector x1 = FloatVector.fromArray(S, init, i1);
        FloatVector y1 = FloatVector.fromArray(S, init, i1 + LANES);
        FloatVector x2 = FloatVector.fromArray(S, init, i2);
        FloatVector y2 = FloatVector.fromArray(S, init, i2 + LANES);
        FloatVector x3 = FloatVector.fromArray(S, init, i3);
        FloatVector y3 = FloatVector.fromArray(S, init, i3 + LANES);
        FloatVector x4 = FloatVector.fromArray(S, init, i4);
        FloatVector y4 = FloatVector.fromArray(S, init, i4 + LANES);
        FloatVector x5 = FloatVector.fromArray(S, init, i5);
        FloatVector y5 = FloatVector.fromArray(S, init, i5 + LANES);
        FloatVector x6 = FloatVector.fromArray(S, init, i6);
        FloatVector y6 = FloatVector.fromArray(S, init, i6 + LANES);
        FloatVector x7 = FloatVector.fromArray(S, init, i7);
        FloatVector y7 = FloatVector.fromArray(S, init, i7 + LANES);
        for (int k = 0; k < depth; k++) {
            FloatVector u = FloatVector.fromArray(S, p, p0 + k * WIDTH);
            FloatVector v = FloatVector.fromArray(S, p, p0 + k * WIDTH + LANES);
            FloatVector s = FloatVector.broadcast(S, a[a0 + k]);
            x0 = s.fma(u, x0);
            y0 = s.fma(v, y0);
            s = FloatVector.broadcast(S, a[a0 + STRIDE + k]);
            x1 = s.fma(u, x1);
            y1 = s.fma(v, y1);
            s = FloatVector.broadcast(S, a[a0 + 2 * STRIDE + k]);
            x2 = s.fma(u, x2);
            y2 = s.fma(v, y2);
            s = FloatVector.broadcast(S, a[a0 + 3 * STRIDE + k]);
            x3 = s.fma(u, x3);
            y3 = s.fma(v, y3);
            s = FloatVector.broadcast(S, a[a0 + 4 * STRIDE + k]);
            x4 = s.fma(u, x4);
            y4 = s.fma(v, y4);
            s = FloatVector.broadcast(S, a[a0 + 5 * STRIDE + k]);
            x5 = s.fma(u, x5);
            y5 = s.fma(v, y5);
            s = FloatVector.broadcast(S, a[a0 + 6 * STRIDE + k]);
            x6 = s.fma(u, x6);
            y6 = s.fma(v, y6);
            s = FloatVector.broadcast(S, a[a0 + 7 * STRIDE + k]);
            x7 = s.fma(u, x7);
            y7 = s.fma(v, y7);
        }
        int c1 = c0 + ldc;
        int c2 = c0 + 2 * ldc;
        int c3 = c0 + 3 * ldc;
        int c4 = c0 + 4 * ldc;
        int c5 = c0 + 5 * ldc;
        int c6 = c0 + 6 * ldc;
        int c7 = c0 + 7 * ldc;
        x0.intoArray(c, c0);
        y0.intoArray(c, c0 + LANES);
        x1.intoArray(c, c1);
        y1.intoArray(c, c1 + LANES);
        x2.intoArray(c, c2);
        y2.intoArray(c, c2 + LANES);
        x3.intoArray(c, c3);
        y3.intoArray(c, c3 + LANES);
        x4.intoArray(c, c4);
        y4.intoArray(c, c4 + LANES);
        x5.intoArray(c, c5);
        y5.intoArray(c, c5 + LANES);
        x6.intoArray(c, c6);
        y6.intoArray(c, c6 + LANES);
        x7.intoArray(c, c7);
        y7.intoArray(c, c7 + LANES);
    }

    /** Four rows, {@link #STRIDE} apart: 8 accumulators. */
    static void rows4(
            float[] a,
            int a0,
            float[] p,
            int p0,
            int depth,
            float[] init,
            int i0,
            int ldi,
            float[] c,
            int c0,
            int ldc) {
        int i1 = i0 + ldi;
        int i2 = i0 + 2 * ldi;
        int i3 = i0 + 3 * ldi;
        FloatVector x0 = FloatVector.fromArray(S, init, i0);
        FloatVector y0 = FloatVector.fromArray(S, init, i0 + LANES);
        FloatVector x1 = FloatVector.fromArray(S, init, i1);
        FloatVector y1 = FloatVector.fromArray(S, init, i1 + LANES);
        FloatVector x2 = FloatVector.fromArray(S, init, i2);
        FloatVector y2 = FloatVector.fromArray(S, init, i2 + LANES);
        FloatVector x3 = FloatVector.fromArray(S, init, i3);
        FloatVector y3 = FloatVector.fromArray(S, init, i3 + LANES);
        for (int k = 0; k < depth; k++) {
            FloatVector u = FloatVector.fromArray(S, p, p0 + k * WIDTH);
            FloatVector v = FloatVector.fromArray(S, p, p0 + k * WIDTH + LANES);
            FloatVector s = FloatVector.broadcast(S, a[a0 + k]);
            x0 = s.fma(u, x0);
            y0 = s.fma(v, y0);
            s = FloatVector.broadcast(S, a[a0 + STRIDE + k]);
            x1 = s.fma(u, x1);
            y1 = s.fma(v, y1);
            s = FloatVector.broadcast(S, a[a0 + 2 * STRIDE + k]);
            x2 = s.fma(u, x2);
            y2 = s.fma(v, y2);
            s = FloatVector.broadcast(S, a[a0 + 3 * STRIDE + k]);
            x3 = s.fma(u, x3);
            y3 = s.fma(v, y3);
        }
        int c1 = c0 + ldc;
        int c2 = c0 + 2 * ldc;
        int c3 = c0 + 3 * ldc;
        x0.intoArray(c, c0);
        y0.intoArray(c, c0 + LANES);
        x1.intoArray(c, c1);
        y1.intoArray(c, c1 + LANES);
        x2.intoArray(c, c2);
        y2.intoArray(c, c2 + LANES);
        x3.intoArray(c, c3);
        y3.intoArray(c, c3 + LANES);
    }

    /** Eight rows, {@link #STRIDE} apart, of a panel's first vector only: a last panel that is no more than half full. */
    static void rows8Half(
            float[] a,
            int a0,
            float[] p,
            int p0,
            int depth,
            float[] init,
            int i0,
            int ldi,
            float[] c,
            int c0,
            int ldc) {
        FloatVector x0 = FloatVector.fromArray(S, init, i0);
        FloatVector x1 = FloatVector.fromArray(S, init, i0 + ldi);
        FloatVector x2 = FloatVector.fromArray(S, init, i0 + 2 * ldi);
        FloatVector x3 = FloatVector.fromArray(S, init, i0 + 3 * ldi);
        FloatVector x4 = FloatVector.fromArray(S, init, i0 + 4 * ldi);
        FloatVector x5 = FloatVector.fromArray(S, init, i0 + 5 * ldi);
        FloatVector x6 = FloatVector.fromArray(S, init, i0 + 6 * ldi);
        FloatVector x7 = FloatVector.fromArray(S, init, i0 + 7 * ldi);
        for (int k = 0; k < depth; k++) {
            FloatVector u = FloatVector.fromArray(S, p, p0 + k * WIDTH);
            x0 = FloatVector.broadcast(S, a[a0 + k]).fma(u, x0);
            x1 = FloatVector.broadcast(S, a[a0 + STRIDE + k]).fma(u, x1);
            x2 = FloatVector.broadcast(S, a[a0 + 2 * STRIDE + k]).fma(u, x2);
            x3 = FloatVector.broadcast(S, a[a0 + 3 * STRIDE + k]).fma(u, x3);
            x4 = FloatVector.broadcast(S, a[a0 + 4 * STRIDE + k]).fma(u, x4);
            x5 = FloatVector.broadcast(S, a[a0 + 5 * STRIDE + k]).fma(u, x5);
            x6 = FloatVector.broadcast(S, a[a0 + 6 * STRIDE + k]).fma(u, x6);
            x7 = FloatVector.broadcast(S, a[a0 + 7 * STRIDE + k]).fma(u, x7);
        }
        x0.intoArray(c, c0);
        x1.intoArray(c, c0 + ldc);
        x2.intoArray(c, c0 + 2 * ldc);
        x3.intoArray(c, c0 + 3 * ldc);
        x4.intoArray(c, c0 + 4 * ldc);
        x5.intoArray(c, c0 + 5 * ldc);
        x6.intoArray(c, c0 + 6 * ldc);
        x7.intoArray(c, c0 + 7 * ldc);
    }

    /** One row. */
    static void row1(float[] a, int a0, float[] p, int p0, int depth, float[] init, int i0, float[] c, int c0) {
        FloatVector x0 = FloatVector.fromArray(S, init, i0);
        FloatVector y0 = FloatVector.fromArray(S, init, i0 + LANES);
        for (int k = 0; k < depth; k++) {
            FloatVector u = FloatVector.fromArray(S, p, p0 + k * WIDTH);
            FloatVector v = FloatVector.fromArray(S, p, p0 + k * WIDTH + LANES);
            FloatVector s = FloatVector.broadcast(S, a[a0 + k]);
            x0 = s.fma(u, x0);
            y0 = s.fma(v, y0);
        }
        x0.intoArray(c, c0);
        y0.intoArray(c, c0 + LANES);
    }

    /**
     * One row over four panels that lie {@code ldp} apart: eight accumulators hide the latency that would make {@link #row1} four
     * times slower.
     */
    static void row1Panels4(
            float[] a, int a0, float[] p, int p0, int ldp, int depth, float[] init, int i0, float[] c, int c0) {
        FloatVector x0 = FloatVector.fromArray(S, init, i0);
        FloatVector y0 = FloatVector.fromArray(S, init, i0 + LANES);
        FloatVector x1 = FloatVector.fromArray(S, init, i0 + WIDTH);
        FloatVector y1 = FloatVector.fromArray(S, init, i0 + WIDTH + LANES);
        FloatVector x2 = FloatVector.fromArray(S, init, i0 + 2 * WIDTH);
        FloatVector y2 = FloatVector.fromArray(S, init, i0 + 2 * WIDTH + LANES);
        FloatVector x3 = FloatVector.fromArray(S, init, i0 + 3 * WIDTH);
        FloatVector y3 = FloatVector.fromArray(S, init, i0 + 3 * WIDTH + LANES);
        int p1 = p0 + ldp;
        int p2 = p0 + 2 * ldp;
        int p3 = p0 + 3 * ldp;
        for (int k = 0; k < depth; k++) {
            FloatVector s = FloatVector.broadcast(S, a[a0 + k]);
            x0 = s.fma(FloatVector.fromArray(S, p, p0 + k * WIDTH), x0);
            y0 = s.fma(FloatVector.fromArray(S, p, p0 + k * WIDTH + LANES), y0);
            x1 = s.fma(FloatVector.fromArray(S, p, p1 + k * WIDTH), x1);
            y1 = s.fma(FloatVector.fromArray(S, p, p1 + k * WIDTH + LANES), y1);
            x2 = s.fma(FloatVector.fromArray(S, p, p2 + k * WIDTH), x2);
            y2 = s.fma(FloatVector.fromArray(S, p, p2 + k * WIDTH + LANES), y2);
            x3 = s.fma(FloatVector.fromArray(S, p, p3 + k * WIDTH), x3);
            y3 = s.fma(FloatVector.fromArray(S, p, p3 + k * WIDTH + LANES), y3);
        }
        x0.intoArray(c, c0);
        y0.intoArray(c, c0 + LANES);
        x1.intoArray(c, c0 + WIDTH);
        y1.intoArray(c, c0 + WIDTH + LANES);
        x2.intoArray(c, c0 + 2 * WIDTH);
        y2.intoArray(c, c0 + 2 * WIDTH + LANES);
        x3.intoArray(c, c0 + 3 * WIDTH);
        y3.intoArray(c, c0 + 3 * WIDTH + LANES);
    }
}
