package org.bptt4j;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.bptt4j.backend.Backend;
import org.bptt4j.backend.Precision;
import org.bptt4j.backend.cuda.SoftDevice;
import org.bptt4j.data.Batch;
import org.bptt4j.softgpu.SoftGpu;
import org.bptt4j.spec.Clipping;
import org.bptt4j.spec.Optimizer;
import org.bptt4j.spec.RnnSpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Fewer bits in products do not keep a network from learning, and one seed gives the same bits. To foretell the next of a pattern's
 * symbols takes the three before it, so that what the recurrent weights learn counts.
 */
class PrecisionTrainingTest {
    private static final int[] PATTERN = {0, 0, 1, 0, 1, 1};
    private static final int STEPS = 24;
    private static final int UPDATES = 100;
    /** So many are enough for bits to differ where they can. */
    private static final int FIRST = 15;

    @AfterEach
    void restore() {
        SoftGpu.restoreDefaults();
    }

    @ParameterizedTest
    @EnumSource(Precision.class)
    void aPatternIsLearnt(Precision precision) {
        float[] losses = losses(precision, UPDATES);
        // Where the pattern begins cannot be known: at most 2 bits in the first steps.
        double unknown = 2 * Math.log(2) / STEPS;
        assertTrue(losses[0] > 0.6, "from a guess on: " + losses[0]);
        assertTrue(
                losses[UPDATES - 1] < unknown + 0.05,
                "to " + losses[UPDATES - 1] + ", " + unknown + " not to be known");
        float[] first = Arrays.copyOf(losses, FIRST);
        assertArrayEquals(first, losses(precision, FIRST), "again");
        if (precision != Precision.FLOAT32) {
            Precision other = Precision.values()[precision.ordinal() - 1];
            assertFalse(Arrays.equals(first, losses(other, FIRST)), "another rung");
        }
    }

    /** Each row begins at another place of the pattern. */
    private static Batch batch() {
        int rows = PATTERN.length;
        int[] ids = new int[STEPS * rows];
        int[] next = new int[ids.length];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = PATTERN[(i / rows + i % rows) % rows];
            next[i] = PATTERN[(i / rows + i % rows + 1) % rows];
        }
        return Batch.symbols(STEPS, rows, ids).withTargets(next);
    }

    private static float[] losses(Precision precision, int updates) {
        float[] losses = new float[updates];
        Batch batch = batch();
        try (Backend backend = SoftDevice.open(precision);
                Rnn rnn = Rnn.create(backend, RnnSpec.of(2, 20, 2), 1);
                Trainer trainer = Trainer.of(rnn)
                        .clipping(Clipping.norm(1))
                        .optimizer(Optimizer.adam(2e-2))
                        .build()) {
            for (int i = 0; i < updates; i++) {
                losses[i] = (float) trainer.step(batch).loss();
            }
        }
        return losses;
    }
}
