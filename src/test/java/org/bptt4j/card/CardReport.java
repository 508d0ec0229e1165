package org.bptt4j.card;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.bptt4j.backend.cuda.CardRow;
import org.bptt4j.spec.Cell;

/** One table of a run's results, the fastest form of each row, and what failed; docs/hardware.md says what the columns are. */
public final class CardReport {
    private static final String ROW = "%-22s %-8s %-7s %9s %9s %9s %9s %7s %9s %9s %7s %7s %9s%n";

    private final List<Map<String, Object>> lines;
    private final PrintStream out;
    /** Products per precision, GFLOP/s. */
    private final Map<String, Double> peaks = new LinkedHashMap<>();

    private double bandwidth = Double.NaN;

    private CardReport(List<Map<String, Object>> lines, PrintStream out) {
        this.lines = lines;
        this.out = out;
        for (Map<String, Object> line : lines) {
            if (is(line, "kind", "peak")) {
                peaks.put((String) line.get("precision"), number(line, "gflops"));
            } else if (is(line, "kind", "bandwidth")) {
                bandwidth = number(line, "gb_per_s");
            }
        }
    }

    /** CardReport RESULTS. */
    public static void main(String[] arguments) throws IOException {
        print(JsonLines.read(Path.of(arguments[0])), System.out);
    }

    static void print(List<Map<String, Object>> lines, PrintStream out) {
        CardReport report = new CardReport(lines, out);
        report.smoke();
        report.table();
        report.winners();
        report.failures();
    }

    // ---- is it right ------------------------------------------------------------------------------------------------

    private void smoke() {
        out.println("Correctness by PyTorch's fixtures: the worst error, as a share of a tensor's root mean square");
        out.printf("%-8s %-8s", "form", "products");
        Cell.all().forEach(cell -> out.printf(" %-18s", cell));
        out.println();
        Set<String> pairs = kind("smoke").stream()
                .map(line -> line.get("form") + " " + line.get("precision"))
                .collect(Collectors.toCollection(LinkedHashSet::new));
        for (String pair : pairs) {
            String[] words = pair.split(" ", -1);
            out.printf("%-8s %-8s", words[0], words[1]);
            for (Cell cell : Cell.all()) {
                out.printf(
                        " %-18s",
                        kind("smoke").stream()
                                .filter(l -> is(l, "form", words[0])
                                        && is(l, "precision", words[1])
                                        && is(l, "cell", cell.name()))
                                .map(CardReport::verdict)
                                .findFirst()
                                .orElse(""));
            }
            out.println();
        }
        out.println();
    }

    private static String verdict(Map<String, Object> line) {
        String state = (String) line.get("state");
        return line.containsKey("worst") ? String.format(Locale.ROOT, "%s %.1e", state, number(line, "worst")) : state;
    }

    // ---- how fast ---------------------------------------------------------------------------------------------------

    private void table() {
        out.printf(
                Locale.ROOT,
                "Times in ms, of the device by events but for the step. Card: products %s; copy %s GB/s%n",
                peaks.entrySet().stream()
                        .map(e -> e.getKey() + " " + text(e.getValue(), 0) + " GFLOP/s")
                        .collect(Collectors.joining(", ")),
                text(bandwidth, 0));
        out.printf(
                ROW,
                "row",
                "products",
                "form",
                "sweep fwd",
                "bwd",
                "layer fwd",
                "all",
                "share",
                "cuDNN fwd",
                "all",
                "x fwd",
                "x all",
                "step");
        for (String row : rows()) {
            for (Map<String, Object> layer : kind("layer")) {
                if (is(layer, "row", row)) {
                    print(layer);
                }
            }
            CardRow.ALL.stream()
                    .filter(known ->
                            known.shape().equals(row) && !known.published().isEmpty())
                    .forEach(known -> out.printf("%-22s published: %s%n", row, known.published()));
            steps(row, "cpu")
                    .forEach(line -> out.printf(
                            ROW,
                            row,
                            "float32",
                            "cpu",
                            "",
                            "",
                            "",
                            "",
                            "",
                            "",
                            "",
                            "",
                            "",
                            text(number(line, "step_ms"), 3)));
        }
        out.println();
    }

    private void print(Map<String, Object> layer) {
        String row = (String) layer.get("row");
        String precision = (String) layer.get("precision");
        String form = (String) layer.get("form");
        double forward = number(layer, "forward_ms");
        double backward = number(layer, "backward_ms");
        double layerForward = number(layer, "input_ms") + forward;
        double all = layerForward + backward + number(layer, "weights_ms") + number(layer, "dx_ms");
        double cudnnForward = cudnn(row, precision, "forward_ms");
        double cudnnAll = cudnn(row, precision, "both_ms");
        double step = steps(row, form).stream()
                .filter(line -> is(line, "precision", precision))
                .mapToDouble(line -> number(line, "step_ms"))
                .findFirst()
                .orElse(Double.NaN);
        boolean times = Double.isFinite(forward);
        out.printf(
                ROW,
                row,
                precision,
                form,
                times ? text(forward, 3) : layer.get("state"),
                text(backward, 3),
                text(layerForward, 3),
                text(all, 3),
                percent(2 * floor(layer) / (forward + backward)),
                text(cudnnForward, 3),
                text(cudnnAll, 3),
                text(layerForward / cudnnForward, 2),
                text(all / cudnnAll, 2),
                text(step, 3));
    }

    /** Milliseconds below which no sweep can be: its products at the best rate measured, or its bytes at that of a copy. */
    private double floor(Map<String, Object> layer) {
        CardRow row = new CardRow(
                Cell.of((String) layer.get("cell")),
                (int) number(layer, "B"),
                (int) number(layer, "T"),
                (int) number(layer, "I"),
                (int) number(layer, "H"),
                1,
                "");
        boolean persistent = is(layer, "form", "single") || is(layer, "form", "sliced");
        // Those multiply in float32 whatever the precision; a bf16 sweep's products are TF32's.
        String rate = persistent || is(layer, "precision", "float32") ? "float32" : "tf32";
        double products = row.sweepFlop() / (1e6 * peaks.getOrDefault(rate, Double.NaN));
        return Math.max(products, row.sweepBytes() / (1e6 * bandwidth));
    }

    /** The better of cuDNN's two ways; bf16 has no like there. */
    private double cudnn(String row, String precision, String name) {
        return kind("cudnn").stream()
                .filter(line -> is(line, "row", row) && is(line, "precision", precision) && line.containsKey(name))
                .mapToDouble(line -> number(line, name))
                .min()
                .orElse(Double.NaN);
    }

    // ---- what to take -----------------------------------------------------------------------------------------------

    private void winners() {
        out.println("The fastest form of each row, both sweeps, float32:");
        for (String row : rows()) {
            List<Map<String, Object>> forms = kind("layer").stream()
                    .filter(l -> is(l, "row", row) && is(l, "precision", "float32") && l.containsKey("forward_ms"))
                    .sorted(Comparator.comparingDouble(CardReport::sweeps))
                    .toList();
            if (!forms.isEmpty()) {
                out.printf(
                        "%-22s %s%n",
                        row,
                        forms.stream()
                                .map(l -> l.get("form") + " " + text(sweeps(l), 3))
                                .collect(Collectors.joining(", ")));
            }
        }
        out.println();
    }

    private static double sweeps(Map<String, Object> layer) {
        return number(layer, "forward_ms") + number(layer, "backward_ms");
    }

    private void failures() {
        for (String state : List.of("FAILED", "no time", "not offered")) {
            Map<String, List<String>> byReason = new LinkedHashMap<>();
            for (Map<String, Object> line : lines) {
                if (is(line, "state", state)) {
                    String why = line.get("why") instanceof String text ? text : "";
                    byReason.computeIfAbsent(why, w -> new ArrayList<>()).add((String) line.get("item"));
                }
            }
            out.println(byReason.values().stream().mapToInt(List::size).sum() + " " + state);
            byReason.forEach(
                    (why, items) -> out.println("  " + String.join("; ", items) + (why.isEmpty() ? "" : ": " + why)));
        }
    }

    // ---- lines ------------------------------------------------------------------------------------------------------

    private List<Map<String, Object>> kind(String kind) {
        return lines.stream().filter(line -> is(line, "kind", kind)).toList();
    }

    private List<Map<String, Object>> steps(String row, String form) {
        return kind("step").stream()
                .filter(line -> is(line, "row", row) && is(line, "form", form) && line.containsKey("step_ms"))
                .toList();
    }

    private List<String> rows() {
        return new ArrayList<>(kind("layer").stream()
                .map(l -> (String) l.get("row"))
                .collect(Collectors.toCollection(LinkedHashSet::new)));
    }

    private static boolean is(Map<String, Object> line, String name, String value) {
        return value.equals(line.get(name));
    }

    private static double number(Map<String, Object> line, String name) {
        return line.get(name) instanceof Number n ? n.doubleValue() : Double.NaN;
    }

    private static String text(double value, int digits) {
        return Double.isFinite(value) ? String.format(Locale.ROOT, "%." + digits + "f", value) : "-";
    }

    private static String percent(double share) {
        return Double.isFinite(share) ? text(100 * share, 1) + "%" : "-";
    }
}
