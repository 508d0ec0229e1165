package org.bptt4j.benchmarks;

import java.util.Arrays;

/**
 * One contender on one configuration.
 *
 * @param flop of one call
 * @param ms median milliseconds of each round
 */
record Row(String config, String contender, int threads, double flop, double[] ms) {
    double median() {
        return median(ms);
    }

    double gflops() {
        return flop / median() / 1e6;
    }

    static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
    }
}
