package org.bptt4j.backend.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import org.bptt4j.Rnn;
import org.bptt4j.Trainer;
import org.bptt4j.backend.Backend;
import org.bptt4j.backend.Counts;
import org.bptt4j.backend.Report;
import org.bptt4j.backend.SweepForm;
import org.bptt4j.data.Batch;
import org.bptt4j.oracle.RandomProblem;
import org.bptt4j.spec.Cell;
import org.bptt4j.spec.Clipping;
import org.bptt4j.spec.RnnSpec;
import org.bptt4j.spec.Truncation;
import org.junit.jupiter.api.Test;

/**
 * The tables of docs/dataflow.md are what the counters say. With {@code -Dbptt4j.write} they are written there.
 */
class DataFlowTest {
    private static final Path DOCUMENT = Path.of("docs", "dataflow.md");
    private static final int B = 4;
    private static final int I = 8;
    private static final int H = 16;
    private static final int O = 8;
    private static final SweepForm[] FORMS = {SweepForm.STEPS, SweepForm.GRAPH, SweepForm.PERSISTENT};

    /** A kind of training step. */
    private record Kind(int steps, int layers, boolean ids, boolean lengths, Truncation truncation) {
        static Kind dense(int steps, int layers) {
            return new Kind(steps, layers, false, false, Truncation.NONE);
        }

        Batch batch() {
            Random random = new Random(1);
            int cells = steps * B;
            Batch batch = ids
                    ? Batch.symbols(steps, B, random.ints(cells, 0, I).toArray())
                    : Batch.dense(steps, B, I, RandomProblem.floats(cells * I, random));
            batch = batch.withTargets(random.ints(cells, 0, O).toArray());
            return lengths ? batch.withLengths(new int[] {steps, 1, steps, 2}) : batch;
        }

        String text() {
            String more = (ids ? ", symbols" : "") + (lengths ? ", lengths" : "");
            boolean full = truncation.equals(Truncation.NONE);
            return steps + " | " + layers + " | " + (full ? "full" : truncation.k1() + "," + truncation.k2()) + more;
        }
    }

    private static final Kind[] KINDS = {
        Kind.dense(10, 1),
        Kind.dense(100, 1),
        Kind.dense(1000, 1),
        Kind.dense(100, 3),
        new Kind(100, 1, true, true, Truncation.NONE),
        new Kind(100, 1, false, false, new Truncation(25, 25)),
        new Kind(100, 1, false, false, new Truncation(25, 50)),
    };

    // ---- counting ---------------------------------------------------------------------------------------------------

    /** What each operation of the seam asked the device for in one training step, in the order of their first calls. */
    private static Map<String, Counts> step(Kind kind, Cell cell, SweepForm form, Map<String, Integer> calls) {
        Map<String, Counts> operations = new LinkedHashMap<>();
        Batch[] batches = {kind.batch(), kind.batch()};
        try (Backend device = SoftDevice.open(form)) {
            Backend watched = watched(device, operations, calls);
            try (Rnn rnn = Rnn.create(
                            watched, RnnSpec.of(I, H, O).withLayers(kind.layers).withCell(cell), 1);
                    Trainer trainer = Trainer.of(rnn)
                            .clipping(Clipping.norm(1))
                            .truncation(kind.truncation)
                            .build()) {
                for (int i = 0; i < 4; i++) {
                    operations.clear();
                    calls.clear();
                    trainer.step(batches[i % 2], batches[(i + 1) % 2]);
                }
                return new LinkedHashMap<>(operations);
            }
        }
    }

    private static Backend watched(Backend device, Map<String, Counts> operations, Map<String, Integer> calls) {
        return (Backend) Proxy.newProxyInstance(
                Backend.class.getClassLoader(), new Class<?>[] {Backend.class}, (proxy, method, arguments) -> {
                    Counts before = device.counts();
                    try {
                        return method.invoke(device, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    } finally {
                        Counts now = device.counts().minus(before);
                        if (!now.equals(Counts.NONE)) {
                            operations.merge(method.getName(), now, DataFlowTest::sum);
                            calls.merge(method.getName(), 1, Integer::sum);
                        }
                    }
                });
    }

    private static Counts sum(Counts a, Counts b) {
        return a.minus(Counts.NONE.minus(b));
    }

    private static Counts total(Kind kind, SweepForm form) {
        return total(kind, Cell.TANH, form);
    }

    private static Counts total(Kind kind, Cell cell, SweepForm form) {
        return step(kind, cell, form, new LinkedHashMap<>()).values().stream().reduce(Counts.NONE, DataFlowTest::sum);
    }

    // ---- the document -----------------------------------------------------------------------------------------------

    @Test
    void whatEachOperationAsks() throws IOException {
        SoftDevice.require();
        List<String> lines = new ArrayList<>();
        lines.add(
                "| operation | calls | launches: steps | graph | persistent | graphs | products: steps | graph, persistent"
                        + " | bytes up | down | waits |");
        lines.add("|---|---|---|---|---|---|---|---|---|---|---|");
        Kind kind = Kind.dense(100, 2);
        Map<String, Integer> calls = new LinkedHashMap<>();
        Map<String, Counts> steps = step(kind, Cell.TANH, SweepForm.STEPS, calls);
        Map<String, Counts> graph = step(kind, Cell.TANH, SweepForm.GRAPH, calls);
        Map<String, Counts> persistent = step(kind, Cell.TANH, SweepForm.PERSISTENT, calls);
        for (String name : steps.keySet()) {
            Counts s = steps.get(name);
            Counts g = graph.get(name);
            Counts p = persistent.get(name);
            assertEquals(g.productCalls(), p.productCalls());
            lines.add(row(
                    "`" + name + "`",
                    calls.get(name),
                    s.launches(),
                    g.launches(),
                    p.launches(),
                    g.graphLaunches(),
                    s.productCalls(),
                    g.productCalls(),
                    s.uploadedBytes(),
                    s.downloadedBytes(),
                    s.waits()));
        }
        check("operations", lines);
    }

    @Test
    void whatTrainingStepsAsk() throws IOException {
        SoftDevice.require();
        List<String> lines = new ArrayList<>();
        lines.add(
                "| T | layers | k1,k2 | sweeps | launches | graphs | products | all three | kernels run | products run"
                        + " | bytes up | down | waits |");
        lines.add("|---|---|---|---|---|---|---|---|---|---|---|---|---|");
        for (Kind kind : KINDS) {
            for (SweepForm form : FORMS) {
                Counts c = total(kind, form);
                if (kind.equals(Kind.dense(kind.steps, kind.layers))) {
                    assertEquals(formula(kind.steps, kind.layers, form), withoutWaits(c), kind + " " + form);
                }
                lines.add(row(
                        kind.text(),
                        form.name().toLowerCase(Locale.ROOT),
                        c.launches(),
                        c.graphLaunches(),
                        c.productCalls(),
                        c.submissions(),
                        c.kernels(),
                        c.products(),
                        c.fills(),
                        c.uploadedBytes(),
                        c.downloadedBytes(),
                        c.waits()));
            }
        }
        check("counts", lines);
    }

    /** A step of T = 100, one layer, of each cell; what differs from tanh is the width of what is computed, not what is asked for. */
    @Test
    void whatCellsAsk() throws IOException {
        SoftDevice.require();
        List<String> lines = new ArrayList<>();
        lines.add("| cell | sweeps | launches | graphs | products | all three | kernels run | products run | fills"
                + " | sweeps' products, forward | backward |");
        lines.add("|---|---|---|---|---|---|---|---|---|---|---|");
        for (Cell cell : Cell.all()) {
            for (SweepForm form : new SweepForm[] {SweepForm.STEPS, SweepForm.GRAPH}) {
                Counts c = total(Kind.dense(100, 1), cell, form);
                int wide = cell.gates() * H;
                lines.add(row(
                        cell,
                        form.name().toLowerCase(Locale.ROOT),
                        c.launches(),
                        c.graphLaunches(),
                        c.productCalls(),
                        c.submissions(),
                        c.kernels(),
                        c.products(),
                        c.fills(),
                        product(H, wide),
                        product(wide, H)));
            }
        }
        check("cells", lines);
    }

    private static String product(int terms, int cols) {
        return "[" + B + ", " + terms + "]·[" + terms + ", " + cols + "]";
    }

    /** As the document has it for a dense batch without truncation. */
    private static Counts formula(long steps, long layers, SweepForm form) {
        long sweep = 2 * layers * steps;
        long rest = steps % GraphSweep.STEPS;
        long pieces = steps / GraphSweep.STEPS + Math.min(GraphSweep.MOST_PIECES, Long.bitCount(rest));
        long graphs = 2 * layers * pieces;
        long products = 4 * layers + 2;
        long launches = 8 + 8 * layers;
        long fills = 2 + layers;
        long up = 4 * (steps * B * I + steps * B + 2 * B + Report.LENGTH);
        return switch (form) {
            case STEPS ->
                counts(launches + sweep, 0, products + sweep, launches + sweep, products + sweep, sweep, up, fills);
            case GRAPH ->
                counts(launches, graphs, products, launches + sweep + graphs, products + sweep, sweep, up, fills);
            default -> counts(launches - layers, 0, products, launches - layers, products, 0, up, fills);
        };
    }

    private static Counts counts(
            long launches,
            long graphs,
            long calls,
            long kernels,
            long products,
            long sweepProducts,
            long up,
            long fills) {
        return new Counts(
                launches, graphs, calls, kernels, products, sweepProducts, 4, up, 1, 4L * Report.LENGTH, fills, 0);
    }

    /** How often uploads wait for pinned memory depends on what went before. */
    private static Counts withoutWaits(Counts c) {
        return c.minus(new Counts(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, c.waits()));
    }

    private static String row(Object... cells) {
        StringBuilder row = new StringBuilder("|");
        for (Object cell : cells) {
            row.append(' ').append(cell).append(" |");
        }
        return row.toString();
    }

    /** Between the lines that begin and end the table called {@code name} stands this. */
    private static void check(String name, List<String> table) throws IOException {
        List<String> document = Files.readAllLines(DOCUMENT);
        int from = document.indexOf("<!-- " + name + " -->") + 1;
        int to = document.indexOf("<!-- end of " + name + " -->");
        if (System.getProperty("bptt4j.write") == null) {
            assertEquals(table, document.subList(from, to), "mvn test -Dtest=DataFlowTest -Dbptt4j.write mends it");
            return;
        }
        List<String> mended = new ArrayList<>(document.subList(0, from));
        mended.addAll(table);
        mended.addAll(document.subList(to, document.size()));
        Files.write(DOCUMENT, mended);
    }
}
