package org.bptt4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.bptt4j.backend.Backend;
import org.bptt4j.backend.Backends;
import org.bptt4j.data.Batch;
import org.bptt4j.spec.Optimizer;
import org.bptt4j.spec.RnnSpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Epochs and validations: who is told, which model is kept, and when it ends. */
class FitTest {
    private final Backend backend = Backends.select("cpu");
    private final Rnn rnn = Rnn.create(backend, RnnSpec.of(2, 4, 2), 1);
    /** One sequence whose classes are those of x, and the same with the classes swapped. */
    private final Batch right = batch(0, 1, 0, 1, 1);

    private final Batch wrong = batch(1, 0, 1, 0, 0);

    private static Batch batch(int... targets) {
        return Batch.dense(5, 1, 2, new float[] {1, 0, 0, 1, 1, 0, 0, 1, 0, 1}).withTargets(targets);
    }

    private static Batches source(Batch batch) {
        return new Batches(List.of(batch));
    }

    @AfterEach
    void close() {
        rnn.close();
        backend.close();
    }

    private static final class Heard implements Trainer.Listener {
        private final List<String> events = new ArrayList<>();
        private final List<Double> losses = new ArrayList<>();

        @Override
        public boolean afterStep(StepReport step) {
            events.add("step " + step.updates());
            return true;
        }

        @Override
        public boolean afterEpoch(long epoch) {
            events.add("epoch " + epoch);
            return epoch < 3;
        }

        @Override
        public void afterValidation(Evaluation evaluation, boolean better) {
            events.add(better ? "better" : "not better");
            losses.add(evaluation.loss());
        }
    }

    private Trainer trainer() {
        return Trainer.of(rnn).optimizer(Optimizer.sgd(0.5)).build();
    }

    @Test
    void listenersSeeStepsEpochsAndValidations() {
        Heard heard = new Heard();
        try (Trainer trainer = trainer()) {
            FitReport report = trainer.fit(source(right), 10, Validation.on(source(right)), heard);
            assertEquals(
                    List.of("step 1", "epoch 0", "better", "step 2", "epoch 1", "better"), heard.events.subList(0, 6));
            assertEquals("epoch 3", heard.events.get(10));
            assertEquals(4, report.epochs(), "ended by the listener");
            assertFalse(report.stoppedEarly());
        }
    }

    /** What is trained is the opposite of what validates: each epoch is worse than the one before. */
    @Test
    void theBestModelIsKeptAndPatienceEnds() {
        Heard heard = new Heard();
        try (Trainer trainer = trainer()) {
            FitReport report =
                    trainer.fit(source(wrong), 10, Validation.on(source(right)).withPatience(2), heard);
            assertTrue(report.stoppedEarly());
            assertEquals(3, report.steps());
            assertEquals(1, report.best().updates());
            assertEquals(Collections.min(heard.losses), report.best().loss());
            assertEquals(heard.losses.get(0), report.best().loss());
            assertEquals(report.best().loss(), trainer.evaluate(source(right)).loss(), "of the network now");
        }
    }

    @Test
    void anEpochWithoutTargetsIsRefused() {
        Batch none = batch(-100, -100, -100, -100, -100);
        try (Trainer trainer = trainer()) {
            String message = assertThrows(IllegalArgumentException.class, () -> trainer.fit(source(none), 2, null))
                    .getMessage();
            assertTrue(message.contains("epoch 0 has no batch with a valid target"), message);
        }
        assertThrows(
                IllegalArgumentException.class,
                () -> Validation.on(source(none)).withPatience(-1));
    }
}
