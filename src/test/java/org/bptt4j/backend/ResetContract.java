package org.bptt4j.backend;

import org.bptt4j.Bits;
import org.bptt4j.spec.Cell;
import org.junit.jupiter.api.Test;

/** Sweeps in which rows begin anew in the middle. */
interface ResetContract extends Contract {
    @Test
    @Covers({"recurrentForward", "recurrentBackward"})
    default void rowsBeginAnewWhereTheyAreTold() {
        for (Cell cell : cells()) {
            for (int hidden : new int[] {1, 5, 16, 33, 65}) {
                for (int batch : new int[] {1, 4, 7}) {
                    for (Pattern pattern : Pattern.values()) {
                        Sweep sweep = new Sweep(this, cell, 6, batch, hidden);
                        sweep.reset(pattern.mask(kit(), 6, batch));
                        sweep.check();
                    }
                }
            }
            Sweep large = new Sweep(this, cell, 7, 33, 40);
            large.reset(Pattern.SOME.mask(kit(), 7, 33));
            large.check();
        }
    }

    @Test
    @Covers({"recurrentForward", "recurrentBackward"})
    default void resetsInRangesGiveTheBitsOfOneSweep() {
        for (Cell cell : cells()) {
            for (int hidden : new int[] {5, 16, 33}) {
                Sweep sweep = new Sweep(this, cell, 9, 7, hidden);
                sweep.reset(Pattern.SOME.mask(kit(), 9, 7));
                float[][][] whole = sweep.results(0, 9);
                sweep.upload();
                float[][][] cut = sweep.results(0, 1, 5, 8, 9);
                for (int i = 0; i < whole.length; i++) {
                    Bits.assertSame(whole[i], cut[i]);
                }
            }
        }
    }

    @Test
    @Covers({"recurrentForward", "recurrentBackward"})
    default void aMaskOfZerosChangesNoBit() {
        for (Cell cell : cells()) {
            Sweep sweep = new Sweep(this, cell, 6, 5, 33);
            float[][][] without = sweep.results(0, 6);
            sweep.upload();
            sweep.reset(new int[6 * 5]);
            float[][][] with = sweep.results(0, 6);
            for (int i = 0; i < with.length; i++) {
                Bits.assertSame(without[i], with[i]);
            }
        }
    }

    /** Numbers that are not finite in h_0 or in A of a later step, and a reset before, with, right behind and far behind them. */
    @Test
    @Covers({"recurrentForward", "recurrentBackward"})
    default void nothingCrossesAResetEvenIfItIsNotFinite() {
        for (Cell cell : cells()) {
            for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
                for (int batch : new int[] {1, 5}) {
                    for (int at = 0; at <= 4; at++) {
                        Sweep sweep = new Sweep(this, cell, 5, batch, 17);
                        int[] mask = new int[5 * batch];
                        mask[batch / 2] = 1;
                        mask[3 * batch + batch / 2] = 1;
                        sweep.reset(mask);
                        sweep.put(at * batch + batch / 2, bad);
                        sweep.check();
                    }
                }
            }
        }
    }

    @Test
    @Covers("recurrentForward")
    default void resetsAndLengthsGoTogether() {
        for (Cell cell : cells()) {
            Sweep sweep = new Sweep(this, cell, 6, 4, 17);
            sweep.end(3, 6, 1, 5);
            sweep.reset(Pattern.SOME.mask(kit(), 6, 4));
            sweep.check();
        }
    }

    @Test
    @Covers("maskRows")
    default void maskedRowsBecomeZeros() {
        for (int cols : MatrixContract.SIZES) {
            for (int rows : new int[] {1, 9, 40}) {
                float[][] from = kit().random(rows, cols);
                int[] mask = kit().random.ints(rows, -1, 2).toArray();
                from[rows / 2][cols - 1] = Float.NaN;
                mask[rows / 2] = 1;
                Matrix to = kit().randomMatrix(rows, cols);
                backend().maskRows(kit().ints(mask), kit().matrix(from), to);
                for (int r = 0; r < rows; r++) {
                    from[r] = mask[r] == 0 ? from[r] : new float[cols];
                }
                Bits.assertSame(from, kit().read(to));
            }
        }
    }

    /** Where rows begin anew. */
    enum Pattern {
        FIRST_STEP,
        LAST_STEP,
        ALL,
        ONE_ROW,
        SOME;

        /** [S·B], any number but 0 where rows begin anew. */
        int[] mask(Kit kit, int steps, int batch) {
            int[] mask = new int[steps * batch];
            for (int i = 0; i < mask.length; i++) {
                boolean anew = switch (this) {
                    case FIRST_STEP -> i < batch;
                    case LAST_STEP -> i >= mask.length - batch;
                    case ALL -> true;
                    case ONE_ROW -> i % batch == batch / 2 && i / batch % 2 == 1;
                    case SOME -> kit.random.nextInt(3) == 0;
                };
                mask[i] = anew ? kit.random.nextBoolean() ? 1 : -7 : 0;
            }
            return mask;
        }
    }
}
