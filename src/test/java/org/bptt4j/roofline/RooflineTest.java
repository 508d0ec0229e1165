package org.bptt4j.roofline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import org.bptt4j.Rnn;
import org.bptt4j.Trainer;
import org.bptt4j.backend.Backend;
import org.bptt4j.backend.SweepForm;
import org.bptt4j.backend.Workload;
import org.bptt4j.backend.cuda.CardModel;
import org.bptt4j.backend.cuda.SoftDevice;
import org.bptt4j.data.Batch;
import org.bptt4j.oracle.RandomProblem;
import org.bptt4j.roofline.Operation.Call;
import org.bptt4j.softgpu.SoftGpu;
import org.bptt4j.spec.RnnSpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The model of docs/roofline.md counts what the backend really asks of a device; and the page has its tables. */
class RooflineTest {
    private static final Path DOCS = Path.of("docs");

    /** Launches, products, graphs and their nodes, copies and cooperative launches of one forward and backward pass. */
    @ParameterizedTest
    @CsvSource({
        "STEPS, 13, 5, 11, 1",
        "STEPS, 1, 5, 11, 2",
        "STEPS, 9, 2, 300, 2",
        "GRAPH, 13, 5, 11, 1",
        "GRAPH, 126, 2, 5, 2",
        "GRAPH, 300, 1, 4, 1",
        "GRAPH, 30, 1, 4, 3",
        "PERSISTENT, 13, 5, 11, 1",
        "PERSISTENT, 40, 3, 33, 2",
        "PERSISTENT, 7, 2, 200, 1",
        "PERSISTENT, 5, 3, 193, 2"
    })
    void countsAreTheDevices(Sweep.Form form, int steps, int batch, int hidden, int layers) {
        Row row = new Row(batch, steps, 7, hidden, 3, layers, true, Double.NaN, "");
        try (Backend backend = SoftDevice.open(SweepForm.valueOf(form.name()));
                Rnn rnn = Rnn.create(backend, RnnSpec.of(7, hidden, 3).withLayers(layers), 1);
                Trainer trainer = Trainer.of(rnn).build()) {
            Batch data = batch(row);
            for (int i = 0; i < 2; i++) { // makes room, records
                trainer.forwardBackward(data);
            }
            backend.synchronize();
            SoftGpu.reset();
            trainer.forwardBackward(data);
            backend.synchronize();
        }
        List<Operation> model = TrainingStep.operations(softwareDevice(), row, form);
        long cooperative = SoftGpu.counter("launch.cooperative");
        assertEquals(SoftGpu.sum("launch") - cooperative, calls(model, Call.KERNEL), "kernels");
        assertEquals(cooperative, calls(model, Call.COOPERATIVE), "cooperative launches");
        assertEquals(SoftGpu.counter("memset"), calls(model, Call.MEMSET), "memsets");
        assertEquals(SoftGpu.counter("graph.launch"), calls(model, Call.GRAPH), "graphs");
        assertEquals(
                SoftGpu.counter("graph.nodes"),
                model.stream().mapToLong(Operation::nodes).sum(),
                "nodes");
        assertEquals(SoftGpu.sum("copy.htod"), calls(model, Call.UPLOAD), "uploads");
        assertEquals(SoftGpu.sum("copy.dtoh"), calls(model, Call.DOWNLOAD), "downloads");
        long inGraphs = pieces(form, steps) * 2L * layers;
        assertEquals(SoftGpu.sum("gemm."), calls(model, Call.PRODUCT) + inGraphs, "products");
    }

    /** Products that lie in the graphs of one sweep, those of steps past the end too. */
    private static int pieces(Sweep.Form form, int steps) {
        return form == Sweep.Form.GRAPH
                ? Sweep.pieces(steps).stream().mapToInt(n -> n).sum()
                : 0;
    }

    /** The software device's own limits; all else does not matter where only calls are counted. */
    private static Card softwareDevice() {
        return Card.V100.with(Quantity.MULTIPROCESSORS, 4).with(Quantity.SHARED, 64);
    }

    private static long calls(List<Operation> operations, Call call) {
        return operations.stream().filter(o -> o.call() == call).count();
    }

    private static Batch batch(Row row) {
        Random random = new Random(1);
        int cells = (int) row.cells();
        return Batch.dense(row.steps(), row.batch(), row.input(), RandomProblem.floats(cells * row.input(), random))
                .withTargets(random.ints(cells, 0, row.output()).toArray());
    }

    /** 6TB(Σ I_l·H + L·H²) with the gradient of x, 4 in place of 6 without those of the weights. */
    @Test
    void theWorkOfLayersAlone() {
        for (Row row : Row.PUBLISHED) {
            double weights = 0;
            for (int l = 0; l < row.layers(); l++) {
                weights += (double) row.hidden() * (row.inputOf(l) + row.hidden());
            }
            for (Sweep.Form form : List.of(Sweep.Form.STEPS, Sweep.Form.PERSISTENT)) {
                double flop = TrainingStep.operations(Card.H100, row, form).stream()
                        .mapToDouble(Operation::flop)
                        .sum();
                double times = row.weightGradients() ? 6 : 4;
                assertEquals(times * row.cells() * weights, flop, 1e-9 * flop, row.title());
            }
        }
    }

    /** No prediction is faster than the card's peak, and none of a card with half of everything is faster. */
    @Test
    void nothingIsFasterThanThePeak() {
        for (Row row : Row.GRID) {
            for (Card card : Card.ALL) {
                double least = TrainingStep.flop(card, row) / card.flopPerMicro(card.get(Quantity.MULTIPROCESSORS));
                double best = Tables.best(card, row).micros();
                assertTrue(best > least, row.title() + " on " + card.name() + ": " + best + " µs");
                Card slower = card.with(Quantity.CLOCK, card.get(Quantity.CLOCK) / 2)
                        .with(Quantity.L2, card.get(Quantity.L2) / 2)
                        .with(Quantity.DRAM, card.get(Quantity.DRAM) / 2);
                assertTrue(Tables.best(slower, row).micros() >= best, row.title());
            }
        }
    }

    /** The rougher model behind auto: what it takes for granted of a step (6 µs in place of 2.4 to 7) is above this page's. */
    @Test
    void autoEstimatesNothingBelowTheModelOfGraphs() {
        for (Row row : Row.GRID) {
            for (Card card : Card.SHOWN) {
                double graph = new Timeline(TrainingStep.operations(card, row, Sweep.Form.GRAPH)).micros() / 1e3;
                RnnSpec net = RnnSpec.of(row.input(), row.hidden(), row.output());
                Workload w = Workload.training(net, row.batch(), row.steps());
                double estimate = CardModel.millis(AutoTables.figures(card), w);
                String words = row.title() + " on " + card.name() + ": " + estimate + " against " + graph + " ms";
                assertTrue(estimate > graph && estimate < 3 * graph, words);
            }
        }
    }

    /** Twice two waits of the host's 5 µs, or of the card's 8: what takes longer counts. */
    @Test
    void theSlowerOfHostAndCardCounts() {
        Operation quick = operation(5, 1);
        Operation slow = operation(5, 8);
        assertEquals(11, new Timeline(List.of(quick, quick)).micros(), 1e-9);
        assertEquals(21, new Timeline(List.of(slow, slow)).micros(), 1e-9);
        assertEquals(Bound.LAUNCH, new Timeline(List.of(quick, quick)).bound());
        assertEquals(Bound.L2, new Timeline(List.of(slow, slow)).bound());
    }

    private static Operation operation(double host, double card) {
        return new Operation(Call.KERNEL, 0, 0, 0, Operation.Bytes.NONE, host, Map.of(Bound.L2, card));
    }

    @Test
    void theCpusTimesAreTheMeasuredOnes() throws IOException {
        String measured = Files.readString(DOCS.resolve("benchmarks.md"));
        for (Row row : Row.GRID) {
            String line = "| " + row.title() + " | " + String.format(Locale.ROOT, "%.3g", row.cpu());
            assertTrue(measured.contains(line), line);
        }
        assertTrue(measured.contains("| geometric mean | | " + (int) Tables.CPU_RATE + " |"));
    }

    /** Else: benchmarks/roofline. */
    @Test
    void thePagesAreFresh() throws IOException {
        String page = Files.readString(DOCS.resolve("roofline.md"));
        assertEquals(Page.withTables(page), page, "docs/roofline.md is stale: run benchmarks/roofline");
        String auto = Files.readString(DOCS.resolve(Page.AUTO));
        assertEquals(AutoTables.withTables(auto), auto, "docs/auto.md is stale: run benchmarks/roofline");
    }
}
