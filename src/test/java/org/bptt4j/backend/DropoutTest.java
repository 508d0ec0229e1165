package org.bptt4j.backend;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The generator against its published answers, and the masks against the binomial distribution. */
class DropoutTest {
    private static final int ROWS = 2000;
    private static final int UNITS = 128;
    private static final double COUNT = (double) ROWS * UNITS;
    /** Standard deviations: once in 15,000 draws, and these are always the same ones. */
    private static final double FAR = 4;

    /** Random123's kat_vectors, the three of "philox4x32 10". */
    @Test
    void theReferenceGivesThePublishedAnswers() {
        assertArrayEquals(
                new int[] {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8},
                PhiloxReference.block(new int[4], new int[2]));
        assertArrayEquals(
                new int[] {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd},
                PhiloxReference.block(new int[] {-1, -1, -1, -1}, new int[] {-1, -1}));
        assertArrayEquals(
                new int[] {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1},
                PhiloxReference.block(
                        new int[] {0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344},
                        new int[] {0xa4093822, 0x299f31d0}));
    }

    @Test
    void probabilitiesAreRoundedDown() {
        assertEquals(1L << 31, new Dropout(0.5, 0, 0).threshold());
        assertEquals(0, new Dropout(0, 0, 0).threshold());
        assertEquals(0, new Dropout(Math.nextDown(0x1p-32), 0, 0).threshold());
        assertEquals(0xFFFFFFFFL, new Dropout(Math.nextDown(1.0), 0, 0).threshold());
        assertEquals(1 / 0.9f, new Dropout(0.1, 0, 0).scale());
        for (double p : new double[] {-0.1, 1, Double.NaN, Double.POSITIVE_INFINITY}) {
            assertThrows(IllegalArgumentException.class, () -> new Dropout(p, 0, 0));
        }
        assertThrows(IllegalArgumentException.class, () -> new Dropout(0.5, 0, -1));
    }

    @Test
    void keysOfUpdatesAndSeedsDiffer() {
        Set<Long> keys = new HashSet<>();
        for (int seed = -50; seed < 50; seed++) {
            for (int update = 0; update < 100; update++) {
                keys.add(new Dropout(0.5, seed, 0).key(update));
            }
        }
        assertEquals(10_000, keys.size());
        assertNotEquals(0, new Dropout(0.5, 1, 0).key(0));
    }

    @Test
    void asManyAreDroppedAsTheBinomialDistributionSays() {
        for (double p : new double[] {0.01, 0.1, 0.3, 0.5, 0.9}) {
            double[][] mask = mask(p, 42, 3, 0, 0);
            double deviation = Math.sqrt(p * (1 - p));
            assertEquals(p, mean(mask), FAR * deviation / Math.sqrt(COUNT), "p " + p);
            // Of the numbers dropped in a row, and in a column: their variance has a standard deviation of √(2/n).
            assertEquals(1, varianceOfSums(mask) / (UNITS * p * (1 - p)), FAR * Math.sqrt(2.0 / ROWS), "rows, p " + p);
            assertEquals(
                    1,
                    varianceOfSums(transposed(mask)) / (ROWS * p * (1 - p)),
                    FAR * Math.sqrt(2.0 / UNITS),
                    "units, p " + p);
        }
    }

    @Test
    void masksOfOtherLayersUpdatesSeedsRowsAndUnitsAreIndependent() {
        for (double p : new double[] {0.1, 0.5}) {
            double[][] mask = mask(p, 42, 3, 0, 0);
            independent(p, mask, mask(p, 43, 3, 0, 0), "the next seed");
            independent(p, mask, mask(p, 42, 4, 0, 0), "the next update");
            independent(p, mask, mask(p, 42, 3, 1, 0), "the next layer");
            for (int distance : new int[] {1, 2, 3, 4, 8}) {
                independent(p, mask, mask(p, 42, 3, 0, distance), distance + " rows on");
            }
            independent(p, mask, mask(p, 42, 3, 0, 1L << 34), "2³⁴ rows on");
            double[][] shifted = mask.clone();
            for (int r = 0; r < ROWS; r++) {
                shifted[r] = new double[UNITS];
                System.arraycopy(mask[r], 1, shifted[r], 0, UNITS - 1);
                shifted[r][UNITS - 1] = mask[r][0];
            }
            independent(p, mask, shifted, "the next unit");
        }
    }

    private static void independent(double p, double[][] a, double[][] b, String what) {
        double sum = 0;
        for (int r = 0; r < ROWS; r++) {
            for (int j = 0; j < UNITS; j++) {
                sum += (a[r][j] - p) * (b[r][j] - p);
            }
        }
        double correlation = sum / COUNT / (p * (1 - p));
        assertTrue(Math.abs(correlation) < FAR / Math.sqrt(COUNT), what + ", p " + p + ": " + correlation);
    }

    /** 1 where an element is dropped. */
    private static double[][] mask(double p, long seed, long update, int layer, long firstRow) {
        try (Backend backend = Backends.select("cpu")) {
            DeviceArray array = backend.allocate(ROWS * UNITS);
            Matrix m = Matrix.of(array, ROWS, UNITS);
            backend.fill(m, 1f);
            backend.dropout(new Dropout(p, seed, layer), update, firstRow, m, m);
            float[] host = new float[ROWS * UNITS];
            backend.download(array, 0, host, 0, host.length);
            double[][] mask = new double[ROWS][UNITS];
            for (int i = 0; i < host.length; i++) {
                mask[i / UNITS][i % UNITS] = host[i] == 0 ? 1 : 0;
            }
            return mask;
        }
    }

    private static double mean(double[][] values) {
        double sum = 0;
        for (double[] row : values) {
            sum += sum(row);
        }
        return sum / values.length / values[0].length;
    }

    private static double varianceOfSums(double[][] values) {
        double mean = mean(values) * values[0].length;
        double squares = 0;
        for (double[] row : values) {
            squares += (sum(row) - mean) * (sum(row) - mean);
        }
        return squares / (values.length - 1);
    }

    private static double sum(double[] row) {
        double sum = 0;
        for (double v : row) {
            sum += v;
        }
        return sum;
    }

    private static double[][] transposed(double[][] values) {
        double[][] other = new double[values[0].length][values.length];
        for (int r = 0; r < values.length; r++) {
            for (int j = 0; j < other.length; j++) {
                other[j][r] = values[r][j];
            }
        }
        return other;
    }
}
