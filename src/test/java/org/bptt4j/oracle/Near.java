package org.bptt4j.oracle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.bptt4j.Elements;

/** Compares floats with the truth in double. */
public final class Near {
    /** Of the largest magnitude: some hundreds of float roundings, for sums whose terms cancel. */
    private static final double TOLERANCE = 3e-5;

    private Near() {}

    /** Every element within 3·10⁻⁵ of the largest magnitude of the truth. */
    public static void assertNear(double[] truth, float[] actual, String what) {
        assertEquals(truth.length, actual.length, what);
        double largest = 0;
        for (double v : truth) {
            assertTrue(Double.isFinite(v), () -> what + ": the truth is not finite");
            largest = Math.max(largest, Math.abs(v));
        }
        for (int i = 0; i < truth.length; i++) {
            Elements.assertNear(truth[i], actual[i], TOLERANCE * largest, e -> what + "[" + e + "]", i);
        }
    }
}
