package org.bptt4j.roofline;

import static org.bptt4j.roofline.Quantity.*;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;
import org.bptt4j.backend.cuda.SweepPlan;
import org.bptt4j.roofline.Sweep.Form;

/** What the model says, as tables in Markdown. */
final class Tables {
    private static final List<Row> ROWS =
            Stream.concat(Row.GRID.stream(), Row.PUBLISHED.stream()).toList();
    /** By how much a prediction may be wrong before the card is said to win. */
    static final double MARGIN = 3;
    /** GFLOP/s of a training step on two cores, the geometric mean of docs/benchmarks.md. */
    static final double CPU_RATE = 324;

    private Tables() {}

    static String figures() {
        List<String> head = new ArrayList<>(List.of("figure"));
        Card.ALL.forEach(card -> head.add(card.name()));
        head.add("from");
        StringBuilder table = head(head);
        for (Quantity q : Quantity.values()) {
            List<String> cells = new ArrayList<>(List.of(q.title));
            for (Card card : Card.ALL) {
                Card.Value value = card.values().get(q);
                cells.add(value.number() == 0 ? "–" : number(value.number()) + (value.published() ? " (P)" : " (B)"));
            }
            cells.add(q.source);
            line(table, cells);
        }
        List<String> peak = new ArrayList<>(List.of("so float32 products, TFLOP/s"));
        Card.ALL.forEach(card -> peak.add(number(card.flopPerMicro(card.get(MULTIPROCESSORS)) / 1e6)));
        peak.add("multiprocessors · lanes · 2 · clock");
        return line(table, peak).toString();
    }

    static String work() {
        StringBuilder table = head(
                List.of("B,T,I,H,O", "GFLOP", "in the sweeps", "MFLOP of a step", "W_hh, KiB", "h of all steps, MiB"));
        for (Row row : ROWS) {
            double flop = TrainingStep.flop(Card.H100, row);
            double step = 2.0 * row.batch() * row.hidden() * row.hidden();
            double sweeps = 2 * step * row.steps() * row.layers();
            double states = 4.0 * row.cells() * row.hidden() * row.layers();
            line(
                    table,
                    List.of(
                            row.title(),
                            number(flop / 1e9),
                            Math.round(100 * sweeps / flop) + " %",
                            number(step / 1e6),
                            number(4.0 * row.hidden() * row.hidden() / 1024),
                            number(states / (1 << 20))));
        }
        return table.toString();
    }

    // ---- sweeps -----------------------------------------------------------------------------------------------------

    /** One line for each form: forward / backward. */
    static String sweeps(Card card) {
        StringBuilder table = head(List.of(
                "B,T,I,H,O",
                "form",
                "calls",
                "kernels a step",
                "barriers a step",
                "L2, KiB a step",
                "memory, KiB a step",
                "µs a step",
                "mostly"));
        Set<List<Integer>> seen = new HashSet<>();
        for (Row row : ROWS) {
            if (!seen.add(List.of(row.batch(), row.steps(), row.hidden()))) {
                continue; // the same sweeps
            }
            for (Form form : Form.values()) {
                Sweep forward = new Sweep(card, row, true);
                if (forward.possible(form)) {
                    sweep(
                            table,
                            card,
                            row,
                            form,
                            forward.operations(form),
                            new Sweep(card, row, false).operations(form));
                }
            }
        }
        return table.toString();
    }

    private static void sweep(
            StringBuilder table, Card card, Row row, Form form, List<Operation> forward, List<Operation> backward) {
        double steps = row.steps();
        Timeline f = new Timeline(forward);
        Timeline b = new Timeline(backward);
        String mostly = f.bound() == b.bound() ? f.bound().title : f.bound().title + " / " + b.bound().title;
        line(
                table,
                List.of(
                        form == Form.STEPS ? row.title() : "",
                        name(card, row, form),
                        forward.size() + " / " + backward.size(),
                        number(kernels(forward) / steps) + " / " + number(kernels(backward) / steps),
                        form == Form.PERSISTENT ? number(barriers(forward) / steps) : "–",
                        number(l2(forward) / steps / 1024) + " / " + number(l2(backward) / steps / 1024),
                        number(dram(forward) / steps / 1024) + " / " + number(dram(backward) / steps / 1024),
                        number(f.micros() / steps) + " / " + number(b.micros() / steps),
                        mostly));
    }

    private static String name(Card card, Row row, Form form) {
        return form == Form.PERSISTENT
                ? name(card.plan(row.batch(), row.hidden()).orElseThrow())
                : form.name().toLowerCase(Locale.ROOT);
    }

    private static String name(SweepPlan plan) {
        int blocks = plan.slices() * plan.groups();
        return plan.form().name().toLowerCase(Locale.ROOT) + ", " + blocks + (blocks == 1 ? " block" : " blocks")
                + " of " + plan.rows() + (plan.rows() == 1 ? " row" : " rows");
    }

    private static double kernels(List<Operation> operations) {
        return operations.stream()
                .mapToDouble(o -> o.call() == Operation.Call.GRAPH ? o.nodes() : 1)
                .sum();
    }

    private static double barriers(List<Operation> operations) {
        return operations.stream().mapToDouble(Operation::barriers).sum();
    }

    private static double l2(List<Operation> operations) {
        return operations.stream().mapToDouble(o -> o.bytes().l2()).sum();
    }

    private static double dram(List<Operation> operations) {
        return operations.stream().mapToDouble(o -> o.bytes().dram()).sum();
    }

    // ---- training steps ---------------------------------------------------------------------------------------------

    static String steps(Card card) {
        StringBuilder table = head(List.of(
                "B,T,I,H,O",
                "without sweeps (upload), ms",
                "steps, ms",
                "graph, ms",
                "persistent, ms",
                "the best mostly",
                "share of peak",
                "2 cores, ms",
                "CPU over best"));
        for (Row row : ROWS) {
            Timeline best = best(card, row);
            double flop = TrainingStep.flop(card, row);
            double peak = card.flopPerMicro(card.get(MULTIPROCESSORS));
            double cpu = row.alone() ? Double.NaN : 1e3 * row.cpu();
            line(
                    table,
                    List.of(
                            row.title(),
                            without(card, row),
                            ms(card, row, Form.STEPS),
                            ms(card, row, Form.GRAPH),
                            ms(card, row, Form.PERSISTENT),
                            best.bound().title,
                            number(100 * flop / peak / best.micros()) + " %",
                            Double.isNaN(cpu) ? "" : ms(cpu),
                            Double.isNaN(cpu) ? "" : number(cpu / best.micros())));
        }
        return table.toString();
    }

    /** The operations that are left without sweeps, and of these the batch's way to the card. */
    private static String without(Card card, Row row) {
        List<Operation> operations = TrainingStep.operations(card, row, null);
        double upload = operations.stream()
                .filter(o -> o.call() == Operation.Call.UPLOAD)
                .mapToDouble(Operation::host)
                .sum();
        return ms(new Timeline(operations).micros()) + " (" + ms(upload) + ")";
    }

    private static String ms(Card card, Row row, Form form) {
        return new Sweep(card, row, true).possible(form)
                ? ms(new Timeline(TrainingStep.operations(card, row, form)).micros())
                : "–";
    }

    static Timeline best(Card card, Row row) {
        Timeline graph = new Timeline(TrainingStep.operations(card, row, Form.GRAPH));
        if (!new Sweep(card, row, true).possible(Form.PERSISTENT)) {
            return graph;
        }
        Timeline persistent = new Timeline(TrainingStep.operations(card, row, Form.PERSISTENT));
        return persistent.micros() < graph.micros() ? persistent : graph;
    }

    // ---- from which size on -----------------------------------------------------------------------------------------

    /** The smallest H of some for which the card is MARGIN times as fast as two cores, by form. */
    static String leastHidden() {
        List<String> head = new ArrayList<>(List.of("B"));
        Card.SHOWN.forEach(card -> Arrays.stream(Form.values())
                .forEach(form -> head.add(card.name() + ", " + form.name().toLowerCase(Locale.ROOT))));
        StringBuilder table = head(head);
        for (int batch : new int[] {1, 4, 16, 64, 256}) {
            List<String> cells = new ArrayList<>(List.of(String.valueOf(batch)));
            for (Card card : Card.SHOWN) {
                for (Form form : Form.values()) {
                    cells.add(leastHidden(card, batch, form));
                }
            }
            line(table, cells);
        }
        return table.toString();
    }

    private static String leastHidden(Card card, int batch, Form form) {
        for (int hidden : new int[] {32, 64, 96, 128, 192, 256, 384, 512, 768, 1024, 1536, 2048}) {
            Row row = new Row(batch, 200, 64, hidden, 64, 1, true, Double.NaN, "");
            double cpu = TrainingStep.flop(card, row) / (1e3 * CPU_RATE);
            if (new Sweep(card, row, true).possible(form)
                    && MARGIN * new Timeline(TrainingStep.operations(card, row, form)).micros() < cpu) {
                return String.valueOf(hidden);
            }
        }
        return "–";
    }

    // ---- others' times ----------------------------------------------------------------------------------------------

    static String published() {
        List<String> head = new ArrayList<>(List.of("B,T,I,H"));
        Card.ALL.forEach(card -> head.add(card.name() + ", graph / persistent, ms"));
        head.add("published, ms forward and backward");
        StringBuilder table = head(head);
        for (Row row : Row.PUBLISHED) {
            List<String> cells = new ArrayList<>(List.of(row.title()));
            Card.ALL.forEach(card -> cells.add(ms(card, row, Form.GRAPH) + " / " + ms(card, row, Form.PERSISTENT)));
            cells.add(row.published());
            line(table, cells);
        }
        return table.toString();
    }

    // ---- Markdown ---------------------------------------------------------------------------------------------------

    static StringBuilder head(List<String> titles) {
        StringBuilder table = line(new StringBuilder(), titles);
        return table.append("|").append("---|".repeat(titles.size())).append('\n');
    }

    static StringBuilder line(StringBuilder table, List<String> cells) {
        return table.append("| ").append(String.join(" | ", cells)).append(" |\n");
    }

    private static String ms(double micros) {
        return number(micros / 1e3);
    }

    /** Three digits, or all before the point. */
    static String number(double value) {
        if (value == Math.rint(value) || Math.abs(value) >= 100) {
            return String.format(Locale.ROOT, "%.0f", value);
        }
        int decimals = Math.abs(value) >= 10 ? 1 : 2;
        String text = String.format(Locale.ROOT, "%." + decimals + "f", value);
        return text.endsWith("0") ? text.replaceFirst("\\.?0+$", "") : text;
    }
}
