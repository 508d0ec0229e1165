package org.bptt4j.backend;

import static org.bptt4j.Elements.assertNear;
import static org.junit.jupiter.api.Assertions.assertEquals;

/**
 * Sums in double with the error that float arithmetic is allowed: n terms in any order of fused or unfused operations differ
 * from the truth by at most (n + 1)·2⁻²⁴·Σ|terms| and a little (Higham, Accuracy and Stability, §3.1).
 */
final class Sums {
    private final double[][] value;
    private final double[][] magnitude;
    private final int[][] terms;

    Sums(int rows, int cols) {
        value = new double[rows][cols];
        magnitude = new double[rows][cols];
        terms = new int[rows][cols];
    }

    void add(int row, int col, double term) {
        value[row][col] += term;
        magnitude[row][col] += Math.abs(term);
        terms[row][col]++;
    }

    void add(float[][] values) {
        for (int i = 0; i < values.length; i++) {
            for (int j = 0; j < values[i].length; j++) {
                add(i, j, values[i][j]);
            }
        }
    }

    void check(float[][] actual, String what) {
        check(actual, 0, what);
    }

    /** Terms that are products of two operands, each read with a relative error of {@code operandError} at most. */
    void check(float[][] actual, double operandError, String what) {
        double ofProducts = operandError * (2 + operandError);
        assertEquals(value.length, actual.length, what);
        for (int i = 0; i < value.length; i++) {
            int row = i;
            for (int j = 0; j < value[i].length; j++) {
                double tolerance = (1.01 * (terms[i][j] + 2) * 0x1p-24 + ofProducts) * magnitude[i][j];
                assertNear(value[i][j], actual[i][j], tolerance, col -> what + " [" + row + ", " + col + "]", j);
            }
        }
    }
}
