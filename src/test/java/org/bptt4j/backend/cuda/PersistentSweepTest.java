package org.bptt4j.backend.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Random;
import org.bptt4j.Rnn;
import org.bptt4j.Trainer;
import org.bptt4j.backend.Backend;
import org.bptt4j.backend.BackendUnavailableException;
import org.bptt4j.backend.SweepForm;
import org.bptt4j.data.Batch;
import org.bptt4j.oracle.RandomProblem;
import org.bptt4j.softgpu.SoftGpu;
import org.bptt4j.spec.Cell;
import org.bptt4j.spec.RnnSpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The persistent sweeps beyond the contract, on the software device: any order of blocks, and how few launches they take. */
class PersistentSweepTest {
    private static final int LAUNCHES_PER_LAYER = 30;

    @BeforeEach
    void thereIsADevice() {
        SoftDevice.require();
        SoftGpu.load();
    }

    @AfterEach
    void nothingIsLeft() {
        SoftGpu.restoreDefaults();
        Leaks.assertNone("after close");
    }

    @ParameterizedTest
    @EnumSource
    void theBitsDoNotDependOnTheOrderOfBlocks(PersistentPlan.Form form) {
        SoftGpu.set("multiprocessors", 12);
        float[] expected = swept(form, Cell.TANH, 7, 9, 65, null);
        SoftGpu.set("order", "reverse");
        assertArrayEquals(expected, swept(form, Cell.TANH, 7, 9, 65, null));
        SoftGpu.set("order", "random");
        for (int seed = 1; seed < 6; seed++) {
            SoftGpu.set("seed", seed);
            assertArrayEquals(expected, swept(form, Cell.TANH, 7, 9, 65, null));
        }
    }

    @ParameterizedTest
    @CsvSource({"SINGLE, 10", "SINGLE, 300", "SLICED, 10", "SLICED, 300"})
    void launchesOfATrainingStepDoNotDependOnItsLength(PersistentPlan.Form form, int steps) {
        trainAndCount(form, steps);
    }

    @ParameterizedTest
    @CsvSource({"SINGLE, 1000", "SINGLE, 5000", "SLICED, 1000", "SLICED, 5000"})
    @Tag("full")
    void launchesOfALongTrainingStepDoNotEither(PersistentPlan.Form form, int steps) {
        trainAndCount(form, steps);
    }

    private static void trainAndCount(PersistentPlan.Form form, int steps) {
        int layers = 2;
        int hidden = 9; // two slices
        Random random = new Random(1);
        Batch batch = Batch.dense(steps, 2, 3, RandomProblem.floats(steps * 6, random))
                .withTargets(random.ints(steps * 2, 0, 4).toArray());
        try (Backend backend = PersistentBackends.open(form);
                Rnn rnn = Rnn.create(backend, RnnSpec.of(3, hidden, 4).withLayers(layers), 1);
                Trainer trainer = Trainer.of(rnn).build()) {
            trainer.step(batch);
            backend.synchronize();
            SoftGpu.reset();
            assertTrue(Double.isFinite(trainer.step(batch).loss()));
            backend.synchronize();
            long launches = SoftGpu.sum("launch") + SoftGpu.sum("gemm.");
            assertTrue(launches <= layers * LAUNCHES_PER_LAYER, launches + " launches and products");
            int width = form.sizes().get(0).width();
            assertEquals(layers, SoftGpu.counter("kernel." + form.kernel("forward", width)));
            assertEquals(layers, SoftGpu.counter("kernel." + form.kernel("backward", width)));
        }
    }

    @Test
    void aShapeThatFitsNoKernelIsRefusedWithTheReason() {
        try (Backend backend = SoftDevice.open(SweepForm.PERSISTENT);
                SweepData data = new SweepData(backend, Cell.TANH, 1, 1, 2561, null)) {
            String message =
                    assertThrows(BackendUnavailableException.class, data::sweep).getMessage();
            assertTrue(message.contains("H 2561 is over 256"), message);
            assertTrue(message.contains("H 2561 is over 2560"), message);
        }
    }

    @Test
    void aCellThatHasNoKernelIsRefusedWithTheRemedy() {
        for (Cell cell : List.of(Cell.GRU, Cell.LSTM)) {
            try (Backend backend = SoftDevice.open(SweepForm.PERSISTENT);
                    SweepData data = new SweepData(backend, cell, 2, 1, 8, null)) {
                assertEquals(
                        "no persistent kernel for the cell " + cell
                                + ": there are some for tanh and relu; use the form graph, or auto",
                        assertThrows(BackendUnavailableException.class, () -> data.forward(0, 2))
                                .getMessage());
                assertThrows(BackendUnavailableException.class, () -> data.backward(0, 2));
            }
        }
    }

    private static float[] swept(PersistentPlan.Form form, Cell cell, int steps, int batch, int hidden, int[] lengths) {
        try (Backend backend = PersistentBackends.open(form)) {
            return swept(backend, cell, steps, batch, hidden, lengths);
        }
    }

    private static float[] swept(Backend backend, Cell cell, int steps, int batch, int hidden, int[] lengths) {
        try (SweepData data = new SweepData(backend, cell, steps, batch, hidden, lengths)) {
            data.sweep();
            return data.read();
        }
    }
}
