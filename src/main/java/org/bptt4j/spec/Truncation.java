package org.bptt4j.spec;

/**
 * Truncated backpropagation through time, BPTT(k1, k2) (Williams and Peng 1990; Sutskever 2013).
 *
 * <p>The forward sweep runs in segments of k1 steps, each followed by a backward sweep of that segment's own loss in which
 * every hidden state k2 or more steps before the segment's end is a constant.
 *
 * @param k1 steps between two backward sweeps, ≥ 1; k1 ≥ T is full backpropagation
 * @param k2 steps that a backward sweep reaches back, ≥ 1
 */
public record Truncation(int k1, int k2) {
    /** Full backpropagation through time. */
    public static final Truncation NONE = new Truncation(Integer.MAX_VALUE, Integer.MAX_VALUE);

    public Truncation {
        if (k1 < 1 || k2 < 1) {
            throw new IllegalArgumentException(
                    "truncation (k1, k2) = (" + k1 + ", " + k2 + "): both must be at least 1");
        }
    }

    /** Segments of k steps, each with the gradient of its own steps only: k1 = k2 = k. */
    public static Truncation every(int k) {
        return new Truncation(k, k);
    }

    /** Whether an unrolled sequence of {@code steps} is swept back whole. */
    public boolean isFullFor(int steps) {
        return k1 >= steps && k2 >= steps;
    }
}
