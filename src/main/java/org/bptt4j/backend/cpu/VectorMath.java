package org.bptt4j.backend.cpu;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * tanh, σ, exp and ln(1 + e) on float vectors.
 *
 * <p>tanh a = E/(E + 2) with E = e^{2a} − 1, for a = |x|. E(u) = u + u²·p(u) at u = 2a/8, and three times E(2u) = E(u)² +
 * 2E(u): nothing is subtracted, so no digit is lost near zero, and what error E has vanishes where tanh nears 1 and f' = 1 −
 * h² is small. p of degree 5 is fitted for the least error of tanh (10⁻⁹). Largest error against the true value 5 ulp, from
 * 1.75 on 2 ulp; the mean, 0.02 ulp, matters more: thousands of steps multiply what f' makes of it. No float is taken
 * for an int here: C2 on JDK 17 now and then left that call out of line, and with it every vector in an object.
 *
 * <p>σ(x) is 1/(E + 2) or 1 − 1/(E + 2) by the sign of x, with the same E at u = |x|/8: up to 2 ulp from −1 on, 4·10⁻⁶ of its value down to −10,
 * 5·10⁻¹⁰ below. It needs no clamp: where E overflows σ is 0 or 1.
 *
 * <p>e^y = 2ⁿ·(1 + p(r)) with y = n·ln 2 + r, |r| ≤ ln 2/2, and the Taylor polynomial of degree 7 for p(r) = e^r − 1 (its
 * remainder is 6·10⁻⁹ at the ends). n is rounded by adding 1.5·2²³, which leaves it in the low bits. Largest error 2 ulp.
 */
final class VectorMath {
    private static final VectorSpecies<Float> S = VectorTiles.S;
    private static final float LOG2_E = 1.442695f;
    private static final float LN2_HIGH = 0.6933594f;
    private static final float LN2_LOW = -2.1219444e-4f;
    private static final float E2 = 0.4999999f;
    private static final float E3 = 0.16666907f;
    private static final float E4 = 0.041646242f;
    private static final float E5 = 0.008408565f;
    private static final float E6 = 0.001258159f;
    private static final float E7 = 0.00030024163f;
    private static final float ROUND = 12582912f;

    private VectorMath() {}

    /** tanh(x); NaN stays NaN, ±∞ gives ±1, −0 gives 0. */
    static FloatVector tanh(FloatVector x) {
        // From 9.02 on the float nearest to tanh is 1.
        // A comparison in place of min(): Java's min orders −0 and NaN, which costs five instructions.
        FloatVector magnitude = x.abs();
        FloatVector a = magnitude.blend(10f, magnitude.compare(VectorOperators.GT, 10f));
        FloatVector u = a.mul(0.25f);
        FloatVector p = u.fma(FloatVector.broadcast(S, E7), FloatVector.broadcast(S, E6));
        p = p.fma(u, FloatVector.broadcast(S, E5));
        p = p.fma(u, FloatVector.broadcast(S, E4));
        p = p.fma(u, FloatVector.broadcast(S, E3));
        p = p.fma(u, FloatVector.broadcast(S, E2));
        FloatVector e = u.mul(u).fma(p, u);
        e = e.fma(e, e.add(e));
        e = e.fma(e, e.add(e));
        e = e.fma(e, e.add(e));
        FloatVector h = e.div(e.add(2f));
        return h.blend(h.neg(), x.compare(VectorOperators.LT, 0f));
    }

    /** σ(x) = 1/(1 + e^−x); NaN stays NaN, ∞ gives 1 and −∞ 0. */
    static FloatVector sigmoid(FloatVector x) {
        FloatVector u = x.abs().mul(0.125f);
        FloatVector p = u.fma(FloatVector.broadcast(S, E7), FloatVector.broadcast(S, E6));
        p = p.fma(u, FloatVector.broadcast(S, E5));
        p = p.fma(u, FloatVector.broadcast(S, E4));
        p = p.fma(u, FloatVector.broadcast(S, E3));
        p = p.fma(u, FloatVector.broadcast(S, E2));
        FloatVector e = u.mul(u).fma(p, u);
        e = e.fma(e, e.add(e));
        e = e.fma(e, e.add(e));
        e = e.fma(e, e.add(e));
        FloatVector one = FloatVector.broadcast(S, 1f);
        FloatVector below = one.div(e.add(2f));
        return one.sub(below).blend(below, x.compare(VectorOperators.LT, 0f));
    }

    /** e^x for x ≤ 88; below −87 it is e^−87 (1.6·10⁻³⁸). NaN stays NaN. */
    static FloatVector exp(FloatVector x) {
        FloatVector y = x.blend(-87f, x.compare(VectorOperators.LT, -87f));
        FloatVector shifted = y.fma(FloatVector.broadcast(S, LOG2_E), FloatVector.broadcast(S, ROUND));
        FloatVector n = shifted.sub(ROUND);
        FloatVector r = n.fma(FloatVector.broadcast(S, -LN2_HIGH), y);
        r = n.fma(FloatVector.broadcast(S, -LN2_LOW), r);
        FloatVector p = r.fma(FloatVector.broadcast(S, 1f / 5040), FloatVector.broadcast(S, 1f / 720));
        p = p.fma(r, FloatVector.broadcast(S, 1f / 120));
        p = p.fma(r, FloatVector.broadcast(S, 1f / 24));
        p = p.fma(r, FloatVector.broadcast(S, 1f / 6));
        p = p.fma(r, FloatVector.broadcast(S, 0.5f));
        p = p.fma(r.mul(r), r);
        // 2ⁿ from the n in the low bits: those of 1.5·2²³ leave on the left.
        FloatVector scale = shifted.reinterpretAsInts()
                .lanewise(VectorOperators.LSHL, 23)
                .add(0x3F800000)
                .reinterpretAsFloats();
        return scale.fma(p, scale);
    }

    /** ln(1 + e) for e in [0, 1]: 2·artanh(s) = 2·(s + s³/3 + s⁵/5 + …) with s = e/(2 + e) ≤ 1/3. NaN stays NaN. */
    static FloatVector log1p(FloatVector e) {
        FloatVector s = e.div(e.add(2f));
        FloatVector z = s.mul(s);
        FloatVector p = z.fma(FloatVector.broadcast(S, 1f / 15), FloatVector.broadcast(S, 1f / 13));
        p = p.fma(z, FloatVector.broadcast(S, 1f / 11));
        p = p.fma(z, FloatVector.broadcast(S, 1f / 9));
        p = p.fma(z, FloatVector.broadcast(S, 1f / 7));
        p = p.fma(z, FloatVector.broadcast(S, 1f / 5));
        p = p.fma(z, FloatVector.broadcast(S, 1f / 3));
        FloatVector twice = s.add(s);
        return twice.mul(z).fma(p, twice);
    }
}
