package org.bptt4j;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bptt4j.backend.Backend;
import org.bptt4j.backend.cpu.CpuBackends;
import org.bptt4j.bptt.MemoryPlan;
import org.bptt4j.data.Batch;
import org.bptt4j.oracle.RandomProblem;
import org.bptt4j.spec.Cell;
import org.bptt4j.spec.Clipping;
import org.bptt4j.spec.Loss;
import org.bptt4j.spec.Optimizer;
import org.bptt4j.spec.RnnSpec;
import org.bptt4j.spec.Truncation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Training within a memory budget: the same bits as without, by the plan that was announced, in the bytes that were allowed. */
class MemoryTest {
    /** A budget that the largest of these networks can predict with, whatever training needs. */
    private static final long LEAST_TO_PREDICT = 4 << 10;

    private static final int STEPS = 61;
    private static final int ROWS = 3;
    private static final int INPUTS = 5;
    private static final int HIDDEN = 7;
    private static final int OUTPUTS = 4;
    private static final Pattern LEAST = Pattern.compile("at least (\\d+) ");

    Backend open() {
        return CpuBackends.open("vector", 2);
    }

    /** Results of two computations on this backend that should be the same but for the memory. */
    void assertSame(float[] expected, float[] actual, String what) {
        assertArrayEquals(expected, actual, what);
    }

    /** A kind of network, batch and loss. */
    record Kind(RnnSpec network, Truncation truncation, Loss loss, boolean lengths, boolean ids, boolean resets) {}

    private static final RnnSpec PLAIN =
            RnnSpec.of(INPUTS, HIDDEN, OUTPUTS).withLayers(2).withCell(Cell.TANH);

    static List<Kind> kinds() {
        List<Kind> kinds = new ArrayList<>();
        for (Truncation truncation : List.of(
                Truncation.NONE,
                new Truncation(9, 9),
                new Truncation(9, 4),
                new Truncation(20, 33),
                new Truncation(1, 3),
                new Truncation(17, 12),
                new Truncation(STEPS, 8),
                new Truncation(STEPS, 1))) {
            for (Loss loss : List.of(Loss.crossEntropy(), Loss.mse().atLastStep())) {
                kinds.add(new Kind(PLAIN, truncation, loss, false, false, false));
                kinds.add(new Kind(PLAIN, truncation, loss, true, loss.at() == Loss.At.EVERY, false));
            }
            kinds.add(new Kind(PLAIN, truncation, Loss.crossEntropy(), true, false, true));
        }
        RnnSpec dropping = PLAIN.withDropout(0.3);
        kinds.add(new Kind(dropping, new Truncation(20, 33), Loss.crossEntropy(), false, false, false));
        for (Truncation truncation : List.of(Truncation.NONE, new Truncation(20, 33))) {
            kinds.add(new Kind(dropping.withCell(Cell.LSTM), truncation, Loss.crossEntropy(), true, false, true));
        }
        for (Truncation truncation : List.of(new Truncation(9, 4), new Truncation(1, 3))) {
            kinds.add(new Kind(dropping.withCell(Cell.GRU), truncation, Loss.crossEntropy(), true, false, true));
        }
        return kinds;
    }

    /** All that a network of two directions is unrolled with. */
    static List<Kind> kindsInBothDirections() {
        List<Kind> kinds = new ArrayList<>();
        for (Cell cell : Cell.all()) {
            for (int layers = 1; layers <= 2; layers++) {
                RnnSpec spec = PLAIN.withCell(cell)
                        .withLayers(layers)
                        .inBothDirections()
                        .withDropout(layers == 2 ? 0.3 : 0);
                kinds.add(new Kind(spec, Truncation.NONE, Loss.crossEntropy(), layers == 1, layers > 1, layers == 2));
            }
        }
        return kinds;
    }

    private Rnn rnn(Backend backend, Kind kind) {
        return Rnn.create(backend, kind.network, 3);
    }

    private static Batch batch(Kind kind, int seed) {
        Random random = new Random(seed);
        int cells = STEPS * ROWS;
        Batch batch = kind.ids
                ? Batch.symbols(STEPS, ROWS, random.ints(cells, 0, INPUTS).toArray())
                : Batch.dense(STEPS, ROWS, INPUTS, RandomProblem.floats(cells * INPUTS, random));
        batch = kind.lengths ? batch.withLengths(new int[] {STEPS, 1, 37}) : batch;
        if (kind.resets) {
            boolean[] mask = new boolean[cells];
            for (int i = 0; i < cells; i++) {
                mask[i] = random.nextInt(12) == 0;
            }
            batch = batch.withResets(mask);
        }
        int compared = kind.loss.at() == Loss.At.EVERY ? cells : ROWS;
        return kind.loss.kind() == Loss.Kind.MSE
                ? batch.withTargets(RandomProblem.floats(compared * OUTPUTS, random))
                : batch.withTargets(random.ints(compared, 0, OUTPUTS).toArray());
    }

    private static Trainer trainer(Rnn rnn, Kind kind, long memory) {
        return Trainer.of(rnn)
                .loss(kind.loss)
                .truncation(kind.truncation)
                .clipping(Clipping.norm(0.5))
                .optimizer(Optimizer.sgd(0.1))
                .memory(memory)
                .build();
    }

    /** The least budget, and some between it and all. */
    private long[] budgets(Kind kind) {
        try (Backend backend = open();
                Rnn rnn = rnn(backend, kind);
                Trainer tight = trainer(rnn, kind, 1);
                Trainer loose = trainer(rnn, kind, MemoryPlan.UNLIMITED)) {
            Batch batch = batch(kind, 1);
            String message = assertThrows(IllegalArgumentException.class, () -> tight.step(batch))
                    .getMessage();
            Matcher least = LEAST.matcher(message);
            assertTrue(least.find(), message);
            long from = Long.parseLong(least.group(1));
            long whole = loose.memoryPlan(batch).wholeBytes();
            assertTrue(from <= whole, message);
            try (Trainer less = trainer(rnn, kind, from - 1)) {
                assertThrows(IllegalArgumentException.class, () -> less.memoryPlan(batch));
            }
            return new long[] {from, from + (whole - from) / 20, from + (whole - from) / 5, (from + whole) / 2, whole};
        }
    }

    /** The budgets that are tried of all. */
    long[] tried(Kind kind, long[] budgets) {
        return budgets;
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void trainingGivesTheSameWithLessMemory(Kind kind) {
        float[][] expected = trained(kind, MemoryPlan.UNLIMITED);
        for (long budget : tried(kind, budgets(kind))) {
            float[][] actual = trained(kind, budget);
            for (int i = 0; i < expected.length; i++) {
                assertSame(expected[i], actual[i], kind + ", " + budget + " bytes, parameter " + i);
            }
        }
    }

    /** Parameters after some steps with batches that go on from each other, and the outputs for another. */
    private float[][] trained(Kind kind, long memory) {
        try (Backend backend = open();
                Rnn rnn = rnn(backend, kind);
                Trainer trainer = trainer(rnn, kind, memory)) {
            for (int i = 0; i < 3; i++) {
                Batch batch = batch(kind, i);
                trainer.step(i == 0 || kind.network.bidirectional() ? batch : batch.continuing());
            }
            MemoryPlan plan = trainer.memoryPlan(batch(kind, 0));
            assertTrue(plan.bytes() <= memory, plan.toString());
            assertTrue(trainer.unrolledBytes() <= plan.bytes(), trainer.unrolledBytes() + " bytes: " + plan);
            List<float[]> results = new ArrayList<>();
            rnn.parameterNames().forEach(name -> results.add(rnn.parameter(name)));
            Batch other = batch(kind, 4);
            results.add(predicted(rnn, other, memory));
            return results.toArray(float[][]::new);
        }
    }

    /** All outputs, within the same budget. */
    private static float[] predicted(Rnn rnn, Batch batch, long memory) {
        try (Evaluator evaluator = new Evaluator(rnn, Math.max(memory, LEAST_TO_PREDICT))) {
            float[] outputs = evaluator.predict(batch).outputs();
            assertTrue(evaluator.unrolledBytes() <= Math.max(memory, LEAST_TO_PREDICT));
            return outputs;
        }
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void gradientsOfEverythingAreTheSameWithLessMemory(Kind kind) {
        Batch batch = kind.loss.at() == Loss.At.EVERY || !kind.lengths ? batch(kind, 1) : batch(kind, 2);
        Results expected = gradients(kind, batch, MemoryPlan.UNLIMITED);
        for (long budget : tried(kind, budgets(kind))) {
            Results actual = gradients(kind, batch, budget);
            assertEquals(expected.names, actual.names);
            for (int i = 0; i < expected.arrays.size(); i++) {
                assertSame(
                        expected.arrays.get(i),
                        actual.arrays.get(i),
                        expected.names.get(i) + ", " + kind + ", " + budget + " bytes");
            }
        }
    }

    private record Results(List<String> names, List<float[]> arrays) {
        void add(String name, float[] array) {
            if (array != null) {
                names.add(name);
                arrays.add(array);
            }
        }
    }

    private Results gradients(Kind kind, Batch batch, long memory) {
        Random random = new Random(9);
        float[] h0 = RandomProblem.floats(kind.network.sweeps() * ROWS * HIDDEN, random);
        float[] c0 = kind.network.cell().hasCellState() ? RandomProblem.floats(h0.length, random) : null;
        try (Backend backend = open();
                Rnn rnn = rnn(backend, kind);
                Trainer trainer = trainer(rnn, kind, memory)) {
            Gradients g = trainer.gradients(batch.withInitialState(h0, c0));
            Results results = new Results(new ArrayList<>(), new ArrayList<>());
            assertTrue(Double.isFinite(g.loss()));
            results.add("output", g.outputs());
            assertTrue(trainer.unrolledBytes() <= memory, trainer.unrolledBytes() + " bytes of " + memory);
            results.add("h_n", g.finalState());
            results.add("c_n", g.finalCellState());
            results.add("dX", g.x());
            results.add("dh0", g.initialState());
            results.add("dc0", g.initialCellState());
            rnn.parameterNames().forEach(name -> results.add(name, rnn.gradient(name)));
            return results;
        }
    }

    /** Nothing can be cut: what is needed for all steps, to the byte, or a refusal that says so. */
    @ParameterizedTest
    @MethodSource("kindsInBothDirections")
    void bothDirectionsNeedAllStepsAtOnce(Kind kind) {
        Batch batch = batch(kind, 1);
        float[][] expected = trained(kind, MemoryPlan.UNLIMITED);
        try (Backend backend = open();
                Rnn rnn = rnn(backend, kind);
                Trainer trainer = trainer(rnn, kind, MemoryPlan.UNLIMITED)) {
            MemoryPlan plan = trainer.memoryPlan(batch);
            assertTrue(plan.isWhole(), plan.toString());
            trainer.step(batch);
            trainer.step(batch, batch(kind, 2)); // where there is room for the next one, it is taken
            assertEquals(plan.bytes(), trainer.unrolledBytes());
            float[][] actual = trained(kind, plan.bytes());
            for (int i = 0; i < expected.length; i++) {
                assertSame(expected[i], actual[i], kind + ", parameter " + i);
            }
            try (Trainer less = trainer(rnn, kind, plan.bytes() - 1)) {
                String message = assertThrows(IllegalArgumentException.class, () -> less.step(batch))
                        .getMessage();
                assertTrue(message.contains("at least " + plan.bytes() + " "), message);
                assertTrue(message.contains("bidirectional"), message);
            }
        }
    }

    @Test
    void evaluationIsTheSameWithLessMemory() {
        Kind kind = new Kind(PLAIN, Truncation.NONE, Loss.crossEntropy(), false, false, false);
        double[] losses = new double[2];
        long[] budgets = {MemoryPlan.UNLIMITED, budgets(kind)[1]};
        for (int i = 0; i < 2; i++) {
            try (Backend backend = open();
                    Rnn rnn = rnn(backend, kind);
                    Trainer trainer = trainer(rnn, kind, budgets[i])) {
                losses[i] = trainer.evaluate(new Batches(
                                List.of(batch(kind, 1), batch(kind, 2).continuing())))
                        .loss();
            }
        }
        assertEquals(losses[0], losses[1], 1e-6 * losses[0]);
    }

    /** Sweeping each step 50,000 times is no plan: the least budget is that of a schedule which can be kept and waited for. */
    @Test
    void theLeastBudgetOfALongSequenceHasASchedule() {
        int steps = 100_000;
        Batch batch = Batch.symbols(steps, 1, new int[steps]).withTargets(new int[steps]);
        try (Backend backend = open();
                Rnn rnn = Rnn.create(backend, PLAIN, 3);
                Trainer tight = Trainer.of(rnn).memory(1).build()) {
            String message = assertThrows(IllegalArgumentException.class, () -> tight.memoryPlan(batch))
                    .getMessage();
            Matcher least = LEAST.matcher(message);
            assertTrue(least.find(), message);
            try (Trainer trainer =
                    Trainer.of(rnn).memory(Long.parseLong(least.group(1))).build()) {
                MemoryPlan plan = trainer.memoryPlan(batch);
                assertTrue(plan.recomputation() > 2 && plan.recomputation() < 1000, plan.toString());
            }
        }
    }

    /** Batches of other shapes in between: what one needed does not count against the next. */
    @Test
    void theBudgetHoldsForBatchesOfAllShapes() {
        try (Backend backend = open();
                Rnn rnn = Rnn.create(backend, PLAIN, 3);
                Trainer trainer = Trainer.of(rnn).memory(20_000).build()) {
            Random random = new Random(1);
            for (int[] shape : new int[][] {{50, 3}, {7, 20}, {200, 1}, {1, 1}, {50, 3}}) {
                int cells = shape[0] * shape[1];
                trainer.step(Batch.dense(shape[0], shape[1], INPUTS, RandomProblem.floats(cells * INPUTS, random))
                        .withTargets(random.ints(cells, 0, OUTPUTS).toArray()));
                assertTrue(trainer.unrolledBytes() <= 20_000);
            }
        }
    }
}
