package org.bptt4j.benchmarks;

import java.util.Arrays;
import java.util.Map;

/**
 * One contender on one configuration.
 *
 * @param flop of one call
 * @param ms median milliseconds of each round
 * @param sums of each result of the last round, by name
 * @param figures the contender's own, of the last round
 */
record Row(
        String config,
        String contender,
        int threads,
        double flop,
        double[] ms,
        Map<String, Sums> sums,
        Map<String, Double> figures) {
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
