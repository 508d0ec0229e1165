package org.bptt4j.backend.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

/**
 * The promises of {@link VectorMath}'s doc comment against {@link Math#tanh} and {@link Math#exp} in double, whose own error
 * is far below a float's last place.
 */
interface MathContract {
    float[] tanh(float[] x);

    float[] sigmoid(float[] x);

    float[] exp(float[] x);

    float[] log1p(float[] x);

    @Test
    default void tanhIsWithinFiveUlpAndCloserWhereItSaturates() {
        // Below 2⁻¹²², a quarter of x is no normal float any more.
        for (int exponent = 5; exponent < 255; exponent++) {
            float[] x = MathSamples.ofExponent(exponent);
            MathSamples.assertWithin(exponent < 126 ? 5 : 3, Math::tanh, x, tanh(x));
        }
        float[] x = new float[1 << 20];
        for (int i = 0; i < x.length; i++) {
            x[i] = 1.75f + 8.5f * i / x.length;
        }
        MathSamples.assertWithin(2, Math::tanh, x, tanh(x));
    }

    /** In ulp where σ is not small, then relative, and from −10 on, where σ is below 5·10⁻⁵, absolute. */
    @Test
    default void sigmoidIsWithinTwoUlpAndItsErrorVanishesWithIt() {
        for (int exponent = 0; exponent < 255; exponent++) {
            float[] x = MathSamples.ofExponent(exponent);
            float[] y = sigmoid(x);
            for (int i = 0; i < x.length; i++) {
                double truth = 1 / (1 + Math.exp(-x[i]));
                double bound = x[i] >= -1 ? 2 * Math.ulp((float) truth) : x[i] >= -10 ? 4e-6 * truth : 5e-10;
                float at = x[i];
                float value = y[i];
                assertTrue(value >= 0 && value <= 1, () -> value + " at " + at);
                assertTrue(Math.abs(value - truth) <= bound, () -> value + " at " + at + ", not " + truth);
            }
        }
    }

    @Test
    default void theMeanErrorOfSigmoidIsBelowAFiftiethUlp() {
        int count = 1 << 20;
        for (float from : new float[] {-1, -0.25f, 0, 1, 4}) {
            float[] x = new float[count];
            for (int i = 0; i < count; i++) {
                x[i] = from + (i + 0.5f) / count;
            }
            float[] y = sigmoid(x);
            double sum = 0;
            for (int i = 0; i < count; i++) {
                sum += MathSamples.ulps(y[i], 1 / (1 + Math.exp(-x[i])));
            }
            assertEquals(0, sum / count, 0.02, "mean from " + from);
        }
    }

    /** Exponents up to 2⁶: beyond lie only the clamped values. */
    @Test
    default void expIsWithinTwoUlp() {
        for (int exponent = 0; exponent <= 133; exponent++) {
            float[] x = MathSamples.ofExponent(exponent);
            for (int i = 0; i < x.length; i++) {
                x[i] = Math.max(-87f, Math.min(88f, x[i]));
            }
            MathSamples.assertWithin(2, Math::exp, x, exp(x));
        }
    }

    /** From the smallest normal float to 1: what e^−|y| can be. */
    @Test
    default void log1pIsWithinThreeUlp() {
        for (int exponent = 1; exponent < 127; exponent++) {
            float[] x = MathSamples.ofExponent(exponent);
            for (int i = 0; i < x.length; i++) {
                x[i] = Math.abs(x[i]);
            }
            MathSamples.assertWithin(3, Math::log1p, x, log1p(x));
        }
        assertEquals(0f, log1p(padded(0f))[0]);
        assertEquals((float) Math.log(2), log1p(padded(1f))[0], 2e-7f);
        assertTrue(Float.isNaN(log1p(padded(Float.NaN))[0]));
    }

    /** Thousands of steps multiply a bias, so the mean of the signed error must be far below its largest. */
    @Test
    default void theMeanErrorOfTanhIsBelowAFiftiethUlp() {
        int count = 1 << 20;
        for (float range : new float[] {0.5f, 1, 2, 4, 8}) {
            float[] x = new float[count];
            for (int i = 0; i < count; i++) {
                x[i] = range * (i + 0.5f) / count;
            }
            float[] y = tanh(x);
            double sum = 0;
            for (int i = 0; i < count; i++) {
                sum += MathSamples.ulps(y[i], Math.tanh(x[i]));
            }
            assertEquals(0, sum / count, 0.02, "mean over (0, " + range + ")");
        }
    }

    @Test
    default void tanhIsOdd() {
        for (int exponent = 0; exponent < 255; exponent += 3) {
            float[] x = MathSamples.ofExponent(exponent);
            float[] negated = new float[x.length];
            for (int i = 0; i < x.length; i++) {
                negated[i] = -x[i];
            }
            float[] y = tanh(x);
            float[] z = tanh(negated);
            for (int i = 0; i < x.length; i++) {
                assertEquals(0f, y[i] + z[i]);
            }
        }
    }

    /** f' = 1 − h² must not become negative. */
    @Test
    default void tanhNeverPassesOne() {
        for (float from : new float[] {6, 8, 8.9f, 9.9f}) {
            float[] x = new float[40_000];
            int bits = Float.floatToRawIntBits(from);
            for (int i = 0; i < x.length; i++) {
                x[i] = Float.intBitsToFloat(bits + 16 * i);
            }
            for (float y : tanh(x)) {
                assertTrue(y <= 1f && y >= 0.9999f);
            }
        }
    }

    @Test
    default void theEnds() {
        float tiny = Float.MIN_VALUE;
        float inf = Float.POSITIVE_INFINITY;
        float[] x = padded(0f, -0f, inf, -inf, Float.MAX_VALUE, -Float.MAX_VALUE, 10, -10);
        float[] y = padded(0f, 0f, 1, -1, 1, -1, 1, -1);
        assertBits(y, tanh(x));
        assertEquals(0f, tanh(padded(tiny))[0], Float.MIN_NORMAL);
        float e87 = exp(padded(-87f))[0];
        assertEquals(Math.exp(-87), e87, 2 * Math.ulp(e87));
        float[] low = padded(0f, -0f, tiny, -tiny, -inf, -Float.MAX_VALUE, -88, -1000);
        assertBits(padded(1, 1, 1, 1, e87, e87, e87, e87), exp(low), 8);
        assertBits(padded(0.5f, 0.5f, 1, 0, 1, 0), sigmoid(padded(0f, -0f, inf, -inf, 1e30f, -1e30f)), 6);
        for (float nan : new float[] {Float.NaN, Float.intBitsToFloat(0xFFC00001)}) {
            assertTrue(Float.isNaN(tanh(padded(nan))[0]));
            assertTrue(Float.isNaN(sigmoid(padded(nan))[0]));
            assertTrue(Float.isNaN(exp(padded(nan))[0]));
        }
    }

    /** Filled up with zeros to a length that any species divides. */
    private static float[] padded(float... values) {
        return Arrays.copyOf(values, 64);
    }

    private static void assertBits(float[] expected, float[] actual) {
        assertBits(expected, actual, expected.length);
    }

    private static void assertBits(float[] expected, float[] actual, int count) {
        int[] e = new int[count];
        int[] a = new int[count];
        for (int i = 0; i < count; i++) {
            e[i] = Float.floatToRawIntBits(expected[i]);
            a[i] = Float.floatToRawIntBits(actual[i]);
        }
        assertArrayEquals(e, a);
    }
}
