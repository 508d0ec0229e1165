package org.bptt4j;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.bptt4j.backend.Backend;
import org.bptt4j.data.Batch;
import org.bptt4j.data.SourcePosition;
import org.bptt4j.io.Safetensors;
import org.bptt4j.io.SafetensorsException;
import org.bptt4j.spec.Cell;
import org.bptt4j.spec.Clipping;
import org.bptt4j.spec.LearningRateSchedule;
import org.bptt4j.spec.Optimizer;
import org.bptt4j.spec.RnnSpec;
import org.bptt4j.spec.Truncation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A run that was saved and loaded goes on with the bits of one that was not. */
class TrainerStateTest {
    private static final int T = 6;
    private static final int B = 3;
    private static final RnnSpec SPEC = RnnSpec.of(5, 9, 4).withLayers(2);
    private static final UnaryOperator<Trainer.Builder> PLAIN = b -> b;

    @TempDir
    Path folder;

    private static Optimizer optimizer(String name) {
        return switch (name) {
            case "sgd" -> Optimizer.sgd(0.05);
            case "momentum" -> Optimizer.momentum(0.05, 0.9);
            case "nesterov" -> Optimizer.nesterov(0.05, 0.9);
            case "rmsprop" -> Optimizer.rmsprop(0.01);
            case "adam" -> Optimizer.adam(0.01);
            default -> Optimizer.adamw(0.01);
        };
    }

    /** The n-th batch of a run; all but each seventh continue the one before. */
    private static Batch batch(int n, int rows) {
        Random random = new Random(n);
        Batch batch = Batch.symbols(T, rows, random.ints(T * rows, 0, 5).toArray())
                .withTargets(random.ints(T * rows, 0, 4).toArray());
        return n % 7 == 0 ? batch : batch.continuing();
    }

    /** What a process has: a backend, a network of its own seed, a trainer. */
    private record Process(Backend backend, Rnn rnn, Trainer trainer) implements AutoCloseable {
        static Process start(String name, RnnSpec spec, long seed, UnaryOperator<Trainer.Builder> choices) {
            Backend backend = TestBackends.open(name, 2);
            Rnn rnn = Rnn.create(backend, spec, seed);
            return new Process(backend, rnn, choices.apply(Trainer.of(rnn)).build());
        }

        static Process start(long seed, UnaryOperator<Trainer.Builder> choices) {
            return start("vector", SPEC, seed, choices);
        }

        void train(int from, int to, List<StepReport> reports) {
            for (int n = from; n < to; n++) {
                Batch batch = batch(n, B);
                boolean alone = rnn.spec().bidirectional() && batch.isContinuing();
                reports.add(trainer.step(alone ? batch.withInitialState(null) : batch));
            }
        }

        float[][] parameters() {
            return rnn.parameterNames().stream().map(rnn::parameter).toArray(float[][]::new);
        }

        @Override
        public void close() {
            trainer.close();
            rnn.close();
            assertEquals(0, backend.allocatedBytes());
            backend.close();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "vector,sgd",
        "vector,momentum",
        "vector,nesterov",
        "vector,rmsprop",
        "vector,adam",
        "vector,adamw",
        "scalar,adam",
        "cuda,adam"
    })
    void aLoadedRunGoesOnWithTheSameBits(String backend, String optimizer) throws IOException {
        UnaryOperator<Trainer.Builder> choices = b -> b.optimizer(optimizer(optimizer))
                .truncation(new Truncation(2, 4))
                .schedule(LearningRateSchedule.cosine(80))
                .clipping(Clipping.norm(0.5));
        goesOn(backend, SPEC, choices);
    }

    /** c is carried on with h, and dropout has the masks of the updates that follow. */
    @ParameterizedTest
    @CsvSource({"gru,false", "lstm,false", "lstm,true"})
    void aLoadedRunOfAnyNetworkGoesOn(String cell, boolean bidirectional) throws IOException {
        RnnSpec spec = SPEC.withCell(Cell.of(cell)).withDropout(0.3);
        goesOn(
                "vector",
                bidirectional ? spec.inBothDirections() : spec,
                b -> b.seed(7)
                        .clipping(Clipping.norm(0.1))
                        .truncation(bidirectional ? Truncation.NONE : new Truncation(2, 4)));
    }

    private void goesOn(String backend, RnnSpec spec, UnaryOperator<Trainer.Builder> choices) throws IOException {
        List<StepReport> expected = new ArrayList<>();
        List<StepReport> actual = new ArrayList<>();
        float[][] parameters;
        try (Process whole = Process.start(backend, spec, 1, choices)) {
            whole.train(0, 20, expected);
            parameters = whole.parameters();
        }
        Path file = folder.resolve("state.safetensors");
        try (Process first = Process.start(backend, spec, 1, choices)) {
            first.train(0, 10, actual);
            TrainerState.write(file, first.trainer(), new SourcePosition(1, 3), Map.of("mine", "kept"));
        }
        try (Process second = Process.start(backend, spec, 2, choices)) {
            TrainerState state = TrainerState.read(file);
            state.restore(second.trainer());
            assertEquals(expected.get(9).updates(), state.updates());
            assertEquals(expected.get(9).updates(), second.trainer().updates());
            assertEquals(new SourcePosition(1, 3), state.position());
            assertEquals("kept", state.metadata().get("mine"));
            second.train(10, 20, actual);
            Bits.assertSame(parameters, second.parameters());
        }
        if (!backend.equals("cuda")) {
            assertEquals(expected, actual);
        }
        assertTrue(expected.stream().anyMatch(StepReport::clipped), "clipping takes part");
    }

    @Test
    void skippedStepsAreCountedOn() throws IOException {
        Path file = folder.resolve("state.safetensors");
        Batch infinite =
                Batch.dense(1, 1, 5, new float[] {Float.NaN, 0, 0, 0, 0}).withTargets(new int[] {1});
        try (Process first = Process.start(1, Trainer.Builder::skipNonFinite);
                Process second = Process.start(2, Trainer.Builder::skipNonFinite)) {
            first.trainer().step(infinite);
            TrainerState.write(file, first.trainer(), SourcePosition.START, Map.of());
            TrainerState.read(file).restore(second.trainer());
            assertEquals(1, second.trainer().skipped());
            assertEquals(0, second.trainer().updates());
        }
    }

    /** Before the first batch there is nothing to carry, and so after loading. */
    @Test
    void aStateBeforeTheFirstBatch() throws IOException {
        Path file = folder.resolve("state.safetensors");
        try (Process first = Process.start(1, PLAIN);
                Process second = Process.start(2, PLAIN)) {
            TrainerState.write(file, first.trainer(), SourcePosition.START, Map.of());
            second.train(0, 1, new ArrayList<>());
            TrainerState.read(file).restore(second.trainer());
            assertArrayEquals(first.parameters(), second.parameters());
            assertThrows(IllegalArgumentException.class, () -> second.trainer().step(batch(1, B)));
        }
    }

    @Test
    void whatDoesNotFitIsRefused() throws IOException {
        Path file = saved();
        assertRefused(file, "another network", RnnSpec.of(5, 8, 4).withLayers(2), PLAIN);
        assertRefused(file, "another optimiser, adam; this is sgd", SPEC, b -> b.optimizer(Optimizer.sgd(1)));
        try (Process other = Process.start(2, PLAIN)) {
            TrainerState.read(file).restore(other.trainer());
            IllegalArgumentException refused = assertThrows(
                    IllegalArgumentException.class, () -> other.trainer().step(batch(1, B + 1)));
            assertTrue(refused.getMessage().contains("4 rows continues one of 3"), refused.getMessage());
        }
    }

    private Path saved() throws IOException {
        Path file = folder.resolve("state.safetensors");
        try (Process first = Process.start(1, PLAIN)) {
            first.train(0, 2, new ArrayList<>());
            TrainerState.write(file, first.trainer(), SourcePosition.START, Map.of());
        }
        return file;
    }

    private static void assertRefused(Path file, String expected, RnnSpec spec, UnaryOperator<Trainer.Builder> choices)
            throws IOException {
        try (Process other = Process.start("vector", spec, 2, choices)) {
            float[][] before = other.parameters();
            TrainerState state = TrainerState.read(file);
            IllegalArgumentException refused =
                    assertThrows(IllegalArgumentException.class, () -> state.restore(other.trainer()));
            assertTrue(refused.getMessage().contains(expected), refused.getMessage());
            assertTrue(refused.getMessage().startsWith(file.toString()), refused.getMessage());
            assertArrayEquals(before, other.parameters());
        }
    }

    @ParameterizedTest
    @CsvSource({
        "exp_avg_sq.head.bias, '', tensor 'exp_avg_sq.head.bias' is missing",
        "carried, '', ''",
        "'', updates, metadata lacks 'updates'",
        "'', state_version, metadata lacks 'state_version'",
    })
    void aFileWithSomethingMissing(String tensor, String entry, String expected) throws IOException {
        Safetensors whole = Safetensors.read(saved());
        Safetensors part = new Safetensors();
        whole.metadata().forEach((key, value) -> {
            if (!key.equals(entry)) {
                part.putMetadata(key, value);
            }
        });
        for (String name : whole.tensors().keySet()) {
            if (!name.equals(tensor)) {
                part.put(name, whole.tensor(name).toFloats(), whole.tensor(name).shape());
            }
        }
        Path file = folder.resolve("part.safetensors");
        part.write(file);
        try (Process other = Process.start(2, PLAIN)) {
            float[][] before = other.parameters();
            if (expected.isEmpty()) {
                TrainerState.read(file).restore(other.trainer());
                return;
            }
            String message = assertThrows(
                            SafetensorsException.class,
                            () -> TrainerState.read(file).restore(other.trainer()))
                    .getMessage();
            assertTrue(message.contains(expected), message);
            assertArrayEquals(before, other.parameters());
        }
    }
}
