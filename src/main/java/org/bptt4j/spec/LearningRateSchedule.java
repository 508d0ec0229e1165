package org.bptt4j.spec;

/** The learning rate as a multiple of the optimiser's own, by the number of updates done so far. */
@FunctionalInterface
public interface LearningRateSchedule {
    /** Always the optimiser's own rate. */
    LearningRateSchedule CONSTANT = update -> 1;

    /**
     * The factor for the next update.
     *
     * @param update updates done so far, from 0
     */
    double factor(long update);

    /** From 1 down to 0 over {@code updates} along half a cosine: (1 + cos(π·update/updates))/2; 0 afterwards. */
    static LearningRateSchedule cosine(long updates) {
        requirePositive(updates, "updates");
        return update -> (1 + Math.cos(Math.PI * Math.min(update, updates) / updates)) / 2;
    }

    /** Multiplied by {@code gamma} after every {@code updates} updates: gamma^⌊update/updates⌋. */
    static LearningRateSchedule step(long updates, double gamma) {
        requirePositive(updates, "updates");
        if (!(gamma > 0) || !Double.isFinite(gamma)) {
            throw new IllegalArgumentException("gamma " + gamma + ": must be finite and above 0");
        }
        return update -> Math.pow(gamma, (double) Math.floorDiv(update, updates));
    }

    private static void requirePositive(long value, String name) {
        if (value < 1) {
            throw new IllegalArgumentException(name + " " + value + ": must be at least 1");
        }
    }
}
