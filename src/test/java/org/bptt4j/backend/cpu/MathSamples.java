package org.bptt4j.backend.cpu;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import java.util.function.DoubleUnaryOperator;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** Floats of every sign and exponent, and their functions in three ways. */
final class MathSamples {
    /** Mantissas per sign and exponent: 512 × 10,000 makes 5 million floats. */
    static final int MANTISSAS = 10_000;

    interface OnVector {
        FloatVector of(FloatVector x);
    }

    interface OnFloat {
        float of(float x);
    }

    private MathSamples() {}

    /** Both signs of one exponent field (0 … 255): the smallest and largest mantissas, and random ones. */
    static float[] ofExponent(int exponent) {
        Random random = new Random(exponent);
        float[] x = new float[2 * MANTISSAS];
        for (int i = 0; i < x.length; i++) {
            int mantissa = i < 64 ? i / 2 : i < 128 ? 0x7FFFFF - i / 2 + 32 : random.nextInt(1 << 23);
            x[i] = Float.intBitsToFloat((i & 1) << 31 | exponent << 23 | mantissa);
        }
        return x;
    }

    static float[] map(OnVector f, float[] x) {
        VectorSpecies<Float> species = FloatVector.SPECIES_PREFERRED;
        float[] y = new float[x.length];
        for (int i = 0; i < x.length; i += species.length()) {
            f.of(FloatVector.fromArray(species, x, i)).intoArray(y, i);
        }
        return y;
    }

    static float[] mapEach(OnFloat f, float[] x) {
        float[] y = new float[x.length];
        for (int i = 0; i < x.length; i++) {
            y[i] = f.of(x[i]);
        }
        return y;
    }

    /** Distance from the truth in units of the last place of the float nearest to it. */
    static double ulps(float actual, double truth) {
        return (actual - truth) / Math.ulp((float) truth);
    }

    /** Fails where a value of {@code y} is further than {@code bound} ulp from {@code f}. */
    static void assertWithin(double bound, DoubleUnaryOperator f, float[] x, float[] y) {
        for (int i = 0; i < x.length; i++) {
            float at = x[i];
            double error = ulps(y[i], f.applyAsDouble(at));
            assertTrue(Math.abs(error) <= bound, () -> "at " + at + ": off by " + error + " ulp");
        }
    }
}
