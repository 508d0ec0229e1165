package org.bptt4j;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.bptt4j.backend.cuda.TestDevice;

/**
 * Results that come by two ways and must have the same bits. On a card they may not: where the rows, strides or addresses of a
 * product differ, cuBLAS may take another kernel, which sums in another order. There two such results may differ by what sums of
 * floats in any order do.
 */
public final class Bits {
    /**
     * Of the largest magnitude. A sum of n terms is off by n·2⁻²⁴ of their magnitudes' sum at most, and by √n·2⁻²⁴ usually: the
     * tests that ask have n ≤ 100 and a few steps.
     */
    private static final double TOLERANCE = 1e-5;

    private Bits() {}

    public static void assertSame(float[] expected, float[] actual) {
        assertSame(new float[][] {expected}, new float[][] {actual}, "");
    }

    public static void assertSame(float[][] expected, float[][] actual) {
        assertSame(expected, actual, "");
    }

    public static void assertSame(float[][] expected, float[][] actual, String what) {
        if (!TestDevice.isCard()) {
            assertArrayEquals(expected, actual, what);
        } else {
            assertNear(expected, actual, what);
        }
    }

    /** As on a card; what is no number or infinite must be the same there, too. */
    static void assertNear(float[][] expected, float[][] actual, String what) {
        assertEquals(expected.length, actual.length, what);
        double largest = 0;
        for (float[] row : expected) {
            for (float v : row) {
                largest = Float.isFinite(v) ? Math.max(largest, Math.abs(v)) : largest;
            }
        }
        for (int i = 0; i < expected.length; i++) {
            assertArrayEquals(
                    expected[i], actual[i], (float) (TOLERANCE * largest + Float.MIN_VALUE), what + " [" + i + "]");
        }
    }
}
