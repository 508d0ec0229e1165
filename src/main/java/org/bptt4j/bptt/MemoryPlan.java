package org.bptt4j.bptt;

import static org.bptt4j.spec.Sizes.product;
import static org.bptt4j.spec.Sizes.sum;

import java.util.List;
import java.util.Locale;
import org.bptt4j.spec.Count;

/**
 * How one batch is unrolled in the memory there is. What grows with the batch (states, their gradients, input, targets, outputs)
 * is on the device for one window of steps at a time; from a state before a window, a checkpoint, the window can be swept again.
 *
 * <pre>
 * whole      one window of all T steps
 * segments   truncated: a window of several segments, and the k2 − k1 steps before them that the backward sweep reaches
 * pieces     a segment in several windows: {@link Revolve} says when each is swept again
 * </pre>
 *
 * @param steps T
 * @param segments of truncation; 1 without
 * @param budget bytes that were allowed, or {@link #UNLIMITED}
 * @param bytes that the plan takes, of all that grows with the batch
 * @param wholeBytes the same without a budget
 * @param window steps of the longest window
 * @param kept steps of the window before that stay for the next
 * @param pieces windows of the longest segment; 1 if segments are not cut
 * @param checkpoints states to continue from, beside the one before each segment
 * @param sweptSteps steps that are swept forward for one backward sweep, those that are swept again included
 */
public record MemoryPlan(
        int steps,
        int segments,
        long budget,
        long bytes,
        long wholeBytes,
        int window,
        int kept,
        int pieces,
        int checkpoints,
        long sweptSteps) {
    /** Forward sweeps of windows in one schedule, at most: more would take longer than anybody waits, and memory of their own. */
    private static final long MOST_SWEEPS = 10_000_000;

    /** No budget. */
    public static final long UNLIMITED = Long.MAX_VALUE;

    /**
     * Bytes of the things that a plan is about.
     *
     * @param state of one state of all rows and layers [L·B, H]
     * @param windowStep for each step of a window
     * @param stretchStep for each step of a stretch
     * @param stretch steps that go through all operations together, at most
     * @param fixed whatever the plan
     */
    record Sizes(long state, long windowStep, long stretchStep, int stretch, long fixed) {
        /** With more of each. */
        Sizes plus(long moreWindowStep, long moreStretchStep, long moreFixed) {
            return new Sizes(
                    state,
                    sum(windowStep, moreWindowStep),
                    sum(stretchStep, moreStretchStep),
                    stretch,
                    sum(fixed, moreFixed));
        }

        /** Of a window, {@code states} states beside it, and the state before it. */
        private long bytes(long window, long states) {
            long steps = sum(product(window, windowStep), product(Math.min(window, stretch), stretchStep));
            return sum(sum(fixed, steps), product(sum(states, 1), state));
        }
    }

    /** Whether everything is on the device at once. */
    public boolean isWhole() {
        return window >= steps && pieces == 1;
    }

    /** How often a step is swept forward, on average: 1 if none is swept again. */
    public double recomputation() {
        return (double) sweptSteps / steps;
    }

    /** For people: windows, checkpoints, bytes and the price. */
    @Override
    public String toString() {
        String cut = segments == 1 ? "" : segments + " segments, ";
        String of = budget == UNLIMITED ? "" : " of " + text(budget);
        if (isWhole()) {
            return cut + "all " + Count.of(steps, "step") + " at once, " + text(bytes) + of;
        }
        String windows = pieces == 1
                ? "windows of " + Count.of(window, "step")
                        + (kept > 0 ? ", " + kept + " of them kept from the one before" : "")
                : (segments == 1 ? "" : "each in ") + pieces + " windows of " + Count.of(window, "step") + ", "
                        + Count.of(checkpoints, "checkpoint");
        return String.format(
                Locale.ROOT,
                "%s%s, %s%s (all at once: %s), each step swept forward %.2f times",
                cut,
                windows,
                text(bytes),
                of,
                text(wholeBytes),
                recomputation());
    }

    /** A number of bytes for people. */
    public static String text(long bytes) {
        String[] units = {"bytes", "KiB", "MiB", "GiB", "TiB"};
        int unit = 0;
        double value = bytes;
        while (value >= 1024 && unit < units.length - 1) {
            value /= 1024;
            unit++;
        }
        return String.format(Locale.ROOT, unit == 0 ? "%.0f %s" : "%.1f %s", value, units[unit]);
    }

    /**
     * The plan with the fewest swept steps that stays within the budget.
     *
     * @throws IllegalArgumentException if none does; says the least that would
     */
    static MemoryPlan of(Sizes sizes, List<Segment> list, long budget) {
        int segments = list.size();
        int segment = list.get(0).steps();
        int steps = list.get(segments - 1).end();
        int kept = Math.max(
                0, list.stream().mapToInt(s -> s.start() - s.reach()).max().orElse(0));
        long whole = sizes.bytes(steps, 0);
        if (whole <= budget) { // what cannot be counted is as much as no budget: the allocation fails
            return new MemoryPlan(steps, segments, budget, whole, whole, steps, 0, 1, 0, steps);
        }
        int many = segmentsThatFit(sizes, segment, segments, kept, budget);
        if (segments > 1 && many >= 1) {
            int window = kept + many * segment;
            long bytes = sizes.bytes(window, segments);
            return new MemoryPlan(steps, segments, budget, bytes, whole, window, kept, 1, 0, steps);
        }
        if (kept > 0) {
            String reason = "; the states of a segment of " + segment + " steps and of " + kept
                    + " steps before it, which its gradient reaches, must be there together";
            throw tooSmall(budget, sizes.bytes((long) kept + segment, segments), reason);
        }
        MemoryPlan best = null;
        for (int pieces = 1; pieces > 0 && pieces <= segment; pieces = nextPieces(pieces, segment)) {
            MemoryPlan plan = pieces(sizes, steps, segment, segments, pieces, budget, whole);
            if (plan != null && (best == null || plan.sweptSteps < best.sweptSteps)) {
                best = plan;
            }
        }
        if (best == null) {
            throw tooSmall(sizes, segment, segments, budget);
        }
        return best;
    }

    /**
     * The plan for a forward sweep that no backward sweep follows: windows of at most {@code longest} steps, none swept again.
     *
     * @throws IllegalArgumentException if not even one step fits into the budget
     */
    static MemoryPlan forward(Sizes sizes, int steps, int longest, long budget) {
        long whole = sizes.bytes(steps, 0);
        int window = Math.min(steps, longest);
        if (window < steps || whole > budget) {
            window = longestWindow(sizes, Math.min(window, steps - 1), budget);
        }
        long bytes = window == steps ? whole : sizes.bytes(window, 1);
        if (bytes > budget) {
            throw tooSmall(budget, bytes, "");
        }
        return new MemoryPlan(steps, 1, budget, bytes, whole, window, 0, ceilDiv(steps, window), 0, steps);
    }

    /**
     * The plan for layers that go through the steps in both directions: all of them at once.
     *
     * @throws IllegalArgumentException if they do not fit into the budget
     */
    static MemoryPlan atOnce(Sizes sizes, int steps, long budget) {
        long whole = sizes.bytes(steps, 0);
        if (whole > budget) {
            throw tooSmall(
                    budget, whole, ": a bidirectional network has all steps of a sequence on the device together");
        }
        return new MemoryPlan(steps, 1, budget, whole, whole, steps, 0, 1, 0, steps);
    }

    /** The longest window, of {@code most} steps at most, that fits beside one state; 1 if none does. */
    private static int longestWindow(Sizes sizes, int most, long budget) {
        int fit = 1;
        for (int step = Integer.highestOneBit(Math.max(1, most)); step > 0; step /= 2) {
            if (fit + step <= most && sizes.bytes(fit + step, 1) <= budget) {
                fit += step;
            }
        }
        return fit;
    }

    /** How many segments a window can have beside the steps it keeps, 0 if not one. */
    private static int segmentsThatFit(Sizes sizes, int segment, int segments, int kept, long budget) {
        int fit = 0;
        for (int step = Integer.highestOneBit(segments); step > 0; step /= 2) {
            int more = fit + step;
            if (more <= segments && sizes.bytes(kept + (long) more * segment, segments) <= budget) {
                fit = more;
            }
        }
        return fit;
    }

    /** The next number of pieces that makes them shorter, or -1 if they are of one step. */
    private static int nextPieces(int pieces, int segment) {
        int window = ceilDiv(segment, pieces);
        return window == 1 ? -1 : Math.max(pieces + 1, ceilDiv(segment, window - 1));
    }

    private static int ceilDiv(int n, int by) {
        return (n - 1) / by + 1;
    }

    /** The plan with so many windows for a segment, with all checkpoints that there is room for; null if there is none. */
    private static MemoryPlan pieces(
            Sizes sizes, int steps, int segment, int segments, int pieces, long budget, long whole) {
        int window = ceilDiv(segment, pieces);
        long room = budget - sizes.bytes(window, segments);
        if (room < 0) {
            return null;
        }
        int checkpoints = (int) Math.min(pieces - 1, room / sizes.state);
        long again = Revolve.extraSweeps(pieces, checkpoints + 1);
        if (pieces + again > MOST_SWEEPS) {
            return null;
        }
        long bytes = sizes.bytes(window, (long) segments + checkpoints);
        // Pieces of one length but the first, which is the one that is swept most often.
        long swept = Math.round(steps * (1 + again / (double) pieces));
        return new MemoryPlan(steps, segments, budget, bytes, whole, window, 0, pieces, checkpoints, swept);
    }

    /** For segments that are cut into windows: with the fewest bytes that any plan takes, and what it costs. */
    private static IllegalArgumentException tooSmall(Sizes sizes, int segment, int segments, long budget) {
        long least = Long.MAX_VALUE;
        double cost = 0;
        for (int pieces = 1; pieces > 0 && pieces <= segment; pieces = nextPieces(pieces, segment)) {
            int states = fewestStates(pieces);
            long bytes = sizes.bytes(ceilDiv(segment, pieces), (long) segments + states - 1);
            if (bytes < least) {
                least = bytes;
                cost = 1 + Revolve.extraSweeps(pieces, states) / (double) pieces;
            }
        }
        String price = String.format(Locale.ROOT, ", at the price of sweeping each step forward %.1f times", cost);
        return tooSmall(budget, least, price);
    }

    /** The fewest states to continue from with which a schedule is not too long. */
    private static int fewestStates(int pieces) {
        int states = 1;
        while (pieces + Revolve.extraSweeps(pieces, states) > MOST_SWEEPS) {
            states++;
        }
        return states;
    }

    private static IllegalArgumentException tooSmall(long budget, long least, String more) {
        return new IllegalArgumentException("a memory budget of " + bytes(budget)
                + " is too small for this batch: at least " + bytes(least) + " are needed" + more);
    }

    private static String bytes(long number) {
        String exact = number + (number == 1 ? " byte" : " bytes");
        return number < 1024 ? exact : exact + " (" + text(number) + ")";
    }
}
