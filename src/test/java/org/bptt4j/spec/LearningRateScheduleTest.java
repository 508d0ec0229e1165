package org.bptt4j.spec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class LearningRateScheduleTest {
    @Test
    void constantIsOne() {
        assertEquals(1, LearningRateSchedule.CONSTANT.factor(0));
        assertEquals(1, LearningRateSchedule.CONSTANT.factor(Long.MAX_VALUE));
    }

    /** cos(π/3) = 1/2, cos(π/2) = 0, cos(2π/3) = −1/2. */
    @Test
    void cosineFallsFromOneToZeroAndStaysThere() {
        LearningRateSchedule s = LearningRateSchedule.cosine(12);
        assertEquals(1, s.factor(0));
        assertEquals(0.75, s.factor(4), 1e-15);
        assertEquals(0.5, s.factor(6), 1e-15);
        assertEquals(0.25, s.factor(8), 1e-15);
        assertEquals(0, s.factor(12), 1e-15);
        assertEquals(0, s.factor(Long.MAX_VALUE), 1e-15);
        for (int i = 1; i <= 12; i++) {
            assertTrue(s.factor(i) < s.factor(i - 1));
        }
    }

    @Test
    void stepMultipliesEverySoManyUpdates() {
        LearningRateSchedule s = LearningRateSchedule.step(3, 0.5);
        double[] expected = {1, 1, 1, 0.5, 0.5, 0.5, 0.25};
        for (int i = 0; i < expected.length; i++) {
            assertEquals(expected[i], s.factor(i), "update " + i);
        }
        assertEquals(0, s.factor(Long.MAX_VALUE));
    }

    @Test
    void nonsenseIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> LearningRateSchedule.cosine(0));
        assertThrows(IllegalArgumentException.class, () -> LearningRateSchedule.step(-1, 0.5));
        for (double gamma : new double[] {0, -1, Double.NaN, Double.POSITIVE_INFINITY}) {
            assertThrows(IllegalArgumentException.class, () -> LearningRateSchedule.step(1, gamma));
        }
    }
}
