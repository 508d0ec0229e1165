package org.bptt4j.card;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.bptt4j.backend.Costs;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CardCostsTest {
    private static final List<String> BUILT_IN = List.of(
            "# About costs.",
            "source = derived, not measured on a card",
            "margin = 1.5",
            "cpu.gflops.lane = 12.2",
            "",
            "cuda.call.micros = 5",
            "cuda.step.micros = 6",
            "cuda.product.share = 0.6",
            "cuda.l2.bytes = 21",
            "cuda.upload.gbs = 10",
            "cuda.wait.micros = 10",
            "# card.name = NAME",
            "card.name = an older one",
            "sweep.graph.tanh.1.1 = 7");

    private static Map<String, Object> layer(String form, String cell, int steps, double forward, double backward) {
        return Map.of(
                "kind",
                "layer",
                "form",
                form,
                "precision",
                "float32",
                "cell",
                cell,
                "B",
                32.0,
                "T",
                (double) steps,
                "H",
                128.0,
                "forward_ms",
                forward,
                "backward_ms",
                backward);
    }

    private static final List<Map<String, Object>> RESULTS = List.of(
            Map.of(
                    "kind",
                    "card",
                    "state",
                    "ok",
                    "name",
                    "NVIDIA H100",
                    "driver",
                    "for CUDA 13.0",
                    "multiprocessors",
                    132.0,
                    "lanes",
                    128.0,
                    "clock_mhz",
                    1980.0,
                    "l2_mib",
                    50.0,
                    "memory_gbs",
                    3352.32),
            Map.of("kind", "peak", "precision", "tf32", "gflops", 400_000.0),
            Map.of("kind", "peak", "precision", "float32", "gflops", 50_181.12),
            Map.of("kind", "upload", "state", "ok", "upload_gb_per_s", 8.5),
            Map.of(
                    "kind", "probe",
                    "launches in a stream us_each", 2.5,
                    "steps of a sweep, there and back: graph, H 32 us_each", 9.0,
                    "a launch and a wait for it us_each", 12.25),
            layer("graph", "tanh", 100, 0.2, 0.4),
            layer("graph", "tanh", 50, 9, 9),
            layer("single", "tanh", 100, 0.02, 0.04),
            layer("sliced", "tanh", 100, 0.05, 0.05),
            layer("sliced", "relu", 100, 0.05, 0.05),
            Map.of("kind", "layer", "form", "single", "precision", "float32", "cell", "lstm"));

    @TempDir
    Path folder;

    /** 132·128·2·1.98 GHz = 66,908 GFLOP/s, of which 50,181 are three quarters; 100 steps of 0.2 and 0.4 ms are 3 µs each. */
    @Test
    void whatWasMeasuredTakesThePlaceOfWhatWasDerived() {
        List<String> text = CardCosts.text(BUILT_IN, RESULTS, "2026-12-01");
        assertEquals(
                List.of(
                        "# In place of src/main/resources/org/bptt4j/backend/costs.properties",
                        "source = measured on NVIDIA H100, driver for CUDA 13.0, 2026-12-01, benchmarks/gpu.sh",
                        "margin = 1.2",
                        "cpu.gflops.lane = 12.2",
                        "cuda.call.micros = 2.5",
                        "cuda.step.micros = 4.5",
                        "cuda.product.share = 0.75",
                        "cuda.l2.bytes = 21",
                        "cuda.upload.gbs = 8.5",
                        "cuda.wait.micros = 12.25",
                        "card.name = NVIDIA H100",
                        "card.multiprocessors = 132",
                        "card.lanes = 128",
                        "card.clock.mhz = 1980",
                        "card.l2.mib = 50",
                        "card.memory.gbs = 3352",
                        "sweep.graph.tanh.32.128 = 3",
                        "sweep.persistent.relu.32.128 = 0.5",
                        "sweep.persistent.tanh.32.128 = 0.3"),
                text);
    }

    /** A software device has a card's line and no times. */
    @Test
    void withoutTimesThereAreNone() {
        assertEquals(
                List.of("# No times of a card, no constants."),
                CardCosts.text(
                        BUILT_IN, List.of(Map.of("kind", "card", "state", "ok", "name", "Software")), "2026-12-01"));
    }

    /** With the file that the library has. */
    @Test
    void theBackendsReadIt() throws IOException {
        Path file = folder.resolve("costs.properties");
        try (PrintStream out = new PrintStream(file.toFile(), StandardCharsets.UTF_8)) {
            CardCosts.print(RESULTS, "2026-12-01", out);
        }
        Costs costs = Costs.read(file);
        assertEquals("measured on NVIDIA H100, driver for CUDA 13.0, 2026-12-01, benchmarks/gpu.sh", costs.source());
        assertEquals(1.2, costs.margin());
        assertEquals(4.5, costs.cuda().stepMicros());
        assertEquals(Costs.builtIn().cpu(), costs.cpu());
        assertEquals("NVIDIA H100", costs.measured().name());
        assertEquals(3, costs.sweeps().size());
    }
}
