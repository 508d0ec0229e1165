package org.bptt4j;

import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class BitsTest {
    private static void assertNear(float[] expected, float... actual) {
        Bits.assertNear(new float[][] {expected}, new float[][] {actual}, "");
    }

    /** What nobody may touch is filled with NaN: that must stay NaN, and says nothing about how near the rest has to be. */
    @Test
    void onACardWhatIsNoNumberStaysAndTheRestIsNear() {
        float[] expected = {2, Float.NaN, Float.POSITIVE_INFINITY};
        assertNear(expected, 2.00001f, Float.NaN, Float.POSITIVE_INFINITY);
        assertThrows(AssertionError.class, () -> assertNear(expected, 2.0001f, Float.NaN, Float.POSITIVE_INFINITY));
        assertThrows(AssertionError.class, () -> assertNear(expected, 2, 0, Float.POSITIVE_INFINITY));
        assertThrows(AssertionError.class, () -> assertNear(expected, 2, Float.NaN, 1e30f));
        assertThrows(AssertionError.class, () -> assertNear(expected, Float.NaN, Float.NaN, Float.POSITIVE_INFINITY));
    }
}
