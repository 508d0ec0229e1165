package org.bptt4j.data;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class RootMeanSquareTest {
    private static double of(double... numbers) {
        RootMeanSquare mean = new RootMeanSquare();
        for (double x : numbers) {
            mean.add(x);
        }
        return mean.value();
    }

    @Test
    void neitherOverflowsNorVanishes() {
        assertEquals(Math.sqrt(12.5), of(3, -4));
        for (double unit : new double[] {0x1p-1060, 0x1p-700, 0x1p-511, 0x1p486, 0x1p700, 0x1p1020}) {
            assertEquals(2.5 * unit, of(0.5 * unit, -3.5 * unit), 1e-15 * unit);
        }
    }

    @Test
    void takesNumbersOfAllMagnitudesTogether() {
        assertEquals(5e200, of(0, 1e-300, 1, 1e201), 1e186);
        assertEquals(0.5, of(0, 1e-300, 1, 0), 1e-15);
        assertEquals(Math.sqrt(0.5) * 0x1p486, of(0x1p486, 0x1p480), 0x1p475);
        assertEquals(Math.sqrt(2.5) * 0x1p486, of(0x1p487, 0x1p486), 0x1p440);
    }

    @Test
    void whatIsNotFiniteStaysSo() {
        assertEquals(Double.NaN, of(1, Double.NaN));
        assertEquals(Double.NaN, of(1e300, Double.NaN));
        assertEquals(Double.POSITIVE_INFINITY, of(1, Double.NEGATIVE_INFINITY));
        assertEquals(0, of(0, 0));
        assertEquals(Double.NaN, of());
    }
}
