package org.bptt4j.backend.cpu;

import static org.bptt4j.backend.cpu.VectorTiles.LANES;
import static org.bptt4j.backend.cpu.VectorTiles.S;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/** The loops of losses of {@link VectorKernels}, each in a method of its own: see {@link VectorPasses#activate}. */
final class VectorLosses {
    private VectorLosses() {}

    static float softmax(float[] y, int y0, int n, float scale, float[] d, int d0, float[] scratch) {
        int whole = S.loopBound(n);
        float max = max(y, y0, whole);
        for (int i = whole; i < n; i++) {
            max = Math.max(max, y[y0 + i]);
        }
        exp(y, y0, whole, max, d, d0, scratch);
        float sum = sumOfLanes(scratch);
        for (int i = whole; i < n; i++) {
            d[d0 + i] = ScalarMath.exp(y[y0 + i] - max);
            sum += d[d0 + i];
        }
        float factor = scale / sum;
        multiply(d, d0, whole, factor);
        for (int i = whole; i < n; i++) {
            d[d0 + i] *= factor;
        }
        scratch[0] = max;
        return sum;
    }

    /** Not reduceLanes(ADD): its order is not specified, so the same row need not give the same bits twice. */
    private static float sumOfLanes(float[] sums) {
        float sum = 0;
        for (int i = 0; i < LANES; i += 4) {
            sum += (sums[i] + sums[i + 1]) + (sums[i + 2] + sums[i + 3]);
        }
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

    static double binaryCrossEntropy(
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
        int whole = S.loopBound(n);
        binaryCrossEntropyOfVectors(y, y0, t, t0, w, w0, whole, scale, d, d0, scratch);
        double sum = sumOfLanes(scratch);
        return sum + ScalarMath.binaryCrossEntropy(y, y0, t, t0, w, w0, whole, n, scale, d, d0);
    }

    /** With e = e^−|y|: ln(1 + e^y) = max(y, 0) + ln(1 + e), and of σ(y) and σ(−y) the larger is 1/(1 + e), the other e/(1 + e). */
    private static void binaryCrossEntropyOfVectors(
            float[] y,
            int y0,
            float[] t,
            int t0,
            float[] w,
            int w0,
            int whole,
            float scale,
            float[] d,
            int d0,
            float[] sums) {
        FloatVector zero = FloatVector.zero(S);
        FloatVector one = FloatVector.broadcast(S, 1f);
        FloatVector s = zero;
        for (int i = 0; i < whole; i += LANES) {
            FloatVector v = FloatVector.fromArray(S, y, y0 + i);
            FloatVector target = FloatVector.fromArray(S, t, t0 + i);
            FloatVector negative = one.sub(target);
            FloatVector positive = target.mul(FloatVector.fromArray(S, w, w0 + i));
            FloatVector magnitude = v.abs();
            FloatVector e = VectorMath.exp(magnitude.neg());
            FloatVector log = VectorMath.log1p(e);
            FloatVector large = one.div(one.add(e));
            FloatVector small = e.mul(large);
            VectorMask<Float> below = v.compare(VectorOperators.LT, 0f);
            VectorMask<Float> none = target.compare(VectorOperators.NE, target);
            FloatVector wrong = magnitude.add(log);
            FloatVector loss = negative.mul(wrong.blend(log, below)).add(positive.mul(log.blend(wrong, below)));
            FloatVector slope = negative.mul(large.blend(small, below)).sub(positive.mul(small.blend(large, below)));
            s = s.add(loss.blend(zero, none));
            slope.mul(scale).blend(zero, none).intoArray(d, d0 + i);
        }
        s.intoArray(sums, 0);
    }
}
