package org.bptt4j;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.bptt4j.backend.Backend;
import org.bptt4j.backend.cpu.CpuBackends;
import org.bptt4j.data.Batch;
import org.bptt4j.spec.Loss;
import org.bptt4j.spec.RnnSpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Batches that do not fit the network or the loss: refused with what was found, where, and what was expected. */
class RefusedBatchesTest {
    private static final int T = 6;
    private static final int B = 3;
    private static final int O = 4;
    private static final RnnSpec SPEC = RnnSpec.of(5, 9, O).withLayers(2);
    private final Backend backend = open();
    private final Rnn rnn = Rnn.create(backend, SPEC, 1);

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

    private static Batch batch(int steps) {
        return Batch.symbols(steps, B, new int[steps * B]).withTargets(new int[steps * B]);
    }

    private float[][] parameters() {
        return rnn.parameterNames().stream().map(rnn::parameter).toArray(float[][]::new);
    }

    @Test
    void batchesThatDoNotFitAreRefusedAndChangeNothing() {
        float[][] before = parameters();
        try (Trainer trainer = Trainer.of(rnn).build()) {
            refused(trainer, Batch.symbols(1, 2, new int[] {0, 5}).withTargets(new int[2]), "5", "row 1", "0 … 4");
            refused(trainer, Batch.symbols(2, 1, new int[] {0, -1}).withTargets(new int[2]), "-1", "step 1");
            refused(trainer, Batch.symbols(1, 2, new int[2]).withTargets(new int[] {0, 4}), "4", "row 1", "0 … 3");
            refused(trainer, Batch.symbols(1, 2, new int[2]).withTargets(new int[] {-1, 0}), "-1", "row 0");
            refused(trainer, Batch.symbols(1, 2, new int[2]).withTargets(new int[3]), "2", "3");
            refused(trainer, Batch.symbols(1, 2, new int[2]), "none");
            refused(trainer, Batch.symbols(1, 2, new int[2]).withTargets(new float[2 * O]), "values");
            refused(trainer, Batch.dense(1, 2, 4, new float[8]).withTargets(new int[2]), "4", "5");
            refused(trainer, batch(T).withInitialState(new float[7]), "h0", "7", Integer.toString(2 * B * 9));
            refused(trainer, batch(T).continuing(), "none before");
            trainer.step(batch(T));
            before = parameters();
            refused(
                    trainer,
                    Batch.symbols(1, 2, new int[2]).withTargets(new int[2]).continuing(),
                    "2 rows",
                    "3");
        }
        assertArrayEquals(before, parameters());
    }

    @Test
    void valueTargetsMustBeFinite() {
        try (Trainer trainer = Trainer.of(rnn).loss(Loss.mse()).build()) {
            float[] values = new float[T * B * O];
            values[(4 * B + 2) * O + 1] = Float.NaN;
            refused(trainer, batch(T).withTargets(values), "NaN", "step 4", "row 2", "output 1");
            values[(4 * B + 2) * O + 1] = Float.NEGATIVE_INFINITY;
            refused(trainer, batch(T).withTargets(values), "-Infinity");
            trainer.step(batch(T).withTargets(values).withLengths(new int[] {T, T, 4}));
        }
        try (Trainer trainer = Trainer.of(rnn).loss(Loss.mse().atLastStep()).build()) {
            refused(trainer, batch(T).withTargets(new float[T * B * O]), Integer.toString(B * O));
        }
    }

    @Test
    void lossWeightsMustBeNumbersOfAtLeastZero() {
        for (float bad : new float[] {Float.NaN, -0.5f, Float.POSITIVE_INFINITY}) {
            float[] weights = new float[T * B];
            weights[4 * B + 2] = bad;
            try (Trainer trainer = Trainer.of(rnn).build()) {
                refused(trainer, batch(T).withLossWeights(weights), Float.toString(bad), "step 4", "row 2");
                trainer.step(batch(T).withLossWeights(weights).withLengths(new int[] {T, T, 4}));
                refused(trainer, batch(T).withLossWeights(new float[B]), Integer.toString(T * B), "[T,B]", "3");
            }
            try (Trainer trainer =
                    Trainer.of(rnn).loss(Loss.crossEntropy().atLastStep()).build()) {
                Batch last = batch(T).withTargets(new int[B]);
                refused(trainer, last.withLossWeights(new float[] {1, bad, 1}), Float.toString(bad), "row 1");
                refused(trainer, last.withLossWeights(weights), "[B]", Integer.toString(T * B));
            }
        }
    }

    @Test
    void targetsOfBinaryCrossEntropyMustBeShares() {
        try (Trainer trainer = Trainer.of(rnn).loss(Loss.bce()).build()) {
            for (float bad : new float[] {Float.NaN, -0.001f, 1.001f}) {
                float[] values = new float[T * B * O];
                values[(4 * B + 2) * O + 1] = bad;
                refused(trainer, batch(T).withTargets(values), Float.toString(bad), "step 4", "output 1", "0 … 1");
            }
        }
    }

    @Test
    void aNetworkWithoutAHeadCannotBeTrainedWithALoss() {
        try (Rnn headless = Rnn.create(backend, SPEC.withoutHead(), 1)) {
            assertThrows(
                    IllegalArgumentException.class, () -> Trainer.of(headless).build());
        }
    }

    private static void refused(Trainer trainer, Batch batch, String... words) {
        String message = assertThrows(IllegalArgumentException.class, () -> trainer.step(batch))
                .getMessage();
        for (String word : words) {
            assertTrue(message.contains(word), "says " + word + ": " + message);
        }
    }
}
