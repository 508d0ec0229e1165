package org.bptt4j.benchmarks;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Runs the contenders of one family in turn, every measurement in a fresh JVM, for several rounds. Refuses to go on when a
 * contender's results differ from those of the first with the same function by more than 10⁻³.
 *
 * @param contenders the first is the one that the others are compared with
 * @param threads every contender runs with each of these numbers
 * @param slowLimit GFLOP up to which the slow contenders are run
 */
record Compare(Family family, List<String> contenders, List<Integer> threads, int rounds, double slowLimit) {
    private static final double TOLERANCE = 1e-3;

    List<Row> run(String config) throws IOException, InterruptedException {
        Workload workload = family.workload(config);
        double flop = workload.flop();
        List<Row> rows = new ArrayList<>();
        for (int t : threads) {
            for (String contender : contenders) {
                boolean inTime = flop <= slowLimit * 1e9 || !family.isSlow(contender);
                if (inTime && workload.has(Environment.name(contender))) {
                    rows.add(new Row(
                            config,
                            contender,
                            t,
                            flop,
                            new double[rounds],
                            new LinkedHashMap<>(),
                            new LinkedHashMap<>()));
                }
            }
        }
        Map<String, Row> firsts = new LinkedHashMap<>();
        for (int round = 0; round < rounds; round++) {
            for (Row row : rows) {
                Child.Measured measured = Child.measure(family, row.contender(), config, row.threads());
                row.ms()[round] = measured.ms();
                row.sums().putAll(measured.sums());
                row.figures().putAll(measured.figures());
                requireSame(firsts.computeIfAbsent(workload.function(row.contender()), f -> row), row, measured.sums());
            }
        }
        return rows;
    }

    /** A contender may have fewer results (one bias in place of two), but none that the first of its function has not. */
    private static void requireSame(Row first, Row row, Map<String, Sums> sums) throws IOException {
        for (Map.Entry<String, Sums> entry : sums.entrySet()) {
            Sums expected = first.sums().get(entry.getKey());
            if (expected == null || !expected.near(entry.getValue(), TOLERANCE)) {
                throw new IOException(row.config() + ": " + row.contender() + " does not compute what "
                        + first.contender() + " computes: " + entry + " in place of " + expected);
            }
        }
    }
}
