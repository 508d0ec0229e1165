package org.bptt4j.backend;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.bptt4j.Bits;
import org.bptt4j.spec.Cell;
import org.junit.jupiter.api.Test;

/** The two recurrent sweeps against the recursion written down in double. */
interface SweepContract extends Contract {
    List<Integer> HIDDEN = List.of(1, 2, 3, 7, 8, 9, 15, 16, 17, 31, 33, 65);

    @Test
    @Covers({"recurrentForward", "recurrentBackward"})
    default void sweepsFollowTheRecursion() {
        for (Cell cell : cells()) {
            for (int hidden : HIDDEN) {
                for (int batch : new int[] {1, 3, 4, 5, 9}) {
                    new Sweep(this, cell, 1, batch, hidden).check();
                    new Sweep(this, cell, 6, batch, hidden).check();
                }
            }
            new Sweep(this, cell, 7, 33, 40).check();
        }
    }

    @Test
    @Covers({"recurrentForward", "recurrentBackward"})
    default void rangesGiveTheBitsOfOneSweep() {
        for (Cell cell : cells()) {
            for (int hidden : new int[] {5, 16, 33}) {
                Sweep sweep = new Sweep(this, cell, 9, 7, hidden);
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
    @Covers("recurrentForward")
    default void rowsAreZeroFromTheirLengthOn() {
        for (Cell cell : cells()) {
            Sweep sweep = new Sweep(this, cell, 6, 4, 17);
            sweep.end(3, 6, 1, 5);
            sweep.check();
            sweep.upload();
            // firstStep is what counts: the second range knows that rows have ended before it.
            sweep.forward(0, 4);
            sweep.forward(4, 6);
            sweep.checkStates();
        }
    }

    @Test
    @Covers({"recurrentForward", "recurrentBackward"})
    default void rowsThatHaveEndedPassOnlyWhatArrivesAtC() {
        for (Cell cell : cells()) {
            Sweep sweep = new Sweep(this, cell, 6, 4, 17);
            sweep.end(3, 6, 0, 5);
            sweep.nothingArrivesAfterTheEnd();
            sweep.run(0, 4, 6);
            for (int b : new int[] {0, 2, 3}) {
                for (int t = new int[] {3, 6, 0, 5}[b]; t < 6; t++) {
                    assertZeros(sweep.dGates()[t * 4 + b]);
                    assertZeros(sweep.dProducts()[t * 4 + b]);
                }
            }
            if (cell.hasCellState()) {
                assertArrayEquals(sweep.cellCarryIn()[2], sweep.cellCarry()[2]);
            }
        }
    }

    private static void assertZeros(float[] row) {
        for (float value : row) {
            assertEquals(0f, value, 0f);
        }
    }

    @Test
    @Covers({"recurrentForward", "recurrentBackward"})
    default void noStepsLeaveEverythingAsItIs() {
        for (Cell cell : cells()) {
            Sweep sweep = new Sweep(this, cell, 3, 2, 5);
            float[][][] before = sweep.contents();
            float[][][] after = sweep.results(2, 2);
            for (int i = 0; i < before.length; i++) {
                Bits.assertSame(before[i], after[i]);
            }
        }
    }
}
