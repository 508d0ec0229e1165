package org.bptt4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.apache.commons.math3.random.Well19937c;
import org.bptt4j.backend.Backend;
import org.bptt4j.backend.OutOfDeviceMemoryException;
import org.bptt4j.backend.cpu.CpuBackends;
import org.bptt4j.data.Batch;
import org.bptt4j.data.PackedSource;
import org.bptt4j.data.tasks.Adding;
import org.bptt4j.data.tasks.Copy;
import org.bptt4j.data.tasks.Parity;
import org.bptt4j.data.tasks.TemporalOrder;
import org.bptt4j.io.Safetensors;
import org.bptt4j.io.SafetensorsException;
import org.bptt4j.spec.Cell;
import org.bptt4j.spec.Count;
import org.bptt4j.spec.RnnSpec;
import org.bptt4j.spec.Sizes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** Sizes that no machine has are refused by name and at once, wherever they come from. */
final class HugeSizesTest {
    private static final int MAX = Integer.MAX_VALUE;

    @TempDir
    Path folder;

    private static void refused(Class<? extends Exception> type, Executable action, String... words) {
        String message = assertTimeoutPreemptively(Duration.ofSeconds(20), () -> assertThrows(type, action))
                .getMessage();
        for (String word : words) {
            assertTrue(message.contains(word), message);
        }
    }

    @Test
    void productsAreCounted() {
        assertEquals(0, Sizes.product(MAX, Long.MAX_VALUE, 0));
        assertEquals(Long.MAX_VALUE, Sizes.product(MAX, MAX, MAX));
        assertEquals(Long.MAX_VALUE, Sizes.sum(Long.MAX_VALUE, 1));
        assertEquals(12, Sizes.array("a", "b", 3, 4));
        assertEquals("3 × 4 = 12", Sizes.text(3, 4));
        assertEquals("2147483647 × 2147483647 × 4 = 18446744056529682436", Sizes.text(MAX, MAX, 4));
        refused(
                IllegalArgumentException.class,
                () -> Sizes.array("x", "use less", MAX, 2),
                "x of 2147483647 × 2 = 4294967294 elements",
                "use less");
    }

    @Test
    void aNetworkIsRefusedWithItsSizes() {
        refused(
                IllegalArgumentException.class,
                () -> new RnnSpec(Cell.LSTM, 1, MAX, 1, 1),
                "4 numbers for each hidden unit of a cell 'lstm': 4 × 2147483647 = 8589934588");
        refused(
                IllegalArgumentException.class,
                () -> RnnSpec.of(1, MAX, 1).inBothDirections(),
                "in each direction: 2 × 2147483647");
        refused(
                IllegalArgumentException.class,
                () -> RnnSpec.of(1, 1, 1).withCell(Cell.LSTM).withLayers(MAX),
                "layers, directions and arrays in each: 2147483647 × 1 × 2");
        try (Backend backend = CpuBackends.open("vector", 1)) {
            for (RnnSpec spec : new RnnSpec[] {
                RnnSpec.of(1, 1, 1).withLayers(2_000_000_000), RnnSpec.of(1, MAX, 1), RnnSpec.of(1, 50_000, 1)
            }) {
                refused(
                        OutOfDeviceMemoryException.class,
                        () -> Rnn.create(backend, spec, 1),
                        Count.of(spec.layers(), "layer") + " of " + Count.of(spec.hiddenSize(), "hidden unit"),
                        "RnnSpec.hiddenSize");
            }
            refused(
                    IllegalArgumentException.class,
                    () -> Rnn.create(backend, RnnSpec.of(MAX, MAX / 4, 1).withLayers(MAX), 1),
                    "overflows 64 bits");
            assertEquals(0, backend.allocatedBytes());
        }
    }

    /** 4,000 layers took 3.6 s, by the square of their number; this is 16 times as many. */
    @Test
    void creationIsLinearInTheLayers() {
        try (Backend backend = CpuBackends.open("vector", 1)) {
            assertTimeoutPreemptively(Duration.ofSeconds(20), () -> {
                try (Rnn rnn = Rnn.create(backend, RnnSpec.of(1, 1, 1).withLayers(64_000), 1)) {
                    assertEquals(1, rnn.parameter("rnn.weight_hh_l63999").length);
                }
            });
            try (Rnn rnn = Rnn.create(backend, RnnSpec.of(1, 1, 1).withLayers(100), 1)) {
                refused(
                        IllegalArgumentException.class,
                        () -> rnn.parameter("none"),
                        "'none'",
                        "rnn.weight_ih_l0, ",
                        "… and 382 more");
            }
        }
    }

    @Test
    void aFileIsRefusedWithItsName() throws IOException {
        Path file = folder.resolve("huge.safetensors");
        Safetensors huge = new Safetensors();
        Map.of(
                        "cell",
                        "lstm",
                        "layers",
                        "1",
                        "input_size",
                        "1",
                        "hidden_size",
                        "2147483647",
                        "output_size",
                        "1",
                        "bidirectional",
                        "false",
                        "state_version",
                        "2",
                        "optimizer",
                        "adam",
                        "updates",
                        "0")
                .forEach(huge::putMetadata);
        Map.of("skipped", "0", "epoch", "0", "batches", "0").forEach(huge::putMetadata);
        huge.write(file);
        refused(SafetensorsException.class, () -> ModelFile.read(file), file.toString(), "8589934588");
        refused(SafetensorsException.class, () -> TrainerState.read(file), file.toString(), "8589934588");
        for (String layers : new String[] {"1000000000", "2"}) {
            huge.putMetadata("hidden_size", "1").putMetadata("layers", layers).write(file);
            refused(SafetensorsException.class, () -> ModelFile.read(file), file.toString(), layers, "0 tensors");
            refused(SafetensorsException.class, () -> TrainerState.read(file), file.toString(), layers);
        }
    }

    @Test
    void batchesAreRefusedWithTheirSizes() {
        refused(
                IllegalArgumentException.class,
                () -> Batch.dense(MAX, MAX, MAX, new float[1]),
                "x [T,B,I] has 1 elements, needs 2147483647 × 2147483647 × 2147483647 =");
        refused(IllegalArgumentException.class, () -> Batch.symbols(1 << 16, 1 << 16, new int[0]), "4294967296");
        refused(
                IllegalArgumentException.class,
                () -> new PackedSource(new int[][] {{1, 2}}, 1 << 16, 1 << 16, -100, 1),
                "4294967296",
                "fewer rows or steps");
        Well19937c random = new Well19937c(1);
        refused(IllegalArgumentException.class, () -> new Adding(MAX).draw(MAX, random), "smaller batch");
        refused(IllegalArgumentException.class, () -> new Parity(MAX).draw(2, random), "4294967294");
        refused(IllegalArgumentException.class, () -> new Copy(MAX - 20).draw(2, random), "4294967294");
        refused(IllegalArgumentException.class, () -> new TemporalOrder(MAX).draw(2, random), "4294967294");
    }

    /** States of so many rows and units cannot be counted in bytes: memory that is not there, and no overflow. */
    @Test
    void statesOfManyRowsAreRefused() {
        Batch wide = Batch.symbols(1, 1 << 22, new int[1 << 22]).withTargets(new int[1 << 22]);
        try (Backend backend = CpuBackends.open("vector", 1);
                Rnn rnn = Rnn.create(backend, RnnSpec.of(1, 512, 1).withCell(Cell.LSTM), 1);
                Trainer trainer = Trainer.of(rnn).build()) {
            refused(
                    OutOfDeviceMemoryException.class,
                    () -> trainer.step(wide),
                    "bytes asked",
                    "Trainer.Builder.memory");
            trainer.step(Batch.symbols(1, 1, new int[1]).withTargets(new int[1]));
        }
    }
}
