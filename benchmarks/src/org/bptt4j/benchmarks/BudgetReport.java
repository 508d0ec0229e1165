package org.bptt4j.benchmarks;

import java.util.Locale;
import java.util.Map;
import org.bptt4j.benchmarks.memory.Budget;
import org.bptt4j.benchmarks.memory.PlannedStep;
import org.bptt4j.benchmarks.step.Step;

/**
 * What a budget saves and what it costs, a line for each configuration and number of threads.
 *
 * <pre>
 * planned  MiB of all that grows with the batch by the plan, without a budget and with it
 * held     the same of the arrays that were allocated
 * saved    of the held bytes
 * states   the share of the hidden states that have no place
 * windows  number, steps of each, checkpoints
 * sweeps   how often a step is swept forward
 * flop+    products computed again, in parts of all products without a budget
 * time+    time more, in parts of the time without
 * points   time+ less flop+
 * bits     of the gradients
 * </pre>
 */
final class BudgetReport {
    private static final String FORMAT = "%-20s %7s %15s %15s %7s %7s %16s %6s %7s %7s %7s %5s%n";

    private BudgetReport() {}

    static String of(Report report) {
        StringBuilder lines = new StringBuilder(String.format(
                FORMAT,
                Budget.FORMAT,
                "threads",
                "planned",
                "held",
                "saved",
                "states",
                "windows",
                "sweeps",
                "flop+",
                "time+",
                "points",
                "bits"));
        for (Row part : report.rows()) {
            if (part.contender().equals(Budget.BUDGETED)) {
                report.rows().stream()
                        .filter(whole -> !whole.contender().equals(Budget.BUDGETED)
                                && whole.config().equals(part.config())
                                && whole.threads() == part.threads())
                        .forEach(whole -> lines.append(line(whole, part)));
            }
        }
        return lines.toString();
    }

    private static String line(Row whole, Row part) {
        Budget budget = Budget.parse(part.config());
        Map<String, Double> figures = part.figures();
        double sweeps = figures.get(PlannedStep.SWEEPS);
        double flop = budget.flopAgain(sweeps) / budget.flop();
        double time = part.median() / whole.median() - 1;
        return String.format(
                FORMAT,
                part.config(),
                part.threads(),
                mebibytes(whole, part, PlannedStep.PLANNED),
                mebibytes(whole, part, PlannedStep.HELD),
                percent(1 - figures.get(PlannedStep.HELD) / whole.figures().get(PlannedStep.HELD)),
                percent(budget.statesSaved(figures)),
                windows(figures),
                String.format(Locale.ROOT, "%.2f", sweeps),
                percent(flop),
                percent(time),
                String.format(Locale.ROOT, "%+.1f", 100 * (time - flop)),
                sameGradients(whole, part) ? "same" : "OTHER");
    }

    /** The loss is no gradient: it is summed window by window, in float. */
    private static boolean sameGradients(Row whole, Row part) {
        return whole.sums().keySet().stream()
                .filter(name -> !name.equals(Step.LOSS))
                .allMatch(name -> whole.sums()
                        .get(name)
                        .bits()
                        .equals(part.sums().get(name).bits()));
    }

    private static String windows(Map<String, Double> figures) {
        return String.format(
                Locale.ROOT,
                "%.0f of %.0f, %.0f",
                figures.get(PlannedStep.WINDOWS),
                figures.get(PlannedStep.WINDOW_STEPS),
                figures.get(PlannedStep.CHECKPOINTS));
    }

    private static String mebibytes(Row whole, Row part, String name) {
        double all = whole.figures().get(name) / (1 << 20);
        return String.format(Locale.ROOT, "%.1f : %.2f", all, part.figures().get(name) / (1 << 20));
    }

    private static String percent(double share) {
        return String.format(Locale.ROOT, "%.1f%%", 100 * share);
    }
}
