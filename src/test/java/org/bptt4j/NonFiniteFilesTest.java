package org.bptt4j;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.bptt4j.backend.Backend;
import org.bptt4j.backend.cpu.CpuBackends;
import org.bptt4j.data.Batch;
import org.bptt4j.data.SourcePosition;
import org.bptt4j.io.Safetensors;
import org.bptt4j.io.SafetensorsException;
import org.bptt4j.io.Tensor;
import org.bptt4j.spec.Loss;
import org.bptt4j.spec.Optimizer;
import org.bptt4j.spec.RnnSpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** What is not finite is neither saved nor loaded, and a figure that is not finite is none. */
final class NonFiniteFilesTest {
    @TempDir
    Path folder;

    private final Backend backend = CpuBackends.open("vector", 1);
    private final Rnn rnn = Rnn.create(backend, RnnSpec.of(3, 2, 4), 1);

    @AfterEach
    void close() {
        rnn.close();
        assertEquals(0, backend.allocatedBytes());
        backend.close();
    }

    private static <X extends Throwable> String refused(Class<X> type, Executable action, String... words) {
        String message = assertThrows(type, action).getMessage();
        for (String word : words) {
            assertTrue(message.contains(word), message);
        }
        return message;
    }

    @Test
    void aModelThatIsNotFiniteIsNotSaved() throws IOException {
        Path file = folder.resolve("model.safetensors");
        rnn.save(file);
        byte[] before = Files.readAllBytes(file);
        for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
            rnn.setParameter("head.weight", new float[] {0, 0, 0, 0, 0, bad, 0, 0});
            refused(
                    NonFiniteException.class,
                    () -> rnn.save(file),
                    "head.weight",
                    "[2, 1] is " + bad,
                    "Nothing was saved");
            assertArrayEquals(before, Files.readAllBytes(file));
        }
    }

    /** An update that overflows: finite gradients, a finite rate, and parameters that are not. */
    @Test
    void aTrainingStateThatIsNotFiniteIsNotSaved() throws IOException {
        Batch batch = Batch.symbols(2, 1, new int[2]).withTargets(new float[] {1e3f, 1e3f, 1e3f, 1e3f, 1, 1, 1, 1});
        try (Trainer trainer =
                Trainer.of(rnn).loss(Loss.mse()).optimizer(Optimizer.sgd(3e38)).build()) {
            Path file = folder.resolve("state.safetensors");
            TrainerState.write(file, trainer, new SourcePosition(0, 0), Map.of());
            byte[] before = Files.readAllBytes(file);
            trainer.step(batch);
            refused(
                    NonFiniteException.class,
                    () -> TrainerState.write(file, trainer, new SourcePosition(0, 1), Map.of()),
                    "is not finite",
                    "Nothing was saved",
                    "after 1 update");
            assertArrayEquals(before, Files.readAllBytes(file));
            refused(
                    NonFiniteException.class,
                    () -> trainer.evaluate(new Batches(List.of(batch))),
                    "batch 1 of an evaluation",
                    "parameter ");
        }
    }

    @Test
    void aFileThatIsNotFiniteIsRefusedByName() throws IOException {
        Path model = folder.resolve("model.safetensors");
        Path state = folder.resolve("state.safetensors");
        rnn.save(model);
        try (Trainer trainer = Trainer.of(rnn).build()) {
            TrainerState.write(state, trainer, new SourcePosition(0, 0), Map.of());
            for (float bad : new float[] {Float.NaN, Float.NEGATIVE_INFINITY}) {
                String first = "[1] is " + bad;
                Path other = spoiled(model, "head.bias", bad);
                refused(
                        SafetensorsException.class,
                        () -> ModelFile.read(other),
                        other + "",
                        "'head.bias'",
                        "not finite",
                        first);
                refused(SafetensorsException.class, () -> Rnn.load(backend, other), "'head.bias'");
                Path otherState = spoiled(state, "head.bias", bad);
                refused(SafetensorsException.class, () -> TrainerState.read(otherState), "'head.bias'", first);
                TrainerState average = TrainerState.read(spoiled(state, "exp_avg.head.bias", bad));
                float[] before = rnn.parameter("head.bias");
                refused(SafetensorsException.class, () -> average.restore(trainer), "'exp_avg.head.bias'", first);
                assertArrayEquals(before, rnn.parameter("head.bias"));
            }
        }
    }

    /** A copy of a file with element 1 of a tensor replaced. */
    private Path spoiled(Path file, String name, float value) throws IOException {
        Safetensors from = Safetensors.read(file);
        Safetensors to = new Safetensors();
        from.metadata().forEach(to::putMetadata);
        for (Tensor tensor : from.tensors().values()) {
            float[] values = tensor.toFloats().clone();
            if (tensor.name().equals(name)) {
                values[1] = value;
            }
            to.put(tensor.name(), values, tensor.shape());
        }
        Path other = folder.resolve("spoiled.safetensors");
        to.write(other);
        return other;
    }

    @Test
    void anEvaluationNamesTheBatchThatIsNotFinite() {
        float[] x = new float[12];
        x[7] = Float.NaN; // step 1, row 0
        Batch good = Batch.dense(2, 2, 3, new float[12]).withTargets(new int[4]);
        Batch bad = Batch.dense(2, 2, 3, x).withTargets(new int[4]);
        try (Trainer trainer = Trainer.of(rnn).skipNonFinite().build()) {
            refused(
                    NonFiniteException.class,
                    () -> trainer.evaluate(new Batches(List.of(good, bad))),
                    "batch 2 of an evaluation is NaN",
                    "input x at step 1, batch row 0");
            refused(NonFiniteException.class, () -> trainer.forwardBackward(bad), "input x at step 1, batch row 0");
            refused(NonFiniteException.class, () -> trainer.gradients(bad), "input x at step 1, batch row 0");
            assertEquals(4, trainer.evaluate(new Batches(List.of(good))).targets());
        }
    }

    /** Finite outputs whose squares are no float. */
    @Test
    void aLossThatOverflowsIsNoFigure() {
        float[] targets = new float[8];
        Arrays.fill(targets, 1e30f);
        Batch batch = Batch.symbols(2, 1, new int[2]).withTargets(targets);
        try (Trainer trainer = Trainer.of(rnn).loss(Loss.mse()).build()) {
            refused(
                    NonFiniteException.class,
                    () -> trainer.evaluate(new Batches(List.of(batch))),
                    "the loss of batch 1 of an evaluation is Infinity");
        }
    }
}
