package org.bptt4j;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.bptt4j.backend.Backend;
import org.bptt4j.backend.cpu.CpuBackends;
import org.bptt4j.backend.cuda.TestDevice;
import org.bptt4j.data.Batch;
import org.bptt4j.data.BatchSource;
import org.bptt4j.data.PrefetchingSource;
import org.bptt4j.spec.RnnSpec;
import org.junit.jupiter.api.Test;

/** A source that fills the same arrays again for each batch trains on the right numbers, or is told so. */
final class ReusedArraysTest {
    /** Six batches of random numbers, in new arrays or always in the same. */
    private static final class Numbers implements BatchSource {
        private final boolean fresh;
        private float[] x = new float[20];
        private int[] targets = new int[10];
        private int made;

        Numbers(boolean fresh) {
            this.fresh = fresh;
        }

        @Override
        public void start(long epoch) {
            made = 0;
        }

        @Override
        public Batch next() {
            if (made++ == 6) {
                return null;
            }
            if (fresh) {
                x = new float[20];
                targets = new int[10];
            }
            Random random = new Random(made);
            for (int i = 0; i < x.length; i++) {
                x[i] = (float) random.nextGaussian();
            }
            Arrays.fill(targets, made % 3);
            return Batch.dense(5, 2, 2, x).withTargets(targets);
        }
    }

    private static List<Double> losses(Backend backend, BatchSource source) {
        List<Double> losses = new ArrayList<>();
        try (Rnn rnn = Rnn.create(backend, RnnSpec.of(2, 8, 3), 1);
                Trainer trainer = Trainer.of(rnn).build()) {
            trainer.fit(source, 1, step -> losses.add(step.loss()));
        }
        return losses;
    }

    @Test
    void onTheCpuTheyAreTrainedOnRight() {
        try (Backend backend = CpuBackends.open("vector", 1)) {
            List<Double> right = losses(backend, new Numbers(true));
            assertArrayEquals(
                    new double[] {1.5146, 0.7326, 1.2085},
                    right.subList(0, 3).stream().mapToDouble(d -> d).toArray(),
                    1e-4);
            assertEquals(right, losses(backend, new Numbers(false)));
        }
    }

    @Test
    void onADeviceThatRunsBehindTheyAreNoticed() {
        try (Backend backend = TestDevice.open()) {
            assertEquals(6, losses(backend, new Numbers(true)).size());
            noticed(() -> losses(backend, new Numbers(false)));
        }
    }

    @Test
    void aPrefetchingSourceNotices() {
        try (Backend backend = CpuBackends.open("vector", 1);
                PrefetchingSource fresh = new PrefetchingSource(new Numbers(true));
                PrefetchingSource reusing = new PrefetchingSource(new Numbers(false))) {
            assertEquals(losses(backend, new Numbers(true)), losses(backend, fresh));
            noticed(() -> losses(backend, reusing));
            reusing.start(0);
            assertEquals(5, reusing.next().steps());
        }
    }

    /** The next batch of a step has gone up by the time that it is changed. */
    @Test
    void aPreparedBatchThatIsChangedIsNoticed() {
        try (Backend backend = TestDevice.open();
                Rnn rnn = Rnn.create(backend, RnnSpec.of(2, 8, 3), 1);
                Trainer trainer = Trainer.of(rnn).build()) {
            float[] x = new float[20];
            Batch batch = Batch.dense(5, 2, 2, new float[20]).withTargets(new int[10]);
            Batch next = Batch.dense(5, 2, 2, x).withTargets(new int[10]);
            trainer.step(batch, next);
            trainer.step(next, next);
            x[3] = 1;
            noticed(() -> trainer.step(next));
            trainer.step(next);
        }
    }

    private static void noticed(Runnable training) {
        String message =
                assertThrows(IllegalStateException.class, training::run).getMessage();
        assertTrue(message.contains("the arrays of a batch were changed"), message);
        assertTrue(message.contains("new arrays for each batch"), message);
    }
}
