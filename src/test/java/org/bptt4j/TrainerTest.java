package org.bptt4j;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.bptt4j.backend.Backend;
import org.bptt4j.backend.DeviceArray;
import org.bptt4j.backend.cpu.CpuBackends;
import org.bptt4j.bptt.Parameter;
import org.bptt4j.data.Batch;
import org.bptt4j.spec.Cell;
import org.bptt4j.spec.Clipping;
import org.bptt4j.spec.LearningRateSchedule;
import org.bptt4j.spec.Loss;
import org.bptt4j.spec.Optimizer;
import org.bptt4j.spec.RnnSpec;
import org.bptt4j.spec.Truncation;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The loop around the sweeps: state carry, schedules, sources, counting, and batches that do not fit. */
class TrainerTest {
    private static final int T = 6;
    private static final int B = 3;
    private static final int O = 4;
    private static final RnnSpec SPEC = RnnSpec.of(5, 9, O).withLayers(2);
    private final Backend backend = open();
    private final Rnn rnn = Rnn.create(backend, SPEC, 1);
    private final Random random = new Random(1);

    /** The backend that all this is true of. */
    Backend open() {
        return CpuBackends.open("vector", 2);
    }

    @AfterEach
    void nothingIsLeft() {
        rnn.close();
        assertEquals(0, backend.allocatedBytes());
        backend.close();
    }

    private int[] symbols(int count, int bound) {
        return random.ints(count, 0, bound).toArray();
    }

    private Batch batch(int steps) {
        return Batch.symbols(steps, B, symbols(steps * B, 5)).withTargets(symbols(steps * B, O));
    }

    /** Steps from … to−1 of a batch of ids with class targets. */
    private static Batch piece(Batch whole, int from, int to) {
        return Batch.symbols(to - from, B, Arrays.copyOfRange(whole.ids(), from * B, to * B))
                .withTargets(Arrays.copyOfRange(whole.classes(), from * B, to * B));
    }

    private float[][] parameters() {
        return rnn.parameterNames().stream().map(rnn::parameter).toArray(float[][]::new);
    }

    // ---- state carry ------------------------------------------------------------------------------------------------

    @Test
    void continuingBatchesAreOneLongBatch() {
        Batch whole = batch(2 * T);
        try (Evaluator evaluator = new Evaluator(rnn)) {
            float[] outputs = evaluator.predict(whole).outputs();
            float[] first = evaluator.predict(piece(whole, 0, 5)).outputs();
            float[] second = evaluator.predict(piece(whole, 5, 6).continuing()).outputs();
            float[] third =
                    evaluator.predict(piece(whole, 6, 2 * T).continuing()).outputs();
            Bits.assertSame(Arrays.copyOfRange(outputs, 0, 5 * B * O), first);
            Bits.assertSame(Arrays.copyOfRange(outputs, 5 * B * O, 6 * B * O), second);
            Bits.assertSame(Arrays.copyOfRange(outputs, 6 * B * O, outputs.length), third);
        }
    }

    /** Two batches without truncation boundaries inside are the two segments of one batch with k1 = k2 = T. */
    @Test
    void trainingOnContinuingBatchesIsTruncationAtTheirBorder() {
        Batch whole = batch(2 * T);
        float[][] start = parameters();
        float[][] truncated;
        double loss;
        try (Trainer trainer = Trainer.of(rnn).truncation(Truncation.every(T)).build()) {
            loss = trainer.step(whole).loss();
            assertEquals(2, trainer.updates());
            truncated = parameters();
        }
        for (int i = 0; i < start.length; i++) {
            rnn.setParameter(rnn.parameterNames().get(i), start[i]);
        }
        try (Trainer trainer = Trainer.of(rnn).build()) {
            double a = trainer.step(piece(whole, 0, T)).loss();
            double b = trainer.step(piece(whole, T, 2 * T).continuing()).loss();
            Bits.assertSame(truncated, parameters());
            assertEquals(loss, (a + b) / 2, 1e-6);
        }
    }

    /** With lengths, a row goes on from its own last valid step. */
    @ParameterizedTest
    @MethodSource("org.bptt4j.spec.Cell#all")
    void rowsContinueFromTheirOwnLastStep(Cell cell) {
        Batch whole = batch(T);
        try (Rnn own = Rnn.create(backend, SPEC.withCell(cell), 1);
                Evaluator evaluator = new Evaluator(own)) {
            int[] lengths = {2, T, 4};
            Prediction state = evaluator.predict(whole.withLengths(lengths));
            Batch next = batch(1);
            float[] carried = evaluator.predict(next.continuing()).outputs();
            float[] given = evaluator
                    .predict(next.withInitialState(state.finalState(), state.finalCellState()))
                    .outputs();
            Bits.assertSame(given, carried);
            float[] other = evaluator.predict(next).outputs();
            assertFalse(Arrays.equals(other, carried), "the zero state gives something else");
        }
    }

    @Test
    void lookingAtOtherBatchesDoesNotDisturbTheStateThatTrainingCarries() {
        Batch first = batch(T);
        Batch second = batch(T);
        Batch aside = batch(T);
        float[][] start = parameters();
        List<float[][]> ends = new ArrayList<>();
        for (boolean look : new boolean[] {false, true}) {
            for (int i = 0; i < start.length; i++) {
                rnn.setParameter(rnn.parameterNames().get(i), start[i]);
            }
            try (Trainer trainer = Trainer.of(rnn).build()) {
                trainer.step(first);
                if (look) {
                    trainer.evaluate(new Batches(List.of(aside, aside.continuing())));
                }
                trainer.step(second.continuing());
                ends.add(parameters());
            }
        }
        Bits.assertSame(ends.get(0), ends.get(1));
    }

    // ---- steps ------------------------------------------------------------------------------------------------------

    /** Dropout is for training, and its masks are those of the trainer's seed. */
    @Test
    void dropoutIsDrawnByTheTrainersSeed() {
        RnnSpec spec = SPEC.withDropout(0.5);
        Batch batch = batch(T);
        float[][][] trained = new float[3][][];
        for (int i = 0; i < 3; i++) {
            try (Rnn dropping = Rnn.create(backend, spec, 1);
                    Trainer without = Trainer.of(rnn).build();
                    Trainer trainer = Trainer.of(dropping).seed(i / 2).build()) {
                Bits.assertSame(
                        without.gradients(batch).outputs(),
                        trainer.gradients(batch).outputs());
                assertEquals(without.forwardBackward(batch), trainer.forwardBackward(batch), 1e-6);
                double loss = without.evaluate(new Batches(List.of(batch))).loss();
                assertEquals(loss, trainer.evaluate(new Batches(List.of(batch))).loss(), 1e-6);
                assertNotEquals(loss, trainer.step(batch).loss(), 1e-4);
                trainer.step(batch.continuing());
                trained[i] = dropping.parameterNames().stream()
                        .map(dropping::parameter)
                        .toArray(float[][]::new);
            }
        }
        Bits.assertSame(trained[0], trained[1]);
        assertFalse(Arrays.deepEquals(trained[0], trained[2]), "another seed");
    }

    @Test
    void fitGoesThroughEpochsAndStopsWhenTold() {
        Batches source = new Batches(List.of(batch(T), batch(2), batch(T)));
        try (Trainer trainer = Trainer.of(rnn).build()) {
            List<Long> seen = new ArrayList<>();
            assertEquals(6, trainer.fit(source, 2, step -> seen.add(step.updates())));
            assertEquals(List.of(1L, 2L, 3L, 4L, 5L, 6L), seen);
            assertEquals(List.of(0L, 1L), source.started);
            assertEquals(4, trainer.fit(source, 5, step -> step.updates() < 10));
            assertEquals(10, trainer.updates());
            assertEquals(0, trainer.fit(source, 0, step -> true));
        }
    }

    @Test
    void theScheduleScalesEveryUpdateOfEverySegment() {
        List<Long> asked = new ArrayList<>();
        LearningRateSchedule schedule = done -> {
            asked.add(done);
            return 1.0 / (1 + done);
        };
        try (Trainer trainer = Trainer.of(rnn)
                .optimizer(Optimizer.sgd(0.5))
                .schedule(schedule)
                .truncation(Truncation.every(3))
                .build()) {
            assertEquals(0.25, trainer.step(batch(T)).learningRate());
            assertEquals(0.125, trainer.step(batch(T)).learningRate());
            assertEquals(List.of(0L, 1L, 2L, 3L), asked);
        }
    }

    /** The rate reaches the update: with factor 0 nothing moves. */
    @Test
    void aFactorOfZeroMovesNothing() {
        float[][] before = parameters();
        try (Trainer trainer =
                Trainer.of(rnn).schedule(done -> done == 0 ? 0 : 1).build()) {
            trainer.step(batch(T));
            assertArrayEquals(before, parameters());
            trainer.step(batch(T));
            assertFalse(Arrays.deepEquals(before, parameters()));
        }
    }

    @Test
    void noValidTargetIsNoLossAndNoUpdate() {
        int[] ignored = new int[T * B];
        Arrays.fill(ignored, Loss.IGNORE);
        float[][] before = parameters();
        // Weight decay would move the parameters if there were an update.
        try (Trainer trainer = Trainer.of(rnn)
                .optimizer(Optimizer.adam(0.1).withWeightDecay(0.5))
                .build()) {
            StepReport report = trainer.step(batch(T).withTargets(ignored));
            assertEquals(0, report.loss());
            assertEquals(0, report.targets());
            assertEquals(0, report.updates());
            assertFalse(report.clipped());
            assertArrayEquals(before, parameters());
            Gradients g = trainer.gradients(batch(T).withTargets(ignored));
            assertEquals(0, g.loss());
            assertEquals(0, g.gradientNorm());
            assertEquals(
                    0,
                    trainer.evaluate(new Batches(List.of(batch(T).withTargets(ignored))))
                            .loss());
        }
    }

    /** A segment without targets makes no update, but its states are swept. */
    @Test
    void segmentsWithoutTargetsAreOnlySweptForward() {
        Batch batch = batch(T);
        Arrays.fill(batch.classes(), 0, 4 * B, Loss.IGNORE);
        try (Trainer trainer = Trainer.of(rnn).truncation(Truncation.every(2)).build()) {
            StepReport report = trainer.step(batch);
            assertEquals(1, report.updates());
            assertEquals(2 * B, report.targets());
        }
    }

    @Test
    void evaluationIsTheMeanOverAllTargetsOfAllBatches() {
        Batch many = batch(T);
        Batch few = batch(1);
        few.classes()[1] = Loss.IGNORE;
        float[][] before = parameters();
        try (Trainer trainer = Trainer.of(rnn).truncation(new Truncation(2, 3)).build()) {
            double a = trainer.gradients(many).loss();
            double b = trainer.gradients(few).loss();
            Evaluation e = trainer.evaluate(new Batches(List.of(many, few)));
            assertEquals(T * B + 2, e.targets());
            assertEquals((a * T * B + b * 2) / (T * B + 2), e.loss(), 1e-6);
            assertArrayEquals(before, parameters());
            assertEquals(0, trainer.updates());
        }
    }

    @Test
    void aSteadyLoopAllocatesNothing() {
        try (Trainer trainer = Trainer.of(rnn).truncation(new Truncation(2, 4)).build()) {
            trainer.step(batch(T));
            trainer.evaluate(new Batches(List.of(batch(T))));
            long bytes = backend.allocatedBytes();
            for (int i = 0; i < 5; i++) {
                trainer.step(batch(T).continuing());
                trainer.evaluate(new Batches(List.of(batch(T))));
                trainer.step(batch(T - 2));
            }
            assertEquals(bytes, backend.allocatedBytes());
        }
    }

    /** Forgetting nothing, it learns to say the symbol of two steps ago. */
    @Test
    void itLearns() {
        try (Trainer trainer = Trainer.of(rnn).optimizer(Optimizer.adam(0.02)).build()) {
            double loss = 0;
            for (int i = 0; i < 300; i++) {
                int[] ids = symbols(12 * B, O);
                int[] targets = new int[ids.length];
                for (int j = 0; j < ids.length; j++) {
                    targets[j] = j < 2 * B ? Loss.IGNORE : ids[j - 2 * B];
                }
                loss = trainer.step(Batch.symbols(12, B, ids).withTargets(targets))
                        .loss();
            }
            assertTrue(loss < 0.2, "loss " + loss + ", guessing gives " + Math.log(O));
        }
    }

    /** Between the parameters, and so in their gradients and in what optimisers keep of them, nothing ever moves. */
    @Test
    void thePaddingStaysZero() {
        for (Optimizer optimizer : List.of(
                Optimizer.nesterov(0.1, 0.9), Optimizer.rmsprop(0.1), Optimizer.adam(0.1), Optimizer.adamw(0.1))) {
            for (Clipping clipping : List.of(Clipping.NONE, Clipping.norm(0.1), Clipping.value(0.01f))) {
                try (Trainer trainer = Trainer.of(rnn)
                        .optimizer(optimizer.withWeightDecay(0.3))
                        .clipping(clipping)
                        .build()) {
                    trainer.step(batch(T));
                    trainer.step(batch(T));
                }
            }
        }
        assertZeroBetweenParameters(rnn.network().gradientArray());
        assertZeroBetweenParameters(rnn.network().parameterArray());
    }

    private void assertZeroBetweenParameters(DeviceArray array) {
        float[] all = new float[(int) array.length()];
        backend.download(array, 0, all, 0, all.length);
        int parameters = 0;
        for (Parameter p : rnn.network().layout().parameters()) {
            Arrays.fill(all, (int) p.offset(), (int) p.offset() + p.length(), 0);
            parameters += p.length();
        }
        assertTrue(parameters < all.length, "there is padding");
        assertArrayEquals(new float[all.length], all);
    }

    /** Whichever way it clips; the first of the limits are below the gradient, the others far above. */
    @Test
    void aReportSaysWhetherClippingChangedAnything() {
        Batch batch = batch(T);
        for (Clipping tight : List.of(Clipping.norm(0.1), Clipping.value(0.01))) {
            assertTrue(clipped(batch, tight), tight.toString());
        }
        for (Clipping wide : List.of(Clipping.norm(100), Clipping.value(100), Clipping.NONE)) {
            assertFalse(clipped(batch, wide), wide.toString());
        }
    }

    private boolean clipped(Batch batch, Clipping clipping) {
        try (Trainer trainer = Trainer.of(rnn).clipping(clipping).build()) {
            return trainer.step(batch).clipped();
        }
    }
}
