package org.bptt4j.benchmarks;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Runs the contenders of one family in turn, every measurement in a fresh JVM, for several rounds. Refuses to go on when a
 * contender's results differ from the first one's by more than 10⁻³.
 */
final class Compare {
    private static final double TOLERANCE = 1e-3;

    private final Family family;
    private final List<String> contenders;
    private final List<Integer> threads;
    private final int rounds;

    Compare(Family family, List<String> contenders, List<Integer> threads, int rounds) {
        this.family = family;
        this.contenders = contenders;
        this.threads = threads;
        this.rounds = rounds;
    }

    /** One contender on one configuration: milliseconds of each round. */
    record Times(String config, String contender, int threads, double flop, double[] ms) {
        double median() {
            double[] sorted = ms.clone();
            Arrays.sort(sorted);
            return (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
        }

        double gflops() {
            return flop / median() / 1e6;
        }
    }

    List<Times> run(String config) throws IOException, InterruptedException {
        double flop = family.workload(config).flop();
        List<Times> rows = new ArrayList<>();
        for (int t : threads) {
            for (String contender : contenders) {
                rows.add(new Times(config, contender, t, flop, new double[rounds]));
            }
        }
        Map<String, Sums> ours = new LinkedHashMap<>();
        for (int round = 0; round < rounds; round++) {
            for (Times row : rows) {
                Child.Measured measured = Child.measure(family, row.contender, config, row.threads);
                row.ms[round] = measured.ms();
                if (ours.isEmpty()) {
                    ours.putAll(measured.sums());
                }
                requireSame(ours, row, measured.sums());
            }
        }
        return rows;
    }

    /** A contender may have fewer results (one bias in place of two), but none that the first has not. */
    private void requireSame(Map<String, Sums> ours, Times row, Map<String, Sums> theirs) throws IOException {
        for (Map.Entry<String, Sums> entry : theirs.entrySet()) {
            Sums expected = ours.get(entry.getKey());
            if (expected == null || !expected.near(entry.getValue(), TOLERANCE)) {
                throw new IOException(row.config + ": " + row.contender + " does not compute what " + contenders.get(0)
                        + " computes: " + entry + " in place of " + expected);
            }
        }
    }
}
