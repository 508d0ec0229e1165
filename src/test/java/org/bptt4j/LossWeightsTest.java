package org.bptt4j;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.bptt4j.backend.Backend;
import org.bptt4j.backend.cpu.CpuBackends;
import org.bptt4j.backend.cuda.TestDevice;
import org.bptt4j.data.Batch;
import org.bptt4j.oracle.RandomProblem;
import org.bptt4j.spec.Loss;
import org.bptt4j.spec.Optimizer;
import org.bptt4j.spec.RnnSpec;
import org.bptt4j.spec.Truncation;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a mean divides by, and that weights go where their targets go: to segments, windows, other lengths, prepared batches. */
class LossWeightsTest {
    private static final int T = 23;
    private static final int B = 3;
    private static final int I = 4;
    private static final int O = 5;
    private static final List<Loss> LOSSES = List.of(
            Loss.mse(),
            Loss.mse().atLastStep(),
            Loss.bce().weighted(1, 2, 0, 0.5, 3),
            Loss.crossEntropy(),
            Loss.crossEntropy().atLastStep().weighted(1, 2, 0, 0.5, 3),
            Loss.crossEntropy().weighted(1, 2, 0.25, 0.5, 3).smoothed(0.1));

    private static Batch batch(Loss loss, int steps, int seed) {
        Random random = new Random(seed);
        Batch batch = Batch.dense(steps, B, I, RandomProblem.floats(steps * B * I, random));
        int targets = loss.at() == Loss.At.LAST ? B : steps * B;
        if (loss.takesClasses()) {
            return batch.withTargets(random.ints(targets, 0, O).toArray());
        }
        float[] values = RandomProblem.floats(targets * O, random);
        for (int i = 0; i < values.length; i++) {
            values[i] = Math.abs(values[i]);
        }
        return batch.withTargets(values);
    }

    private static Batch weighted(Batch batch, Loss loss, float... weights) {
        float[] all = new float[loss.at() == Loss.At.LAST ? B : batch.steps() * B];
        for (int i = 0; i < all.length; i++) {
            all[i] = weights[i % weights.length];
        }
        return batch.withLossWeights(all);
    }

    private static Rnn rnn(Backend backend) {
        return Rnn.create(backend, RnnSpec.of(I, 9, O).withLayers(2), 3);
    }

    private static float[][] gradients(Rnn rnn) {
        return rnn.parameterNames().stream().map(rnn::gradient).toArray(float[][]::new);
    }

    @Test
    void weightsThatAreAllTheSameChangeASumOnly() {
        for (Loss loss : LOSSES) {
            Batch plain = batch(loss, T, 1);
            for (Loss.Reduction reduction : Loss.Reduction.values()) {
                try (Backend backend = CpuBackends.open("vector", 2);
                        Rnn rnn = rnn(backend);
                        Trainer trainer =
                                Trainer.of(rnn).loss(loss.reduced(reduction)).build()) {
                    double expected = trainer.forwardBackward(plain);
                    double four = trainer.forwardBackward(weighted(plain, loss, 4));
                    double times = reduction == Loss.Reduction.SUM ? 4 : 1;
                    assertEquals(times * expected, four, 1e-6 * four, loss.toString());
                }
            }
        }
    }

    @Test
    void weightsOfOneGiveTheBitsOfNone() {
        for (Loss loss : List.of(Loss.mse(), Loss.bce(), Loss.crossEntropy().smoothed(0.1))) {
            try (Backend backend = CpuBackends.open("vector", 2);
                    Rnn rnn = rnn(backend);
                    Trainer trainer = Trainer.of(rnn).loss(loss).build()) {
                double expected = trainer.forwardBackward(batch(loss, T, 1));
                float[][] gradients = gradients(rnn);
                assertEquals(expected, trainer.forwardBackward(weighted(batch(loss, T, 1), loss, 1)));
                assertArrayEquals(gradients, gradients(rnn));
            }
        }
    }

    @Test
    void aTargetOfNoWeightIsNeitherCountedNorRead() {
        for (Loss loss : LOSSES) {
            Batch batch = weighted(batch(loss, T, 1), loss, 1, 0, 2);
            long counted = 2L * batch.lossWeights().length / 3;
            try (Backend backend = CpuBackends.open("vector", 2);
                    Rnn rnn = rnn(backend);
                    Trainer trainer = Trainer.of(rnn).loss(loss).build()) {
                double expected = trainer.forwardBackward(batch);
                float[][] gradients = gradients(rnn);
                for (int i = 0; i < batch.lossWeights().length; i++) {
                    if (batch.lossWeights()[i] == 0 && loss.takesClasses()) {
                        batch.classes()[i] = -7;
                    } else if (batch.lossWeights()[i] == 0) {
                        Arrays.fill(batch.values(), i * O, (i + 1) * O, Float.NaN);
                    }
                }
                assertEquals(expected, trainer.forwardBackward(batch));
                assertArrayEquals(gradients, gradients(rnn));
                assertEquals(counted, trainer.step(batch).targets());
                assertEquals(1, trainer.updates());
            }
        }
    }

    @Test
    void noWeightAtAllIsNoLossAndNoUpdate() {
        Loss noClass = Loss.crossEntropy().weighted(0, 0, 0, 0, 0).smoothed(0.1);
        for (Loss loss : List.of(LOSSES.get(0), LOSSES.get(1), LOSSES.get(2), LOSSES.get(5), noClass)) {
            Batch batch = weighted(batch(loss, T, 1), loss, loss == noClass ? 1 : 0);
            try (Backend backend = CpuBackends.open("vector", 2);
                    Rnn rnn = rnn(backend);
                    Trainer trainer = Trainer.of(rnn)
                            .loss(loss)
                            .truncation(new Truncation(5, 5))
                            .build()) {
                StepReport report = trainer.step(batch);
                assertEquals(0, report.loss());
                assertEquals(0, report.updates());
                assertEquals(0, trainer.evaluate(new Batches(List.of(batch))).loss());
            }
        }
    }

    @Test
    void anEvaluationWeighsBatchesByTheirWeights() {
        Loss loss = Loss.mse();
        Batch light = weighted(batch(loss, 5, 1), loss, 0.5f);
        Batch heavy = weighted(batch(loss, 5, 2), loss, 3);
        try (Backend backend = CpuBackends.open("vector", 2);
                Rnn rnn = rnn(backend);
                Trainer trainer = Trainer.of(rnn).loss(loss).build()) {
            double one = trainer.forwardBackward(light);
            double other = trainer.forwardBackward(heavy);
            Evaluation both = trainer.evaluate(new Batches(List.of(light, heavy)));
            assertEquals((0.5 * one + 3 * other) / 3.5, both.loss(), 1e-6 * both.loss());
            assertEquals(2 * 5 * B, both.targets());
        }
    }

    @Test
    void gradientsAreTheSameInWindows() {
        for (Loss loss : LOSSES) {
            for (Truncation truncation : List.of(Truncation.NONE, new Truncation(5, 8), new Truncation(6, 4))) {
                Batch batch =
                        weighted(batch(loss, T, 1), loss, 1, 0.5f, 0, 2, 1).withLengths(new int[] {T, 11, 17});
                float[][] expected = null;
                for (double share : new double[] {1, 0.9, 0.8}) {
                    try (Backend backend = CpuBackends.open("vector", 2);
                            Rnn rnn = rnn(backend);
                            Trainer loose = Trainer.of(rnn).loss(loss).build()) {
                        long budget = (long) (share * loose.memoryPlan(batch).wholeBytes());
                        try (Trainer trainer = Trainer.of(rnn)
                                .loss(loss)
                                .truncation(truncation)
                                .memory(budget)
                                .build()) {
                            trainer.forwardBackward(batch);
                            assertTrue(trainer.unrolledBytes() <= budget, loss + ": " + trainer.unrolledBytes());
                            expected = expected == null ? gradients(rnn) : expected;
                            assertArrayEquals(expected, gradients(rnn), loss + " " + share);
                        }
                    }
                }
            }
        }
    }

    /** Some batches have weights and some have none, so that prepared ones are of the same shape and of another. */
    @Test
    @Tag("card")
    void preparedBatchesBringTheirWeights() {
        for (Loss loss : LOSSES) {
            float[][] alone = trained(loss, false);
            Bits.assertSame(alone, trained(loss, true), loss.toString());
        }
    }

    private static float[][] trained(Loss loss, boolean ahead) {
        List<Batch> batches = List.of(
                weighted(batch(loss, 7, 1), loss, 1, 2),
                weighted(batch(loss, 7, 2), loss, 0, 3, 1),
                batch(loss, 7, 3),
                batch(loss, 7, 4),
                weighted(batch(loss, 7, 5), loss, 0.1f, 0.2f));
        try (Backend backend = TestDevice.open();
                Rnn rnn = rnn(backend);
                Trainer trainer = Trainer.of(rnn).loss(loss).build()) {
            float[][] result = new float[rnn.parameterNames().size() + 1][batches.size()];
            for (int i = 0; i < batches.size(); i++) {
                Batch next = ahead && i + 1 < batches.size() ? batches.get(i + 1) : null;
                result[0][i] = (float) trainer.step(batches.get(i), next).loss();
            }
            for (int i = 1; i < result.length; i++) {
                result[i] = rnn.parameter(rnn.parameterNames().get(i - 1));
            }
            return result;
        }
    }

    @Test
    void weightsOfOutputsMustBeAsManyAsTheseAre() {
        try (Backend backend = CpuBackends.open("vector", 1);
                Rnn rnn = rnn(backend)) {
            Trainer.Builder builder = Trainer.of(rnn).loss(Loss.crossEntropy().weighted(1, 2));
            String message =
                    assertThrows(IllegalArgumentException.class, builder::build).getMessage();
            assertTrue(message.contains("2 weights") && message.contains("5 outputs"), message);
        }
    }

    /** A mean divides by their sum: all of them 2⁻¹⁴⁰, whose inverse is no float, or 2¹²⁶, whose sum is none. */
    @ParameterizedTest
    @ValueSource(floats = {0x1p-140f, 0x1p126f})
    void theSizeOfAllWeightsTogetherMakesNoDifference(float size) {
        for (Loss loss : LOSSES) {
            try (Backend backend = CpuBackends.open("vector", 2);
                    Rnn rnn = rnn(backend);
                    Trainer trainer = Trainer.of(rnn)
                            .loss(loss)
                            .optimizer(Optimizer.sgd(0.1))
                            .build()) {
                Batch ordinary = weighted(batch(loss, T, 1), loss, 2, 0, 1, 0.5f);
                Batch scaled = weighted(batch(loss, T, 1), loss, 2 * size, 0, size, size / 2);
                double expected = trainer.forwardBackward(ordinary);
                float[][] gradients = gradients(rnn);
                assertEquals(expected, trainer.forwardBackward(scaled), 1e-6 * expected, loss.toString());
                float[][] actual = gradients(rnn);
                for (int p = 0; p < actual.length; p++) {
                    assertArrayEquals(gradients[p], actual[p], 1e-7f, loss.toString());
                }
                Evaluation evaluation = trainer.evaluate(new Batches(List.of(ordinary, scaled)));
                assertTrue(Double.isFinite(evaluation.loss()), evaluation.toString());
                assertEquals(
                        expected, trainer.evaluate(new Batches(List.of(scaled))).loss(), 1e-6 * expected);
                assertEquals(expected, trainer.step(scaled).loss(), 1e-6 * expected);
            }
        }
    }

    @Test
    void aSumOfOneLargeWeightIsWhatItIs() {
        Loss loss = Loss.crossEntropy().reduced(Loss.Reduction.SUM);
        try (Backend backend = CpuBackends.open("vector", 2);
                Rnn rnn = rnn(backend);
                Trainer trainer = Trainer.of(rnn).loss(loss).build()) {
            double one = trainer.forwardBackward(weighted(batch(loss, T, 1), loss, 1));
            double large = trainer.evaluate(new Batches(List.of(weighted(batch(loss, T, 1), loss, 0x1p126f))))
                    .loss();
            assertEquals(one * 0x1p126, large, 1e-6 * large);
        }
    }

    /** Weights of classes scale a cross-entropy's terms in the same way. */
    @Test
    void theSizeOfAllClassWeightsTogetherMakesNoDifference() {
        Loss ordinary = Loss.crossEntropy().weighted(1, 2, 0.25, 0.5, 3).smoothed(0.1);
        for (double size : new double[] {0x1p-140, 0x1p125}) {
            Loss scaled = Loss.crossEntropy()
                    .weighted(size, 2 * size, size / 4, size / 2, 3 * size)
                    .smoothed(0.1);
            try (Backend backend = CpuBackends.open("vector", 2);
                    Rnn rnn = rnn(backend);
                    Trainer trainer = Trainer.of(rnn).loss(ordinary).build();
                    Trainer other = Trainer.of(rnn).loss(scaled).build()) {
                double expected = trainer.forwardBackward(batch(ordinary, T, 1));
                float[][] gradients = gradients(rnn);
                assertEquals(expected, other.forwardBackward(batch(ordinary, T, 1)), 1e-6 * expected);
                for (int p = 0; p < gradients.length; p++) {
                    assertArrayEquals(gradients[p], gradients(rnn)[p], 1e-7f);
                }
            }
        }
    }

    /** Of one segment next to nothing, beside ordinary ones in the others: its mean cannot be taken in floats. */
    @Test
    void aSegmentOfVanishingWeightsIsRefused() {
        float[] weights = new float[T * B];
        Arrays.fill(weights, 1f);
        Arrays.fill(weights, (T - 2) * B, T * B, 1e-42f);
        Batch batch = batch(Loss.crossEntropy(), T, 1).withLossWeights(weights);
        try (Backend backend = CpuBackends.open("vector", 2);
                Rnn rnn = rnn(backend);
                Trainer trainer =
                        Trainer.of(rnn).truncation(Truncation.every(T - 2)).build()) {
            String message = assertThrows(IllegalArgumentException.class, () -> trainer.step(batch))
                    .getMessage();
            assertTrue(message.contains("loss weights in steps " + (T - 2) + " to " + (T - 1)), message);
            assertEquals(0, trainer.updates());
        }
    }
}
