package org.bptt4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.bptt4j.backend.Backend;
import org.bptt4j.backend.cuda.TestDevice;
import org.bptt4j.data.Batch;
import org.bptt4j.oracle.RandomProblem;
import org.bptt4j.spec.Loss;
import org.bptt4j.spec.RnnSpec;
import org.bptt4j.spec.Truncation;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A batch that is uploaded while the one before it computes trains to the same bits as one that is not. */
@Tag("card")
class PreparedBatchesTest {
    private static final int I = 4;
    private static final int O = 3;
    private static final RnnSpec SPEC = RnnSpec.of(I, 6, O).withLayers(2);

    /** What may happen between two steps. */
    private enum Between {
        NOTHING,
        EVALUATION,
        EVALUATION_OF_ANOTHER_SHAPE,
        ANOTHER_BATCH_AFTER_ALL
    }

    private static Batch batch(int steps, boolean ids, boolean lengths, Loss loss, Random random) {
        int rows = 3;
        int cells = steps * rows;
        Batch batch = ids
                ? Batch.symbols(steps, rows, random.ints(cells, 0, I).toArray())
                : Batch.dense(steps, rows, I, RandomProblem.floats(cells * I, random));
        if (lengths) {
            batch = batch.withLengths(random.ints(rows, 1, steps + 1).toArray());
        }
        int targets = loss.at() == Loss.At.LAST ? rows : cells;
        return loss.kind() == Loss.Kind.MSE
                ? batch.withTargets(RandomProblem.floats(targets * O, random))
                : batch.withTargets(random.ints(targets, 0, O).toArray());
    }

    private static boolean[] resets(Batch batch, Random random) {
        boolean[] mask = new boolean[batch.steps() * batch.rows()];
        for (int i = 0; i < mask.length; i++) {
            mask[i] = random.nextInt(4) == 0;
        }
        return mask;
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void trainingIsTheSame(boolean ids) {
        for (Loss loss : List.of(Loss.crossEntropy(), Loss.mse().atLastStep())) {
            for (boolean lengths : new boolean[] {false, true}) {
                for (Between between : Between.values()) {
                    Random random = new Random(3);
                    List<Batch> batches = new ArrayList<>();
                    for (int i = 0; i < 5; i++) {
                        Batch b = batch(i == 3 ? 4 : 7, ids, lengths, loss, random);
                        b = ids ? b : b.withResets(resets(b, random));
                        batches.add(i % 2 == 1 ? b.continuing() : b);
                    }
                    String what = loss + (lengths ? ", lengths, " : ", ") + between;
                    float[][] alone = trained(batches, loss, between, false);
                    Bits.assertSame(alone, trained(batches, loss, between, true), what);
                }
            }
        }
    }

    /** With dropout, and in both directions, where the order of the next batch's rows goes up with it. */
    @Test
    void trainingInBothDirectionsIsTheSame() {
        Loss loss = Loss.crossEntropy();
        for (boolean ids : new boolean[] {false, true}) {
            Random random = new Random(3);
            List<Batch> batches = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                Batch b = batch(i == 3 ? 4 : 7, ids, true, loss, random);
                batches.add(b.withResets(resets(b, random)));
            }
            RnnSpec both = SPEC.inBothDirections().withDropout(0.3);
            float[][] alone = trained(both, Truncation.NONE, batches, loss, Between.NOTHING, false);
            Bits.assertSame(alone, trained(both, Truncation.NONE, batches, loss, Between.NOTHING, true), "ids " + ids);
        }
    }

    private static float[][] trained(List<Batch> batches, Loss loss, Between between, boolean ahead) {
        return trained(SPEC.withDropout(0.3), new Truncation(3, 5), batches, loss, between, ahead);
    }

    private static float[][] trained(
            RnnSpec spec, Truncation truncation, List<Batch> batches, Loss loss, Between between, boolean ahead) {
        try (Backend backend = TestDevice.open();
                Rnn rnn = Rnn.create(backend, spec, 1);
                Trainer trainer =
                        Trainer.of(rnn).loss(loss).truncation(truncation).build()) {
            float[] losses = new float[batches.size()];
            for (int i = 0; i < losses.length; i++) {
                Batch next = i + 1 < losses.length ? batches.get(i + 1) : null;
                Batch named = between == Between.ANOTHER_BATCH_AFTER_ALL ? batches.get(0) : next;
                losses[i] = (float)
                        trainer.step(batches.get(i), ahead ? named : null).loss();
                Batch looked = batches.get(between == Between.EVALUATION ? 0 : 3);
                if (between == Between.EVALUATION || between == Between.EVALUATION_OF_ANOTHER_SHAPE) {
                    trainer.evaluate(new Batches(List.of(looked.continuing())));
                }
            }
            float[][] result = new float[rnn.parameterNames().size() + 1][];
            for (int i = 0; i + 1 < result.length; i++) {
                result[i] = rnn.parameter(rnn.parameterNames().get(i));
            }
            result[result.length - 1] = losses;
            return result;
        }
    }

    @Test
    void aBatchThatDoesNotFitIsRefusedWhenItIsItsTurn() {
        Batch good = Batch.symbols(2, 2, new int[4]).withTargets(new int[4]);
        Batch bad = Batch.symbols(2, 2, new int[] {0, 0, 0, I}).withTargets(new int[4]);
        Batch badTarget = Batch.symbols(2, 2, new int[4]).withTargets(new int[] {0, 0, 0, O});
        try (Backend backend = TestDevice.open();
                Rnn rnn = Rnn.create(backend, SPEC, 1);
                Trainer trainer = Trainer.of(rnn).build()) {
            trainer.step(good, bad);
            assertThrows(IllegalArgumentException.class, () -> trainer.step(bad));
            trainer.step(good, badTarget);
            assertThrows(IllegalArgumentException.class, () -> trainer.step(badTarget, good));
            trainer.step(good);
            assertEquals(3, trainer.updates());
        }
    }
}
