package org.bptt4j.bptt;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The schedule against the fewest sweeps there can be, and against what a machine with so much memory can do. */
class RevolveTest {
    private static final int PIECES = 130;
    private static final int CHECKPOINTS = 20;

    /** By trying every place for the next checkpoint: fewest[s][n] sweeps beside the last of each piece. */
    private static long[][] fewest() {
        long[][] t = new long[CHECKPOINTS + 1][PIECES + 1];
        for (int s = 1; s <= CHECKPOINTS; s++) {
            for (int n = 2; n <= PIECES; n++) {
                t[s][n] = Long.MAX_VALUE;
                for (int middle = s == 1 ? n - 1 : 1; middle < n; middle++) {
                    long behind = s == 1 ? 0 : t[s - 1][n - middle];
                    t[s][n] = Math.min(t[s][n], middle + behind + t[s][middle]);
                }
            }
        }
        return t;
    }

    @Test
    void sweepsAreTheFewestAndAsTheClosedFormSays() {
        long[][] fewest = fewest();
        for (int s = 1; s <= CHECKPOINTS; s++) {
            for (int n = 1; n <= PIECES; n++) {
                String what = n + " pieces, " + s + " checkpoints";
                assertEquals(fewest[s][n], Revolve.extraSweeps(n, s), what);
                assertEquals(n + fewest[s][n], new Revolve(n, s).sweeps(), what);
            }
        }
    }

    /** t(n, s) of Griewank and Walther, by hand: β(10, 2) = 66, β(10, 3) = 286, β(3, 10) = 286, β(1, r) = r + 1. */
    @ParameterizedTest
    @CsvSource({
        "1, 1, 0",
        "2, 1, 1",
        "100, 1, 4950",
        "11, 10, 10",
        "12, 10, 12",
        "66, 10, 120",
        "286, 10, 780",
        "286, 3, 2145",
        "1000000, 1000000, 999999"
    })
    void closedForm(int n, int s, long t) {
        assertEquals(t, Revolve.extraSweeps(n, s));
        assertEquals(n + t, new Revolve(n, s).sweeps());
    }

    /** Where the numbers pass 2⁴⁰. */
    @Test
    void closedFormOfVeryLongSequences() {
        assertEquals(2_000_000L * 1_999_999 / 2, Revolve.extraSweeps(2_000_000, 1));
        assertEquals(2_147_483_647L * 2_147_483_646 / 2, Revolve.extraSweeps(Integer.MAX_VALUE, 1));
    }

    @Test
    void everyPieceIsSweptBackOnceFromItsOwnStates() {
        for (int s : new int[] {1, 2, 3, 7, 40}) {
            for (int n : new int[] {1, 2, 3, 8, 31, 64, 127}) {
                run(new Revolve(n, s), n, s);
            }
        }
    }

    /** A machine whose states are the number of the piece that they come before. */
    private static void run(Revolve schedule, int n, int s) {
        int[] checkpoints = new int[s];
        int state = 0;
        int onTape = -1;
        int next = n - 1;
        for (int i = 0; i < schedule.length(); i++) {
            int which = schedule.which(i);
            switch (schedule.action(i)) {
                case SWEEP -> {
                    assertEquals(state, which, "a sweep goes on where the state is");
                    onTape = which;
                    state = which + 1;
                }
                case STORE -> {
                    assertTrue(which > 0, "number 0 is kept");
                    checkpoints[which] = state;
                }
                case LOAD -> state = checkpoints[which];
                case BACK -> {
                    assertEquals(next--, which);
                    assertEquals(which, onTape);
                }
            }
        }
        assertEquals(-1, next, "all pieces");
    }
}
