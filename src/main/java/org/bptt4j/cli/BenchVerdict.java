package org.bptt4j.cli;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * From which size on a card is faster than the CPU. Rows are put in the order of the work of one time step, for that is what each
 * launch of the sweep has to do; rows of equal work in that of their steps.
 */
final class BenchVerdict {
    private static final Comparator<Pair> BY_WORK =
            Comparator.<Pair>comparingDouble(p -> p.config.flopPerStep()).thenComparingInt(p -> p.config.steps());

    private BenchVerdict() {}

    /** One configuration's median times in milliseconds. */
    record Pair(BenchConfig config, double cpu, double card) {
        boolean cardIsFaster() {
            return card < cpu;
        }
    }

    /** One sentence about all configurations that both the CPU and a card have times of; empty if there are none. */
    static Optional<String> of(List<BenchResult> results) {
        List<BenchResult> timed =
                results.stream().filter(r -> r.times() != null).toList();
        List<Pair> pairs = new ArrayList<>();
        String card = null;
        for (BenchResult r : timed) {
            if (r.place().isDevice()) {
                card = r.place().name();
                timed.stream()
                        .filter(c -> !c.place().isDevice() && c.config().equals(r.config()))
                        .findFirst()
                        .ifPresent(c -> pairs.add(
                                new Pair(r.config(), c.times().ms(), r.times().ms())));
            }
        }
        return pairs.isEmpty() ? Optional.empty() : Optional.of(sentence(card, pairs));
    }

    /** The same for at least one pair. */
    static String sentence(String card, List<Pair> pairs) {
        List<Pair> rows = pairs.stream().sorted(BY_WORK).toList();
        long faster = rows.stream().filter(Pair::cardIsFaster).count();
        String all = rows.size() == 1 ? "the one row measured" : "all " + rows.size() + " rows";
        if (faster == rows.size()) {
            return card + " is faster than the CPU in " + all;
        }
        if (faster == 0) {
            return card + " is not faster than the CPU in "
                    + (rows.size() == 1 ? all : "any of the " + all.substring(4));
        }
        int from = rows.size();
        while (rows.get(from - 1).cardIsFaster()) {
            from--;
        }
        String exceptions = rows.subList(0, from).stream()
                .filter(Pair::cardIsFaster)
                .map(p -> p.config.text())
                .collect(Collectors.joining("; "));
        String order = "by the work of a time step, ";
        if (from == rows.size()) {
            return order + "there is no size from which on " + card + " is faster than the CPU; it is for "
                    + exceptions;
        }
        Pair first = rows.get(from);
        return String.format(
                Locale.ROOT,
                "%s%s is faster than the CPU from %s on (%.3g MFLOP a time step), not in the smaller rows%s",
                order,
                card,
                first.config.text(),
                first.config.flopPerStep() / 1e6,
                exceptions.isEmpty() ? "" : " but for " + exceptions);
    }
}
