package org.bptt4j;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.bptt4j.backend.Backend;
import org.bptt4j.backend.cpu.CpuBackends;
import org.bptt4j.data.Batch;
import org.bptt4j.spec.Clipping;
import org.bptt4j.spec.LearningRateSchedule;
import org.bptt4j.spec.Optimizer;
import org.bptt4j.spec.RnnSpec;
import org.bptt4j.spec.Truncation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rates and the other numbers of an update are looked at before it, as the 32-bit floats that they become. */
final class LearningRateCheckTest {
    private static final Batch BATCH = Batch.symbols(6, 2, new int[12]).withTargets(new int[12]);

    private static void refused(Executable action, String... words) {
        String message = assertThrows(IllegalArgumentException.class, action).getMessage();
        for (String word : words) {
            assertTrue(message.contains(word), message);
        }
    }

    /** With three updates a step, the second of which gets a factor that is none. */
    @ParameterizedTest
    @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, -1, 1e300, 1e-300})
    void aScheduleThatGivesNoRateChangesNothing(double factor) {
        double[] second = {factor};
        LearningRateSchedule schedule = update -> update == 1 ? second[0] : 1;
        try (Backend backend = CpuBackends.open("vector", 1);
                Rnn rnn = Rnn.create(backend, RnnSpec.of(3, 4, 5), 1);
                Trainer trainer = Trainer.of(rnn)
                        .truncation(Truncation.every(2))
                        .schedule(schedule)
                        .build()) {
            float[] before = rnn.parameter("head.weight");
            refused(() -> trainer.step(BATCH), "update 2", Double.toString(factor));
            assertArrayEquals(before, rnn.parameter("head.weight"));
            assertEquals(0, trainer.updates());

            second[0] = 0; // a rate of 0, as at a cosine's end, is one
            StepReport report = trainer.step(BATCH);
            assertEquals(3, report.updates());
            assertEquals(1e-3, report.learningRate());
        }
    }

    @Test
    void theNumbersOfAnOptimizerMustBeFloats() {
        refused(() -> Optimizer.sgd(1e300), "learning rate 1.0E300", "above 0", "32-bit float", "Infinity");
        refused(() -> Optimizer.sgd(1e-50), "learning rate 1.0E-50", "32-bit float", "0.0");
        refused(() -> Optimizer.sgd(Double.NaN), "learning rate NaN");
        refused(() -> Optimizer.sgd(-0.1), "learning rate -0.1: must be a finite number above 0");
        refused(() -> Optimizer.adam(1e38), "beta1 0.9", "largest 32-bit float");
        refused(() -> Optimizer.adamw(1e30).withWeightDecay(1e30), "weight decay 1.0E30");
        refused(() -> Optimizer.momentum(0.1, 0.99999999999), "momentum", "0.99999999999", "1.0");
        refused(() -> Optimizer.momentum(0.1, 1e-60), "momentum (beta1) 1.0E-60");
        refused(() -> Optimizer.sgd(0.1).withWeightDecay(1e60), "weight decay 1.0E60", "Infinity");
        refused(() -> new Optimizer(Optimizer.Kind.ADAM, 0.1, 0.9, 0.99999999999, 1e-8, 0, false), "decay", "1.0");
        refused(() -> new Optimizer(Optimizer.Kind.ADAM, 0.1, 0.9, 0.999, 1e-60, 0, false), "epsilon 1.0E-60");
        assertEquals(1e38, Optimizer.sgd(1e38).learningRate());
    }

    @Test
    void aClippingLimitMustBeAFloat() {
        refused(() -> Clipping.norm(1e300), "clipping limit 1.0E300", "Infinity");
        refused(() -> Clipping.value(1e-60), "clipping limit 1.0E-60", "0.0");
        for (double limit : List.of(0.0, 1.0, Double.POSITIVE_INFINITY)) {
            assertEquals((float) limit, Clipping.norm(limit).limit());
        }
    }
}
