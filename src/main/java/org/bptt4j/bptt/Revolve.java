package org.bptt4j.bptt;

import java.util.Arrays;

/**
 * Sweeping n pieces of a sequence back with memory for the states of one piece and s checkpoints: the schedule with the fewest
 * forward sweeps (Griewank and Walther, "Algorithm 799: Revolve", ACM TOMS 26, 2000; in steps of a recurrent network: Gruslys et
 * al., "Memory-efficient backpropagation through time", 2016).
 *
 * <p>With β(s, r) = (s + r)! / (s!·r!), and r such that β(s, r − 1) &lt; n ≤ β(s, r), the fewest sweeps beside the one that each
 * piece needs right before it is swept back are t(n, s) = r·n − β(s + 1, r − 1). For n ≤ s + 1 that is n − 1: the two-level
 * schedule (√T), in which every piece but the last is swept forward twice.
 */
final class Revolve {
    /** What is done next; the piece or the checkpoint it is done to stands beside it. */
    enum Action {
        /** Sweep a piece forward from the state that is there; its states stay until the next sweep. */
        SWEEP,
        /** Keep the state that is there as a checkpoint. */
        STORE,
        /** Continue from a checkpoint. */
        LOAD,
        /** Sweep back the piece that was swept forward last. */
        BACK
    }

    private static final Action[] ACTIONS = Action.values();

    private int[] coded = new int[64];
    private int length;
    private long sweeps;

    /**
     * The schedule for n pieces.
     *
     * @param pieces n ≥ 1
     * @param checkpoints s ≥ 1; number 0 holds the state before the first piece from the start on
     */
    Revolve(int pieces, int checkpoints) {
        int most = Math.min(checkpoints, pieces);
        // Checkpoint k holds the state before piece from[k]; behind it the pieces up to end[k] are still to be swept
        // back.
        int[] from = new int[most];
        int[] end = new int[most];
        end[0] = pieces;
        boolean there = true;
        int k = 0;
        while (k >= 0) {
            if (!there) {
                add(Action.LOAD, k);
            }
            int n = end[k] - from[k];
            boolean last = k == most - 1;
            int middle = from[k] + (n == 1 || last ? n - 1 : split(n, checkpoints - k));
            for (int p = from[k]; p < middle; p++) {
                add(Action.SWEEP, p);
            }
            there = n > 1 && !last;
            if (there) {
                add(Action.STORE, k + 1);
                from[k + 1] = middle;
                end[k + 1] = end[k];
            } else {
                add(Action.SWEEP, middle);
                add(Action.BACK, middle);
            }
            end[k] = middle;
            if (there) {
                k++;
            }
            while (k >= 0 && end[k] == from[k]) {
                k--;
            }
        }
    }

    private Revolve() {}

    /** Every piece once, and none back but the last: for those who only want to sweep forward. */
    static Revolve forward(int pieces) {
        Revolve schedule = new Revolve();
        for (int p = 0; p < pieces; p++) {
            schedule.add(Action.SWEEP, p);
        }
        schedule.add(Action.BACK, pieces - 1);
        return schedule;
    }

    private void add(Action action, int which) {
        if (length == coded.length) {
            coded = Arrays.copyOf(coded, 2 * length);
        }
        coded[length++] = which * ACTIONS.length + action.ordinal();
        sweeps += action == Action.SWEEP ? 1 : 0;
    }

    /** Number of actions. */
    int length() {
        return length;
    }

    Action action(int i) {
        return ACTIONS[coded[i] % ACTIONS.length];
    }

    /** The piece, or the checkpoint, of action {@code i}. */
    int which(int i) {
        return coded[i] / ACTIONS.length;
    }

    /** Forward sweeps of a piece, all together: n + t(n, s). */
    long sweeps() {
        return sweeps;
    }

    /** Pieces between a checkpoint and the next: any number that leaves both parts within the bounds of β is optimal. */
    private static int split(int n, int s) {
        int r = repetitions(n, s);
        return (int) Math.max(1, Math.max(beta(s, r - 2), n - beta(s - 1, r)));
    }

    /** r: how often the piece that is swept forward most often is, beside the sweep right before its backward sweep. */
    static int repetitions(int n, int s) {
        int r = s == 1 ? n - 1 : 0;
        while (beta(s, r) < n) {
            r++;
        }
        return r;
    }

    /** t(n, s). */
    static long extraSweeps(int n, int s) {
        int r = repetitions(n, s);
        return (long) r * n - beta(s + 1, r - 1);
    }

    /** (s + r)! / (s!·r!), no larger than the largest number of pieces needs; 0 for r &lt; 0. */
    private static long beta(int s, int r) {
        if (r < 0) {
            return 0;
        }
        long value = 1;
        for (int i = 1; i <= Math.min(s, r); i++) {
            int factor = Math.max(s, r) + i;
            if (value > MOST / factor) {
                return MOST;
            }
            value = value * factor / i;
        }
        return value;
    }

    private static final long MOST = 1L << 62;
}
