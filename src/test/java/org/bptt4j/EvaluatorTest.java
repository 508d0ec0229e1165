package org.bptt4j;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.bptt4j.backend.Backend;
import org.bptt4j.backend.cpu.CpuBackends;
import org.bptt4j.data.Batch;
import org.bptt4j.oracle.RandomProblem;
import org.bptt4j.spec.Cell;
import org.bptt4j.spec.Loss;
import org.bptt4j.spec.Optimizer;
import org.bptt4j.spec.RnnSpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Outputs for batches without targets, with and without a head, of all steps and of the last ones. */
class EvaluatorTest {
    private static final int T = 7;
    private static final int B = 5;
    private static final int I = 3;
    private static final int H = 17;
    private static final int O = 4;
    private static final int[] LENGTHS = {7, 1, 4, 3, 7};

    private final Backend backend = CpuBackends.open("vector", 2);

    @AfterEach
    void nothingIsLeft() {
        assertEquals(0, backend.allocatedBytes());
        backend.close();
    }

    static Stream<RnnSpec> networks() {
        return Cell.all().stream()
                .map(cell -> RnnSpec.of(I, H, O).withCell(cell).withLayers(2).withDropout(0.5))
                .flatMap(spec -> Stream.of(spec, spec.inBothDirections()))
                .flatMap(spec -> Stream.of(spec, withoutHead(spec)));
    }

    private static RnnSpec withoutHead(RnnSpec s) {
        return new RnnSpec(s.cell(), I, H, s.layers(), 0, s.bidirectional(), s.dropout());
    }

    private static Batch batch() {
        return Batch.dense(T, B, I, RandomProblem.floats(T * B * I, new Random(1)));
    }

    /** The last steps are those of all steps, the states are those of the layer's own forward sweep. */
    @ParameterizedTest
    @MethodSource("networks")
    void theLastOutputsAreThoseOfAllSteps(RnnSpec spec) {
        try (Rnn rnn = Rnn.create(backend, spec, 1);
                Evaluator evaluator = new Evaluator(rnn)) {
            for (Batch batch : List.of(batch(), batch().withLengths(LENGTHS))) {
                Prediction all = evaluator.predict(batch);
                Prediction last = evaluator.predictLast(batch);
                int width = spec.hasHead() ? O : spec.layerOutputSize();
                assertEquals(List.of(T, B, width), List.of(all.steps(), all.rows(), all.width()));
                assertEquals(List.of(1, B, width), List.of(last.steps(), last.rows(), last.width()));
                for (int b = 0; b < B; b++) {
                    int from = ((batch.length(b) - 1) * B + b) * width;
                    for (int o = 0; o < width; o++) {
                        // Products of other numbers of rows may sum in another order.
                        assertEquals(all.outputs()[from + o], last.outputs()[b * width + o], 1e-6f, b + ", " + o);
                    }
                }
                Rnn.Output forward = rnn.forward(batch);
                Bits.assertSame(forward.finalState(), all.finalState());
                Bits.assertSame(forward.finalState(), last.finalState());
                assertArrayEquals(forward.finalCellState(), all.finalCellState());
                assertArrayEquals(forward.finalCellState(), last.finalCellState());
                if (!spec.hasHead()) {
                    Bits.assertSame(forward.h(), all.outputs());
                }
            }
        }
    }

    /** A budget cuts the sequence into windows: the same bits. */
    @ParameterizedTest
    @MethodSource("networks")
    void aBudgetChangesNothing(RnnSpec spec) {
        int steps = 400;
        Batch batch = Batch.dense(steps, B, I, RandomProblem.floats(steps * B * I, new Random(3)))
                .withLengths(new int[] {400, 13, 399, 1, 250});
        try (Rnn rnn = Rnn.create(backend, spec, 1);
                Evaluator free = new Evaluator(rnn)) {
            free.predict(batch);
            long budget = spec.bidirectional() ? free.unrolledBytes() : 60_000;
            try (Evaluator bounded = new Evaluator(rnn, budget)) {
                Bits.assertSame(
                        free.predict(batch).outputs(), bounded.predict(batch).outputs());
                Bits.assertSame(
                        free.predictLast(batch).outputs(),
                        bounded.predictLast(batch).outputs());
                assertTrue(bounded.unrolledBytes() <= budget, bounded.unrolledBytes() + " bytes of " + budget);
            }
        }
    }

    /** What a trainer compares with targets is what is predicted without them; so is the loss. */
    @Test
    void itIsWhatTrainingSees() {
        Batch batch = batch().withLengths(LENGTHS).withTargets(new int[B]);
        try (Rnn rnn = Rnn.create(backend, RnnSpec.of(I, H, O).withDropout(0.5), 1);
                Evaluator evaluator = new Evaluator(rnn);
                Trainer trainer = Trainer.of(rnn)
                        .loss(Loss.crossEntropy().atLastStep())
                        .optimizer(Optimizer.sgd(0.1))
                        .build()) {
            float[] p = evaluator.predictLast(batch).softmax();
            double sum = 0;
            for (int b = 0; b < B; b++) {
                sum -= Math.log(p[b * O]);
            }
            assertEquals(trainer.forwardBackward(batch), sum / B, 1e-6);
            Loss loss = Loss.crossEntropy().atLastStep();
            assertEquals(
                    sum / B,
                    evaluator.evaluate(loss, new Batches(List.of(batch))).loss(),
                    1e-6);
            assertEquals(
                    B, evaluator.evaluate(loss, new Batches(List.of(batch))).targets());
            Batch every = batch().withTargets(new int[T * B]);
            assertEquals(
                    T * B,
                    evaluator
                            .evaluate(Loss.crossEntropy(), new Batches(List.of(every)))
                            .targets());
            trainer.step(batch);
            assertTrue(evaluator.predictLast(batch).softmax()[0] > p[0], "it asks the parameters as they are now");
        }
    }

    @Test
    void anAnswerThatIsNotFiniteIsNamed() {
        try (Rnn rnn = Rnn.create(backend, RnnSpec.of(I, H, O), 1);
                Evaluator evaluator = new Evaluator(rnn)) {
            float[] x = new float[T * B * I];
            x[(3 * B + 2) * I + 1] = Float.NaN;
            Batch batch = Batch.dense(T, B, I, x);
            String every = assertThrows(NonFiniteException.class, () -> evaluator.predict(batch))
                    .getMessage();
            assertTrue(every.startsWith("output 0 of row 2 is NaN at step 3: look for"), every);
            String last = assertThrows(NonFiniteException.class, () -> evaluator.predictLast(batch))
                    .getMessage();
            assertTrue(last.startsWith("output 0 of row 2 is NaN at step 6: look for"), last);
            // What lies in padding is never read.
            evaluator.predict(batch.withLengths(new int[] {7, 7, 3, 7, 7}));
            evaluator.predictLast(batch.withLengths(new int[] {7, 7, 3, 7, 7}));
        }
    }

    @Test
    void probabilitiesAndClasses() {
        float[] y = {0, 1000, 1000, -5, 2, 2.5f, -1000, -1000, -1000};
        Prediction p = new Prediction(1, 3, 3, y, new float[0], null);
        assertArrayEquals(new int[] {1, 2, 0}, p.argMax());
        float third = 1f / 3;
        double sum = Math.exp(-5) + Math.exp(2) + Math.exp(2.5);
        assertArrayEquals(
                new float[] {
                    0,
                    0.5f,
                    0.5f,
                    (float) (Math.exp(-5) / sum),
                    (float) (Math.exp(2) / sum),
                    (float) (Math.exp(2.5) / sum),
                    third,
                    third,
                    third
                },
                p.softmax(),
                1e-7f);
        assertArrayEquals(
                new float[] {
                    0.5f,
                    1,
                    1,
                    (float) (1 / (1 + Math.exp(5))),
                    (float) (1 / (1 + Math.exp(-2))),
                    (float) (1 / (1 + Math.exp(-2.5))),
                    0,
                    0,
                    0
                },
                p.sigmoid(),
                1e-7f);
        assertNull(p.finalCellState());
        assertEquals("Prediction[1 steps, 3 rows, 3 outputs]", p.toString());
    }

    @Test
    void aBatchOfAnotherNetworkIsRefused() {
        try (Rnn rnn = Rnn.create(backend, RnnSpec.of(I, H, O), 1);
                Evaluator evaluator = new Evaluator(rnn)) {
            assertThrows(IllegalArgumentException.class, () -> evaluator.predict(Batch.dense(1, 1, 4, new float[4])));
            assertThrows(
                    IllegalArgumentException.class, () -> evaluator.predictLast(Batch.symbols(1, 1, new int[] {I})));
            assertThrows(IllegalArgumentException.class, () -> new Evaluator(rnn, 0));
        }
    }
}
