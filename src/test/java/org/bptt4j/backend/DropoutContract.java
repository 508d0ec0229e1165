package org.bptt4j.backend;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

/** Dropout, to the bit, against {@link PhiloxReference}. */
interface DropoutContract extends Contract {
    /** Within and across the groups of four rows, across 32 and 34 bits, and as far as numbers go. */
    long[] FIRST_ROWS = {0, 1, 2, 3, 4, 4093, (1L << 32) - 2, (1L << 34) - 3, Long.MAX_VALUE - 40};

    @Test
    @Covers("dropout")
    default void elementsAreDroppedAsTheReferenceSays() {
        int update = 1;
        for (int cols : MatrixContract.SIZES) {
            for (int rows : new int[] {0, 1, 3, 4, 5, 11}) {
                long firstRow = FIRST_ROWS[update % FIRST_ROWS.length];
                Dropout dropout = new Dropout(0.05 + 0.1 * (update % 10), -1L - update, update % 3);
                float[][] values = kit().random(rows, cols);
                Matrix from = kit().matrix(values, cols);
                Matrix to = kit().randomMatrix(rows, cols);
                backend().dropout(dropout, update, firstRow, from, to);
                float[][] expected = expected(dropout, update, firstRow, values);
                assertArrayEquals(expected, kit().read(to));
                assertArrayEquals(values, kit().read(from));
                backend().dropout(dropout, update, firstRow, from, from);
                assertArrayEquals(expected, kit().read(from), "in place");
                update++;
            }
        }
    }

    /** Large enough for several threads, which cut rows where they like; and cut into ranges by the caller. */
    @Test
    @Covers("dropout")
    default void rangesOfRowsHaveTheMaskOfTheWhole() {
        Dropout dropout = new Dropout(0.3, 7, 1);
        float[][] values = kit().random(1001, 67);
        Matrix from = kit().matrix(values);
        Matrix whole = kit().randomMatrix(1001, 67);
        backend().dropout(dropout, 5, 3, from, whole);
        float[][] expected = expected(dropout, 5, 3, values);
        assertArrayEquals(expected, kit().read(whole));
        Matrix parts = kit().randomMatrix(1001, 67);
        int[] cuts = {0, 1, 6, 9, 500, 502, 1001};
        for (int i = 1; i < cuts.length; i++) {
            int count = cuts[i] - cuts[i - 1];
            backend()
                    .dropout(
                            dropout,
                            5,
                            3L + cuts[i - 1],
                            from.rows(cuts[i - 1], count),
                            parts.rows(cuts[i - 1], count));
        }
        assertArrayEquals(expected, kit().read(parts));
    }

    /** The first vector of Random123's known answers: a counter and a key of zeros, which seed 0 and update 0 have. */
    @Test
    @Covers("dropout")
    default void numbersAreThoseOfThePublishedVector() {
        long[] numbers = {0x6627E8D5L, 0xE169C58DL, 0xBC57AC4CL, 0x9B00DBD8L};
        for (int row = 0; row < 4; row++) {
            for (int above = 0; above <= 1; above++) {
                double p = (numbers[row] + above) * 0x1p-32;
                Matrix m = kit().matrix(new float[][] {{1}, {1}, {1}, {1}});
                backend().dropout(new Dropout(p, 0, 0), 0, 0, m, m);
                assertEquals(above == 1, kit().read(m)[row][0] == 0, "row " + row + ", " + p);
            }
        }
    }

    @Test
    @Covers("dropout")
    default void whatIsDroppedIsZeroWhateverItWasAndWhatIsKeptKeepsItsKind() {
        Dropout dropout = new Dropout(0.5, 11, 0);
        float[] kinds = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, 0f, -0f, -1f, 3e38f};
        float[][] values = new float[17][35];
        for (int r = 0; r < values.length; r++) {
            for (int j = 0; j < values[r].length; j++) {
                values[r][j] = kinds[(r + j) % kinds.length];
            }
        }
        Matrix m = kit().matrix(values);
        backend().dropout(dropout, 1, 0, m, m);
        assertArrayEquals(expected(dropout, 1, 0, values), kit().read(m));
    }

    @Test
    @Covers("dropout")
    default void nothingAndNearlyEverythingCanBeDropped() {
        float[][] values = kit().random(9, 33);
        Matrix m = kit().matrix(values);
        backend().dropout(new Dropout(0, 1, 0), 1, 0, m, m);
        assertArrayEquals(values, kit().read(m));
        backend().dropout(new Dropout(Math.nextDown(1.0), 1, 0), 1, 0, m, m);
        assertArrayEquals(new float[9][33], kit().read(m));
    }

    @Test
    default void rowNumbersAndOverlapsThatCannotBeAreRefused() {
        Dropout dropout = new Dropout(0.5, 1, 0);
        Matrix m = kit().randomMatrix(6, 4);
        assertThrows(IllegalArgumentException.class, () -> backend().dropout(dropout, 1, -1, m, m));
        assertThrows(IllegalArgumentException.class, () -> backend().dropout(dropout, 1, Long.MAX_VALUE - 5, m, m));
        assertThrows(
                IllegalArgumentException.class, () -> backend().dropout(dropout, 1, 0, m.rows(0, 5), m.rows(1, 5)));
    }

    private static float[][] expected(Dropout dropout, long update, long firstRow, float[][] values) {
        float[][] expected = new float[values.length][];
        for (int r = 0; r < values.length; r++) {
            expected[r] = new float[values[r].length];
            for (int j = 0; j < expected[r].length; j++) {
                boolean dropped = PhiloxReference.number(dropout, update, firstRow + r, j)
                        < Math.floor(dropout.probability() * 0x1p32);
                expected[r][j] = dropped ? 0 : values[r][j] * (float) (1 / (1 - dropout.probability()));
            }
        }
        return expected;
    }
}
