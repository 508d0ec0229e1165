package org.bptt4j.backend.cpu;

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

    /** tanh(x); NaN stays NaN, ±∞ gives ±1, −0 gives 0. */
    static float tanh(float x) {
        float u = Math.min(Math.abs(x), 10f) * 0.25f;
        float p = Fma.fma(u, 0.00030024163f, 0.001258159f);
        p = Fma.fma(p, u, 0.008408565f);
        p = Fma.fma(p, u, 0.041646242f);
        p = Fma.fma(p, u, 0.16666907f);
        p = Fma.fma(p, u, 0.4999999f);
        float e = Fma.fma(u * u, p, u);
        e = Fma.fma(e, e, e + e);
        e = Fma.fma(e, e, e + e);
        e = Fma.fma(e, e, e + e);
        float h = e / (e + 2);
        return x < 0 ? -h : h;
    }

    /** σ(x) = 1/(1 + e^−x); NaN stays NaN, ∞ gives 1 and −∞ 0. */
    static float sigmoid(float x) {
        float u = Math.abs(x) * 0.125f;
        float p = Fma.fma(u, 0.00030024163f, 0.001258159f);
        p = Fma.fma(p, u, 0.008408565f);
        p = Fma.fma(p, u, 0.041646242f);
        p = Fma.fma(p, u, 0.16666907f);
        p = Fma.fma(p, u, 0.4999999f);
        float e = Fma.fma(u * u, p, u);
        e = Fma.fma(e, e, e + e);
        e = Fma.fma(e, e, e + e);
        e = Fma.fma(e, e, e + e);
        float below = 1 / (e + 2);
        return x < 0 ? below : 1 - below;
    }

    /** e^x for x ≤ 88, largest error 2 ulp; below −87 it is e^−87. */
    static float exp(float x) {
        float y = Math.max(x, -87f);
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

    /** {@code gate k = σ(sum + bias)} of the units {@code from} on. */
    static void sigmoid(CellStep s, int k, int from) {
        float[] gates = s.gates.at;
        for (int r = 0; from < s.units && r < s.rows; r++) {
            for (int j = from; j < s.units; j++) {
                float a = s.sums.at[s.sums.at(r, k * s.span + j)] + s.bias.at[s.bias.start + k * s.hidden + j];
                gates[s.gates.at(r, k * s.hidden + j)] = sigmoid(a);
            }
        }
    }

    /** {@code gate k = tanh(sum + bias)} of the units {@code from} on. */
    static void tanh(CellStep s, int k, int from) {
        float[] gates = s.gates.at;
        for (int r = 0; from < s.units && r < s.rows; r++) {
            for (int j = from; j < s.units; j++) {
                float a = s.sums.at[s.sums.at(r, k * s.span + j)] + s.bias.at[s.bias.start + k * s.hidden + j];
                gates[s.gates.at(r, k * s.hidden + j)] = tanh(a);
            }
        }
    }

    /** ln(1 + e) for e in [0, 1], largest error 3 ulp. */
    static float log1p(float e) {
        float s = e / (e + 2);
        float z = s * s;
        float p = Fma.fma(z, 1f / 15, 1f / 13);
        p = Fma.fma(p, z, 1f / 11);
        p = Fma.fma(p, z, 1f / 9);
        p = Fma.fma(p, z, 1f / 7);
        p = Fma.fma(p, z, 1f / 5);
        p = Fma.fma(p, z, 1f / 3);
        float twice = s + s;
        return Fma.fma(twice * z, p, twice);
    }

    /** {@link Kernels#binaryCrossEntropy} for from ≤ i &lt; to. */
    static double binaryCrossEntropy(
            float[] y, int y0, float[] t, int t0, float[] w, int w0, int from, int to, float scale, float[] d, int d0) {
        double sum = 0;
        for (int i = from; i < to; i++) {
            float target = t[t0 + i];
            if (Float.isNaN(target)) {
                d[d0 + i] = 0;
                continue;
            }
            float v = y[y0 + i];
            float negative = 1 - target;
            float positive = target * w[w0 + i];
            float magnitude = Math.abs(v);
            float e = exp(-magnitude);
            float log = log1p(e);
            float large = 1 / (1 + e);
            float small = e * large;
            float wrong = magnitude + log;
            sum += negative * (v < 0 ? log : wrong) + positive * (v < 0 ? wrong : log);
            d[d0 + i] = (negative * (v < 0 ? small : large) - positive * (v < 0 ? large : small)) * scale;
        }
        return sum;
    }
}
