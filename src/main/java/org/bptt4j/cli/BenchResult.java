package org.bptt4j.cli;

import org.bptt4j.backend.Counts;

/**
 * What one configuration took at one place.
 *
 * @param times null where they are withheld or there are none
 * @param counts of one repetition; null on the CPU, or where there are none
 * @param refusal why the place does not run the configuration, or null
 */
record BenchResult(BenchPlace place, BenchConfig config, Times times, Counts counts, String refusal) {
    /**
     * Of all repetitions, in milliseconds.
     *
     * @param ms the median
     * @param msMin the fastest
     */
    record Times(double ms, double msMin) {}

    /** Rate of the median, GFLOP/s. */
    double gflops() {
        return config.flop() / (times.ms * 1e6);
    }
}
