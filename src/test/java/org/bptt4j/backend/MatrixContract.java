package org.bptt4j.backend;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Fills, copies, gathers and products. */
interface MatrixContract extends Contract {
    List<Integer> SIZES = List.of(1, 2, 3, 7, 8, 9, 15, 16, 17, 31, 32, 33, 67);

    @Test
    @Covers({"fill", "copy", "fillRows"})
    default void fillsAndCopiesWriteTheViewAndNothingElse() {
        for (int cols : SIZES) {
            for (int rows : new int[] {0, 1, 5, 1500}) {
                float[][] values = kit().random(rows, cols);
                Matrix to = kit().randomMatrix(rows, cols);
                backend().copy(kit().matrix(values, cols), to);
                assertArrayEquals(values, kit().read(to));
                float[][] row = kit().random(1, cols);
                backend().fillRows(kit().matrix(row), to);
                for (float[] actual : kit().read(to)) {
                    assertArrayEquals(row[0], actual);
                }
                backend().fill(to, -0.5f);
                for (float[] actual : kit().read(to)) {
                    for (float v : actual) {
                        assertArrayEquals(new float[] {-0.5f}, new float[] {v});
                    }
                }
            }
        }
    }

    @Test
    @Covers({"gatherRows", "scatterRows"})
    default void rowsAreGatheredAndScattered() {
        for (int cols : SIZES) {
            int[] rows = {4, 0, 6, 3};
            float[][] from = kit().random(7, cols);
            Matrix gathered = kit().randomMatrix(rows.length, cols);
            backend().gatherRows(kit().ints(rows), kit().matrix(from), gathered);
            float[][] sum = kit().random(7, cols);
            Matrix to = kit().matrix(sum);
            backend().scatterRows(kit().ints(rows), gathered, to);
            float[][] actual = kit().read(gathered);
            for (int i = 0; i < rows.length; i++) {
                assertArrayEquals(from[rows[i]], actual[i]);
                for (int j = 0; j < cols; j++) {
                    sum[rows[i]][j] += from[rows[i]][j];
                }
            }
            assertArrayEquals(sum, kit().read(to));
        }
    }

    @Test
    @Covers("gatherColumns")
    default void columnsAreGathered() {
        for (int n : SIZES) {
            for (int symbols : new int[] {1, 2, 9, 16, 33}) {
                float[][] weight = kit().random(n, symbols);
                int[] ids = kit().random.ints(11, 0, symbols).toArray();
                Matrix to = kit().randomMatrix(ids.length, n);
                backend().gatherColumns(kit().ints(ids), kit().matrix(weight), to);
                float[][] actual = kit().read(to);
                for (int r = 0; r < ids.length; r++) {
                    for (int j = 0; j < n; j++) {
                        assertArrayEquals(new float[] {weight[j][ids[r]]}, new float[] {actual[r][j]});
                    }
                }
            }
        }
    }

    @Test
    @Covers("gemm")
    default void productsOfManySmallShapes() {
        for (int m : new int[] {1, 4, 5, 9, 17}) {
            for (int n : SIZES) {
                for (int k : new int[] {1, 5, 33}) {
                    product(m, n, k);
                }
            }
        }
    }

    /** Longer than the blocks into which products are cut, and large enough for several threads. */
    @Test
    @Covers("gemm")
    default void productsOfLargeShapes() {
        product(129, 67, 257);
        product(65, 131, 300);
        product(260, 70, 300);
        product(2, 523, 401);
        product(523, 2, 401);
    }

    private void product(int m, int n, int k) {
        for (Transpose ta : Transpose.values()) {
            for (Transpose tb : Transpose.values()) {
                float[][] a = ta == Transpose.NO ? kit().random(m, k) : kit().random(k, m);
                float[][] b = tb == Transpose.NO ? kit().random(k, n) : kit().random(n, k);
                float[][] c = kit().random(m, n);
                Sums fresh = new Sums(m, n);
                Sums added = new Sums(m, n);
                added.add(c);
                for (int i = 0; i < m; i++) {
                    for (int j = 0; j < n; j++) {
                        for (int q = 0; q < k; q++) {
                            double term = (double) (ta == Transpose.NO ? a[i][q] : a[q][i])
                                    * (tb == Transpose.NO ? b[q][j] : b[j][q]);
                            fresh.add(i, j, term);
                            added.add(i, j, term);
                        }
                    }
                }
                Matrix am = kit().matrix(a);
                Matrix bm = kit().matrix(b);
                Matrix cm = kit().matrix(c);
                String what = "A" + (ta == Transpose.NO ? "" : "ᵀ") + "·B" + (tb == Transpose.NO ? "" : "ᵀ") + " of "
                        + m + "×" + k + "×" + n;
                backend().gemm(ta, am, tb, bm, true, cm);
                added.check(kit().read(cm), operandError(), what + " added");
                // What was there must not matter, not even NaN.
                backend().fill(cm, Float.NaN);
                backend().gemm(ta, am, tb, bm, false, cm);
                fresh.check(kit().read(cm), operandError(), what);
            }
        }
    }

    @Test
    default void productsWithoutRowsOrTermsAreZero() {
        Matrix none = kit().matrix(new float[0][], 3);
        Matrix c = kit().randomMatrix(3, 4);
        backend().gemm(Transpose.YES, none, Transpose.NO, kit().matrix(new float[0][], 4), false, c);
        assertArrayEquals(new float[3][4], kit().read(c));
        Matrix empty = kit().matrix(new float[0][], 5);
        backend().gemm(Transpose.NO, none, Transpose.NO, kit().randomMatrix(3, 5), false, empty);
        assertArrayEquals(new float[0][], kit().read(empty));
    }
}
