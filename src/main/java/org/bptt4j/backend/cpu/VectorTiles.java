package org.bptt4j.backend.cpu;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Register tiles of a GEMM: {@code c[r, 0..2·LANES) += Σ_k a[r, k]·panel[k, ·]}, every accumulator in a register of its own.
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

    private VectorTiles() {}

    /** Eight rows of stride lda: 16 accumulators, for machines of 32 vector registers. */
    static void rows8(
            float[] a,
            int a0,
            int lda,
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
        int a1 = a0 + lda;
        int a2 = a0 + 2 * lda;
        int a3 = a0 + 3 * lda;
        int a4 = a0 + 4 * lda;
        int a5 = a0 + 5 * lda;
        int a6 = a0 + 6 * lda;
        int a7 = a0 + 7 * lda;
        for (int k = 0; k < depth; k++) {
            FloatVector u = FloatVector.fromArray(S, p, p0 + k * WIDTH);
            FloatVector v = FloatVector.fromArray(S, p, p0 + k * WIDTH + LANES);
            FloatVector s = FloatVector.broadcast(S, a[a0 + k]);
            x0 = s.fma(u, x0);
            y0 = s.fma(v, y0);
            s = FloatVector.broadcast(S, a[a1 + k]);
            x1 = s.fma(u, x1);
            y1 = s.fma(v, y1);
            s = FloatVector.broadcast(S, a[a2 + k]);
            x2 = s.fma(u, x2);
            y2 = s.fma(v, y2);
            s = FloatVector.broadcast(S, a[a3 + k]);
            x3 = s.fma(u, x3);
            y3 = s.fma(v, y3);
            s = FloatVector.broadcast(S, a[a4 + k]);
            x4 = s.fma(u, x4);
            y4 = s.fma(v, y4);
            s = FloatVector.broadcast(S, a[a5 + k]);
            x5 = s.fma(u, x5);
            y5 = s.fma(v, y5);
            s = FloatVector.broadcast(S, a[a6 + k]);
            x6 = s.fma(u, x6);
            y6 = s.fma(v, y6);
            s = FloatVector.broadcast(S, a[a7 + k]);
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

    /** Four rows of stride lda: 8 accumulators. */
    static void rows4(
            float[] a,
            int a0,
            int lda,
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
        int a1 = a0 + lda;
        int a2 = a0 + 2 * lda;
        int a3 = a0 + 3 * lda;
        for (int k = 0; k < depth; k++) {
            FloatVector u = FloatVector.fromArray(S, p, p0 + k * WIDTH);
            FloatVector v = FloatVector.fromArray(S, p, p0 + k * WIDTH + LANES);
            FloatVector s = FloatVector.broadcast(S, a[a0 + k]);
            x0 = s.fma(u, x0);
            y0 = s.fma(v, y0);
            s = FloatVector.broadcast(S, a[a1 + k]);
            x1 = s.fma(u, x1);
            y1 = s.fma(v, y1);
            s = FloatVector.broadcast(S, a[a2 + k]);
            x2 = s.fma(u, x2);
            y2 = s.fma(v, y2);
            s = FloatVector.broadcast(S, a[a3 + k]);
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

    /** Eight columns of a from a0 on, its rows in the order of {@link Kernels#multiplyColumns}. */
    static void columns8(
            float[] a, int a0, int lda, int left, int batch, float[] p, int p0, int depth, float[] c, int c0, int ldc) {
        int c1 = c0 + ldc;
        int c2 = c0 + 2 * ldc;
        int c3 = c0 + 3 * ldc;
        int c4 = c0 + 4 * ldc;
        int c5 = c0 + 5 * ldc;
        int c6 = c0 + 6 * ldc;
        int c7 = c0 + 7 * ldc;
        FloatVector x0 = FloatVector.fromArray(S, c, c0);
        FloatVector y0 = FloatVector.fromArray(S, c, c0 + LANES);
        FloatVector x1 = FloatVector.fromArray(S, c, c1);
        FloatVector y1 = FloatVector.fromArray(S, c, c1 + LANES);
        FloatVector x2 = FloatVector.fromArray(S, c, c2);
        FloatVector y2 = FloatVector.fromArray(S, c, c2 + LANES);
        FloatVector x3 = FloatVector.fromArray(S, c, c3);
        FloatVector y3 = FloatVector.fromArray(S, c, c3 + LANES);
        FloatVector x4 = FloatVector.fromArray(S, c, c4);
        FloatVector y4 = FloatVector.fromArray(S, c, c4 + LANES);
        FloatVector x5 = FloatVector.fromArray(S, c, c5);
        FloatVector y5 = FloatVector.fromArray(S, c, c5 + LANES);
        FloatVector x6 = FloatVector.fromArray(S, c, c6);
        FloatVector y6 = FloatVector.fromArray(S, c, c6 + LANES);
        FloatVector x7 = FloatVector.fromArray(S, c, c7);
        FloatVector y7 = FloatVector.fromArray(S, c, c7 + LANES);
        int q = a0;
        for (int k = 0; k < depth; k++) {
            FloatVector u = FloatVector.fromArray(S, p, p0 + k * WIDTH);
            FloatVector v = FloatVector.fromArray(S, p, p0 + k * WIDTH + LANES);
            FloatVector s = FloatVector.broadcast(S, a[q]);
            x0 = s.fma(u, x0);
            y0 = s.fma(v, y0);
            s = FloatVector.broadcast(S, a[q + 1]);
            x1 = s.fma(u, x1);
            y1 = s.fma(v, y1);
            s = FloatVector.broadcast(S, a[q + 2]);
            x2 = s.fma(u, x2);
            y2 = s.fma(v, y2);
            s = FloatVector.broadcast(S, a[q + 3]);
            x3 = s.fma(u, x3);
            y3 = s.fma(v, y3);
            s = FloatVector.broadcast(S, a[q + 4]);
            x4 = s.fma(u, x4);
            y4 = s.fma(v, y4);
            s = FloatVector.broadcast(S, a[q + 5]);
            x5 = s.fma(u, x5);
            y5 = s.fma(v, y5);
            s = FloatVector.broadcast(S, a[q + 6]);
            x6 = s.fma(u, x6);
            y6 = s.fma(v, y6);
            s = FloatVector.broadcast(S, a[q + 7]);
            x7 = s.fma(u, x7);
            y7 = s.fma(v, y7);
            q += lda;
            if (--left == 0) {
                left = batch;
                q -= 2 * batch * lda;
            }
        }
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

    /** Four columns of a from a0 on, its rows in the order of {@link Kernels#multiplyColumns}. */
    static void columns4(
            float[] a, int a0, int lda, int left, int batch, float[] p, int p0, int depth, float[] c, int c0, int ldc) {
        int c1 = c0 + ldc;
        int c2 = c0 + 2 * ldc;
        int c3 = c0 + 3 * ldc;
        FloatVector x0 = FloatVector.fromArray(S, c, c0);
        FloatVector y0 = FloatVector.fromArray(S, c, c0 + LANES);
        FloatVector x1 = FloatVector.fromArray(S, c, c1);
        FloatVector y1 = FloatVector.fromArray(S, c, c1 + LANES);
        FloatVector x2 = FloatVector.fromArray(S, c, c2);
        FloatVector y2 = FloatVector.fromArray(S, c, c2 + LANES);
        FloatVector x3 = FloatVector.fromArray(S, c, c3);
        FloatVector y3 = FloatVector.fromArray(S, c, c3 + LANES);
        int q = a0;
        for (int k = 0; k < depth; k++) {
            FloatVector u = FloatVector.fromArray(S, p, p0 + k * WIDTH);
            FloatVector v = FloatVector.fromArray(S, p, p0 + k * WIDTH + LANES);
            FloatVector s = FloatVector.broadcast(S, a[q]);
            x0 = s.fma(u, x0);
            y0 = s.fma(v, y0);
            s = FloatVector.broadcast(S, a[q + 1]);
            x1 = s.fma(u, x1);
            y1 = s.fma(v, y1);
            s = FloatVector.broadcast(S, a[q + 2]);
            x2 = s.fma(u, x2);
            y2 = s.fma(v, y2);
            s = FloatVector.broadcast(S, a[q + 3]);
            x3 = s.fma(u, x3);
            y3 = s.fma(v, y3);
            q += lda;
            if (--left == 0) {
                left = batch;
                q -= 2 * batch * lda;
            }
        }
        x0.intoArray(c, c0);
        y0.intoArray(c, c0 + LANES);
        x1.intoArray(c, c1);
        y1.intoArray(c, c1 + LANES);
        x2.intoArray(c, c2);
        y2.intoArray(c, c2 + LANES);
        x3.intoArray(c, c3);
        y3.intoArray(c, c3 + LANES);
    }

    /** One column of a. */
    static void column1(
            float[] a, int a0, int lda, int left, int batch, float[] p, int p0, int depth, float[] c, int c0) {
        FloatVector x0 = FloatVector.fromArray(S, c, c0);
        FloatVector y0 = FloatVector.fromArray(S, c, c0 + LANES);
        int q = a0;
        for (int k = 0; k < depth; k++) {
            FloatVector u = FloatVector.fromArray(S, p, p0 + k * WIDTH);
            FloatVector v = FloatVector.fromArray(S, p, p0 + k * WIDTH + LANES);
            FloatVector s = FloatVector.broadcast(S, a[q]);
            x0 = s.fma(u, x0);
            y0 = s.fma(v, y0);
            q += lda;
            if (--left == 0) {
                left = batch;
                q -= 2 * batch * lda;
            }
        }
        x0.intoArray(c, c0);
        y0.intoArray(c, c0 + LANES);
    }

    /**
     * Packs four panels' columns at once: each row is read contiguously, which the processor prefetches, and the loop is over the
     * rows, of which there are many.
     */
    static void packPanels4(float[] from, int f0, int ld, int rows, float[] to, int t0, int ldp) {
        int t1 = t0 + ldp;
        int t2 = t0 + 2 * ldp;
        int t3 = t0 + 3 * ldp;
        for (int i = 0; i < rows; i++) {
            int f = f0 + i * ld;
            FloatVector.fromArray(S, from, f).intoArray(to, t0 + i * WIDTH);
            FloatVector.fromArray(S, from, f + LANES).intoArray(to, t0 + i * WIDTH + LANES);
            FloatVector.fromArray(S, from, f + 2 * LANES).intoArray(to, t1 + i * WIDTH);
            FloatVector.fromArray(S, from, f + 3 * LANES).intoArray(to, t1 + i * WIDTH + LANES);
            FloatVector.fromArray(S, from, f + 4 * LANES).intoArray(to, t2 + i * WIDTH);
            FloatVector.fromArray(S, from, f + 5 * LANES).intoArray(to, t2 + i * WIDTH + LANES);
            FloatVector.fromArray(S, from, f + 6 * LANES).intoArray(to, t3 + i * WIDTH);
            FloatVector.fromArray(S, from, f + 7 * LANES).intoArray(to, t3 + i * WIDTH + LANES);
        }
    }

    /** Packs one panel's columns. */
    static void packPanel(float[] from, int f0, int ld, int rows, float[] to, int t0) {
        for (int i = 0; i < rows; i++) {
            FloatVector.fromArray(S, from, f0 + i * ld).intoArray(to, t0 + i * WIDTH);
            FloatVector.fromArray(S, from, f0 + i * ld + LANES).intoArray(to, t0 + i * WIDTH + LANES);
        }
    }
}
