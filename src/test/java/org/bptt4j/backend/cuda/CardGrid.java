package org.bptt4j.backend.cuda;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bptt4j.backend.Precision;
import org.bptt4j.card.CardRun;

/**
 * Times of every row by every form of the sweeps, an item for each: the parts of a layer's pass by events, apart from uploads; products of the
 * size of a step; and the whole training step, with its upload, from the host. {@link TestDevice} says which device.
 */
public final class CardGrid {
    /** Within which an item ends, or hangs. */
    private static final double MOST_SECONDS = 30;

    private static final double MOST_SECONDS_OF_SOFTWARE = 300;
    /** Of an item's time, for its repetitions. */
    private static final double LEAST_BUDGET = 0.1;

    private static final double MOST_BUDGET = 1;
    /** Work of a training step that two cores do in about three tenths of a second. */
    private static final double MOST_FLOP_OF_CPU = 1e11;

    private final CardRun run;
    private final List<Item> items = new ArrayList<>();
    private final CardTimes times;
    private final double mostSeconds;

    private record Item(String key, Map<String, Object> fields, CardRun.Work work) {}

    private CardGrid(CardRun run, CardBackends backends) {
        this.run = run;
        this.times = new CardTimes(backends);
        this.mostSeconds = backends.isSoftware() ? MOST_SECONDS_OF_SOFTWARE : MOST_SECONDS;
    }

    /**
     * CardGrid RESULTS SECONDS [SHAPES-FILE [ROWS]]: exit code 0 if nothing failed, 1 if something did, {@link CardRun#AGAIN}. The file gets the
     * shapes of the rows, for others to be measured by; ROWS is how many of them at most.
     */
    public static void main(String[] arguments) throws IOException {
        CardRun run = CardBackends.run(arguments);
        int most = arguments.length > 3 ? Integer.parseInt(arguments[3]) : Integer.MAX_VALUE;
        List<CardRow> rows = run(run, most, System.out);
        if (arguments.length > 2) {
            Files.write(
                    Path.of(arguments[2]),
                    rows.stream().map(CardRow::shape).distinct().toList());
        }
        System.exit(run.count(CardRun.State.FAILED) == 0 ? 0 : 1);
    }

    /** Does the first {@code most} rows, tiny ones on a software device; returns them. */
    static List<CardRow> run(CardRun run, int most, PrintStream out) {
        try (CardBackends backends = new CardBackends(out)) {
            List<CardRow> all = backends.isSoftware() ? CardRow.TINY : CardRow.ALL;
            List<CardRow> rows = all.subList(0, Math.min(most, all.size()));
            CardGrid grid = new CardGrid(run, backends);
            grid.plan(rows);
            grid.measure();
            return rows;
        }
    }

    /** What a choice hangs on comes first: all rows in float32 by the forms that may be the default, then other precisions, then the rest. */
    private void plan(List<CardRow> rows) {
        item("card", Map.of("kind", "card"), times::card);
        item("peak", Map.of("kind", "peak", "precision", "float32"), r -> times.peak(Precision.FLOAT32, r));
        item("bandwidth", Map.of("kind", "bandwidth"), times::bandwidth);
        item("upload", Map.of("kind", "upload"), times::upload);
        for (CardRow row : rows) {
            layer(row, CardForm.GRAPH, Precision.FLOAT32);
            layer(row, CardForm.SINGLE, Precision.FLOAT32);
            layer(row, CardForm.SLICED, Precision.FLOAT32);
            product(row, Precision.FLOAT32);
            step(row, CardForm.GRAPH, Precision.FLOAT32);
        }
        item("peak tf32", Map.of("kind", "peak", "precision", "tf32"), r -> times.peak(Precision.TF32, r));
        for (CardRow row : rows) {
            layer(row, CardForm.GRAPH, Precision.TF32);
            product(row, Precision.TF32);
        }
        for (CardRow row : rows) {
            step(row, CardForm.SINGLE, Precision.FLOAT32);
            step(row, CardForm.SLICED, Precision.FLOAT32);
            if (3 * row.sweepFlop() < MOST_FLOP_OF_CPU) {
                item(row, "step", "cpu", Precision.FLOAT32, (r, seconds) -> times.cpu(row, seconds, r));
            }
        }
        for (CardRow row : rows) {
            layer(row, CardForm.STEPS, Precision.FLOAT32);
            layer(row, CardForm.GRAPH, Precision.BF16);
        }
        for (CardRow row : rows) {
            step(row, CardForm.STEPS, Precision.FLOAT32);
            step(row, CardForm.GRAPH, Precision.TF32);
            step(row, CardForm.GRAPH, Precision.BF16);
        }
    }

    private void layer(CardRow row, CardForm form, Precision precision) {
        item(row, "layer", form.toString(), precision, (r, s) -> times.layer(row, form, precision, s, r));
    }

    private void step(CardRow row, CardForm form, Precision precision) {
        item(row, "step", form.toString(), precision, (r, s) -> times.step(row, form, precision, s, r));
    }

    private void product(CardRow row, Precision precision) {
        item(row, "product", "graph", precision, (r, s) -> times.products(row, precision, s, r));
    }

    /** Measures within about so many seconds. */
    private interface Measuring {
        void run(Map<String, Object> result, double seconds) throws Exception;
    }

    private void item(CardRow row, String kind, String form, Precision precision, Measuring measuring) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("kind", kind);
        fields.put("row", row.shape());
        fields.put("form", form);
        fields.put("precision", PrecisionCheck.name(precision));
        fields.put("cell", row.cell().name());
        fields.put("B", row.batch());
        fields.put("T", row.steps());
        fields.put("I", row.input());
        fields.put("H", row.hidden());
        if (kind.equals("step")) {
            fields.put("O", row.output());
        }
        String key = kind + " " + row.shape() + " " + form + " " + PrecisionCheck.name(precision);
        item(key, fields, r -> measuring.run(r, budget()));
    }

    private void item(String key, Map<String, Object> fields, CardRun.Work work) {
        items.add(new Item(key, fields, work));
    }

    private void measure() {
        while (!items.isEmpty()) {
            Item item = items.remove(0);
            run.item(item.key(), item.fields(), mostSeconds, item.work());
        }
    }

    /** A fair share of what is left: rows that take little leave it to those behind them. */
    private double budget() {
        return Math.max(LEAST_BUDGET, Math.min(MOST_BUDGET, run.secondsLeft() / (items.size() + 1)));
    }
}
