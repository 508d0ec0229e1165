package org.bptt4j.backend.cpu;

import org.bptt4j.spec.Cell;

/**
 * The formulas of {@link VectorMath} for one float, to the same bits: the tails of the vector loops, and the scalar kernels.
 */
final class ScalarMath {
    // The constants are VectorMath's, repeated because that class cannot be loaded without the vector module.
    private static final float LOG2_E = 1.442695f;
    private static final float LN2_HIGH = 0.6933594f;
    private static final float LN2_LOW = -2.1219444e-4f;
    private static final float ROUND = 12582912f;

    private ScalarMath() {}

    /** tanh(x), largest error 1.5 ulp; NaN stays NaN, −0 gives −0. */
    static float tanh(float x) {
        float a = Math.min(Math.abs(x), 10f);
        float y;
        if (a < 0.625f) {
            float z = a * a;
            float p = Fma.fma(z, 0.002142963f, -0.0081774f);
            p = Fma.fma(p, z, 0.021700704f);
            p = Fma.fma(p, z, -0.053946763f);
            p = Fma.fma(p, z, 0.13333206f);
            p = Fma.fma(p, z, -0.3333333f);
            y = Fma.fma(p * z, a, a);
        } else {
            y = 1 - 2 / (expOf(a + a) + 1);
        }
        return Math.copySign(y, x);
    }

    /** e^x for x ≤ 88, largest error 2 ulp; below −87 it is e^−87. */
    static float exp(float x) {
        return expOf(Math.max(x, -87f));
    }

    private static float expOf(float y) {
        float shifted = Fma.fma(y, LOG2_E, ROUND);
        float n = shifted - ROUND;
        float r = Fma.fma(n, -LN2_HIGH, y);
        r = Fma.fma(n, -LN2_LOW, r);
        float p = Fma.fma(r, 1f / 5040, 1f / 720);
        p = Fma.fma(p, r, 1f / 120);
        p = Fma.fma(p, r, 1f / 24);
        p = Fma.fma(p, r, 1f / 6);
        p = Fma.fma(p, r, 0.5f);
        p = Fma.fma(p, r * r, r);
        float scale = Float.intBitsToFloat((Float.floatToRawIntBits(shifted) << 23) + 0x3F800000);
        return Fma.fma(scale, p, scale);
    }

    /** x_i = f(x_i + bias_i) for from ≤ i &lt; to. */
    static void activate(Cell cell, float[] x, int x0, float[] bias, int b0, int from, int to) {
        if (cell == Cell.TANH) {
            for (int i = from; i < to; i++) {
                x[x0 + i] = tanh(x[x0 + i] + bias[b0 + i]);
            }
        } else {
            for (int i = from; i < to; i++) {
                x[x0 + i] = Math.max(0f, x[x0 + i] + bias[b0 + i]);
            }
        }
    }

    /** d_i = (d_i + carry_i)·f' for from ≤ i &lt; to. */
    static void derivative(Cell cell, float[] d, int d0, float[] carry, int c0, float[] h, int h0, int from, int to) {
        if (cell == Cell.TANH) {
            for (int i = from; i < to; i++) {
                d[d0 + i] = (d[d0 + i] + carry[c0 + i]) * Fma.fma(-h[h0 + i], h[h0 + i], 1f);
            }
        } else {
            for (int i = from; i < to; i++) {
                d[d0 + i] = h[h0 + i] > 0 ? d[d0 + i] + carry[c0 + i] : 0f;
            }
        }
    }
}
