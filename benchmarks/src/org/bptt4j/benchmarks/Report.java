package org.bptt4j.benchmarks;

import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/**
 * The results of one family so far.
 *
 * @param machine head of the report, one line each
 * @param base the contender that the others are compared with
 */
record Report(Family family, List<String> machine, String base, List<Limits> limits, List<Row> rows) {
    private static final String FORMAT = "%-26s %-20s %7s %10s %8s %6s %7s%n";

    /** A contender with a number of threads: what has one colour in a chart and one line of means. */
    record Entrant(String contender, int threads) {}

    List<Entrant> entrants() {
        return rows.stream()
                .map(row -> new Entrant(row.contender(), row.threads()))
                .distinct()
                .toList();
    }

    List<Row> rows(Entrant entrant) {
        return rows.stream()
                .filter(row -> row.contender().equals(entrant.contender) && row.threads() == entrant.threads)
                .toList();
    }

    /** Of the multiply-add peak with as many threads. */
    double share(Row row) {
        return row.gflops() / limits(row.threads()).peak();
    }

    private Limits limits(int threads) {
        return limits.stream().filter(l -> l.threads() == threads).findFirst().orElseThrow();
    }

    /** Time over that of the first contender with as many threads: above 1 the first is faster. */
    double ratio(Row row) {
        return rows.stream()
                .filter(r -> r.config().equals(row.config())
                        && r.threads() == row.threads()
                        && r.contender().equals(base))
                .findFirst()
                .map(r -> row.median() / r.median())
                .orElse(Double.NaN);
    }

    String head() {
        return String.join("\n", machine) + "\n"
                + String.format(FORMAT, family.format(), "contender", "threads", "ms", "GFLOP/s", "peak", "ratio");
    }

    String line(Row row) {
        return String.format(
                Locale.ROOT,
                FORMAT,
                row.config(),
                row.contender(),
                row.threads(),
                String.format(Locale.ROOT, row.median() < 0.1 ? "%.4f" : "%.3f", row.median()),
                String.format(Locale.ROOT, "%.1f", row.gflops()),
                percent(share(row)),
                String.format(Locale.ROOT, "%.2f", ratio(row)));
    }

    /** One line for each entrant, before it one for each kind of its rows if there are several. */
    String means() {
        StringBuilder lines = new StringBuilder();
        for (Entrant entrant : entrants()) {
            List<Row> its = rows(entrant);
            List<String> kinds = its.stream().map(this::kind).distinct().toList();
            if (kinds.size() > 1) {
                for (String kind : kinds) {
                    List<Row> some =
                            its.stream().filter(row -> kind(row).equals(kind)).toList();
                    lines.append(mean(some.size() + " " + kind, entrant, some));
                }
            }
            lines.append(mean(Integer.toString(its.size()), entrant, its));
        }
        return lines.toString();
    }

    /** "lstm", or nothing. */
    String kind(Row row) {
        return family.workload(row.config()).kind();
    }

    private String mean(String of, Entrant entrant, List<Row> its) {
        return String.format(
                Locale.ROOT,
                FORMAT,
                "geometric mean of " + of,
                entrant.contender,
                entrant.threads,
                "",
                String.format(Locale.ROOT, "%.1f", mean(its, Row::gflops)),
                percent(mean(its, this::share)),
                String.format(Locale.ROOT, "%.2f", mean(its, this::ratio)));
    }

    private static String percent(double share) {
        return String.format(Locale.ROOT, share < 0.0995 ? "%.1f%%" : "%.0f%%", 100 * share);
    }

    private static double mean(List<Row> rows, ToDoubleFunction<Row> figure) {
        return Math.exp(rows.stream()
                .mapToDouble(row -> Math.log(figure.applyAsDouble(row)))
                .average()
                .orElse(Double.NaN));
    }
}
