package org.bptt4j.backend.cpu;

import static org.bptt4j.backend.cpu.VectorTiles.LANES;
import static org.bptt4j.backend.cpu.VectorTiles.S;
import static org.bptt4j.backend.cpu.VectorTiles.WIDTH;

import jdk.incubator.vector.FloatVector;

/**
 * Register tiles of a weight gradient, whose left operand lies in columns: {@code c[r, 0..2·LANES) += Σ_k a[k, r]·panel[k, ·]}.
 * Written out for the reason that {@link VectorTiles} gives.
 */
final class VectorColumnTiles {
    private VectorColumnTiles() {}

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
}
