package org.bptt4j.backend.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.bptt4j.Rnn;
import org.bptt4j.Trainer;
import org.bptt4j.backend.Backend;
import org.bptt4j.backend.SweepForm;
import org.bptt4j.data.Batch;
import org.bptt4j.oracle.RandomProblem;
import org.bptt4j.softgpu.SoftGpu;
import org.bptt4j.spec.Cell;
import org.bptt4j.spec.Clipping;
import org.bptt4j.spec.Optimizer;
import org.bptt4j.spec.RnnSpec;
import org.bptt4j.spec.Truncation;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Training with sweeps by graphs: how few launches a step takes, whatever its length, and that its bits are those of single steps. */
class LaunchesTest {
    private static final int B = 2;
    private static final int I = 3;
    private static final int H = 5;
    private static final int O = 4;
    /** W_ih, W_hh, b_ih, b_hh. */
    private static final int TENSORS = 4;

    @AfterEach
    void nothingIsLeft() {
        Leaks.assertNone("after close");
    }

    private static Batch batch(int steps, Random random) {
        return Batch.dense(steps, B, I, RandomProblem.floats(steps * B * I, random))
                .withTargets(random.ints(steps * B, 0, O).toArray());
    }

    private static Trainer.Builder trainer(Rnn rnn) {
        return Trainer.of(rnn).clipping(Clipping.norm(0.1)).optimizer(Optimizer.adam(1e-2));
    }

    /** A launch of a graph counts as one; products that cuBLAS launches outside of graphs are counted by TrafficTest. */
    @ParameterizedTest
    @CsvSource({
        "tanh, 10, 1",
        "tanh, 255, 1",
        "tanh, 256, 1",
        "tanh, 511, 1",
        "tanh, 1000, 1",
        "tanh, 5000, 1",
        "tanh, 10, 3",
        "tanh, 255, 3",
        "tanh, 1000, 3",
        "gru, 255, 3",
        "lstm, 511, 2"
    })
    void launchesOfATrainingStep(String name, int steps, int layers) {
        Cell cell = Cell.of(name);
        Batch batch = batch(steps, new Random(1)).withLengths(new int[] {steps, (steps + 1) / 2});
        try (Backend backend = SoftDevice.open();
                Rnn rnn = Rnn.create(
                        backend, RnnSpec.of(I, H, O).withLayers(layers).withCell(cell), 1);
                Trainer trainer = trainer(rnn).build()) {
            trainer.step(batch, batch);
            trainer.step(batch, batch);
            trainer.step(batch, batch);
            backend.synchronize();
            SoftGpu.reset();
            trainer.step(batch, batch);
            backend.synchronize();
            long launches = SoftGpu.sum("launch") + SoftGpu.counter("graph.launch");
            int stretches = (steps + GraphSweep.STEPS - 1) / GraphSweep.STEPS;
            long most = (long) layers * (4L * stretches + TENSORS + 20);
            assertTrue(launches <= most, cell + ": " + launches + " launches, at most " + most);
            assertTrue(SoftGpu.counter("kernel." + cell + "_forward") >= (long) layers * steps);
            assertEquals(0, SoftGpu.counter("alloc") + SoftGpu.counter("free") + SoftGpu.counter("host.alloc"));
            assertEquals(0, SoftGpu.counter("graph.instantiate"));
        }
    }

    /** Batches of many lengths in turn, truncated, some with rows that end early, each going up while the one before computes. */
    @Test
    void trainingOnAllSortsOfBatchesGivesTheBitsOfSingleSteps() {
        for (Cell cell : Cell.all()) {
            for (Truncation truncation : List.of(Truncation.NONE, new Truncation(7, 11), new Truncation(5, 3))) {
                float[][] expected = trained(SweepForm.STEPS, cell, truncation);
                assertArrayEquals(expected, trained(SweepForm.GRAPH, cell, truncation));
                assertArrayEquals(expected, trained(SweepForm.AUTO, cell, truncation));
            }
        }
    }

    private static float[][] trained(SweepForm form, Cell cell, Truncation truncation) {
        Random random = new Random(3);
        List<Batch> batches = new ArrayList<>();
        for (int steps : new int[] {13, 40, 1, 13, 29, 40, 7, 13}) {
            Batch batch = batch(steps, random);
            batches.add(random.nextBoolean() ? batch : batch.withLengths(new int[] {steps, 1 + random.nextInt(steps)}));
        }
        RnnSpec spec = RnnSpec.of(I, H, O).withLayers(2).withCell(cell);
        try (Backend backend = SoftDevice.open(form);
                Rnn rnn = Rnn.create(backend, spec, 1);
                Trainer trainer = trainer(rnn).truncation(truncation).build()) {
            for (int i = 0; i < batches.size(); i++) {
                trainer.step(batches.get(i), i + 1 < batches.size() ? batches.get(i + 1) : null);
            }
            return rnn.parameterNames().stream().map(rnn::parameter).toArray(float[][]::new);
        }
    }
}
