package org.bptt4j;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.bptt4j.backend.Backend;
import org.bptt4j.backend.Minimal;
import org.bptt4j.backend.SweepForm;
import org.bptt4j.backend.cpu.CpuBackends;
import org.bptt4j.backend.cuda.OwnCell;
import org.bptt4j.bptt.MemoryPlan;
import org.bptt4j.data.Batch;
import org.bptt4j.data.tasks.Adding;
import org.bptt4j.data.tasks.TaskSource;
import org.bptt4j.oracle.RandomProblem;
import org.bptt4j.spec.Loss;
import org.bptt4j.spec.Optimizer;
import org.bptt4j.spec.RnnSpec;
import org.bptt4j.spec.Truncation;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whole networks of a cell that does not come with the library: everything around a cell's two files takes it as it is. */
class AddedCellTest {
    private static final RnnSpec SPEC =
            RnnSpec.of(3, 5, 2).withCell(Minimal.CELL).withLayers(2);
    private static final int STEPS = 13;
    private static final int ROWS = 3;
    private static final double STEP = 1e-5;

    static List<String> backends() {
        return CpuBackends.NAMES;
    }

    static List<String> allBackends() {
        return Stream.concat(backends().stream(), Stream.of("cuda")).toList();
    }

    private static Backend open(String name, int threads) {
        return name.equals("cuda") ? OwnCell.open(SweepForm.AUTO) : CpuBackends.open(name, threads);
    }

    private static Batch batch() {
        Random random = new Random(2);
        return Batch.dense(STEPS, ROWS, 3, RandomProblem.floats(STEPS * ROWS * 3, random))
                .withTargets(RandomProblem.floats(STEPS * ROWS * 2, random))
                .withLengths(new int[] {STEPS, 1, 7});
    }

    private static Trainer.Builder trainer(Rnn rnn) {
        return Trainer.of(rnn).loss(Loss.mse()).optimizer(Optimizer.adam(0.02));
    }

    @ParameterizedTest
    @MethodSource("allBackends")
    void everyGradientIsTheSlopeOfTheLoss(String name) {
        try (Backend backend = open(name, 2);
                Rnn rnn = Rnn.create(backend, SPEC, 4);
                Trainer trainer = trainer(rnn).build()) {
            Map<String, double[]> parameters = new LinkedHashMap<>();
            rnn.parameterNames().forEach(p -> parameters.put(p, doubles(rnn.parameter(p))));
            LossInDouble truth = new LossInDouble(SPEC, new Minimal(), parameters);
            assertEquals(truth.of(batch()), trainer.gradients(batch()).loss(), 1e-6);
            parameters.forEach((p, values) -> {
                float[] gradient = rnn.gradient(p);
                for (int i = 0; i < values.length; i++) {
                    double value = values[i];
                    values[i] = value + STEP;
                    double above = truth.of(batch());
                    values[i] = value - STEP;
                    double below = truth.of(batch());
                    values[i] = value;
                    assertEquals((above - below) / (2 * STEP), gradient[i], 1e-6, p + "[" + i + "]");
                }
            });
        }
    }

    private static double[] doubles(float[] values) {
        double[] v = new double[values.length];
        for (int i = 0; i < v.length; i++) {
            v[i] = values[i];
        }
        return v;
    }

    @ParameterizedTest
    @MethodSource("backends")
    void lessMemoryAndMoreThreadsChangeNoBit(String name) {
        for (Truncation truncation : List.of(Truncation.NONE, new Truncation(4, 6))) {
            float[][] expected = trained(name, 1, truncation, MemoryPlan.UNLIMITED);
            assertArrayEquals(expected, trained(name, 3, truncation, MemoryPlan.UNLIMITED));
            assertArrayEquals(expected, trained(name, 2, truncation, least(name, truncation)));
        }
    }

    /** Three quarters of all that is asked for without a limit: not everything can be kept. */
    private static long least(String name, Truncation truncation) {
        try (Backend backend = open(name, 1);
                Rnn rnn = Rnn.create(backend, SPEC, 4);
                Trainer trainer = trainer(rnn).truncation(truncation).build()) {
            return trainer.memoryPlan(batch()).wholeBytes() * 3 / 4;
        }
    }

    private static float[][] trained(String name, int threads, Truncation truncation, long memory) {
        try (Backend backend = open(name, threads);
                Rnn rnn = Rnn.create(backend, SPEC, 4);
                Trainer trainer =
                        trainer(rnn).truncation(truncation).memory(memory).build()) {
            trainer.step(batch());
            trainer.step(batch().continuing());
            assertEquals(
                    memory == MemoryPlan.UNLIMITED, trainer.memoryPlan(batch()).isWhole());
            return rnn.parameterNames().stream().map(rnn::parameter).toArray(float[][]::new);
        }
    }

    @ParameterizedTest
    @MethodSource("backends")
    void itLearns(String name) {
        Adding task = new Adding(12);
        try (Backend backend = open(name, 2);
                Rnn rnn = Rnn.create(backend, RnnSpec.of(2, 16, 1).withCell(Minimal.CELL), 1);
                Trainer trainer = trainer(rnn).loss(task.loss()).build()) {
            trainer.fit(TaskSource.training(task, 20, 300, 1), 1, step -> true);
            double loss = trainer.evaluate(TaskSource.heldOut(task, 50, 2, 0)).loss();
            assertTrue(loss < task.trivialLoss() / 10, "mean squared error " + loss);
        }
    }
}
