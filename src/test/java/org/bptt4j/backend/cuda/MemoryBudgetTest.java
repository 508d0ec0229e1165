package org.bptt4j.backend.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.bptt4j.Rnn;
import org.bptt4j.Trainer;
import org.bptt4j.backend.Backend;
import org.bptt4j.backend.SweepForm;
import org.bptt4j.bptt.MemoryPlan;
import org.bptt4j.data.Batch;
import org.bptt4j.softgpu.SoftGpu;
import org.bptt4j.spec.RnnSpec;
import org.bptt4j.spec.Truncation;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a budget says is what the device's own counter of living bytes sees. */
class MemoryBudgetTest {
    private static final int T = 400;
    private static final int B = 8;
    private static final int I = 3;
    private static final int H = 64;
    private static final int O = 5;
    /** The device counts each allocation up to a multiple of this. */
    private static final long GRAIN = 512;

    @AfterEach
    void nothingIsLeft() {
        SoftGpu.restoreDefaults();
    }

    /** In both directions nothing can be cut: the budget is what all steps take. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void theDeviceHoldsBothDirectionsInTheBytesThatWereCounted(int layers) {
        Random random = new Random(1);
        Batch many = batch(50, random);
        try (Backend backend = SoftDevice.open(SweepForm.STEPS);
                Rnn rnn = Rnn.create(
                        backend,
                        RnnSpec.of(I, H, O).withLayers(layers).withDropout(0.2).inBothDirections(),
                        1);
                Trainer trainer = Trainer.of(rnn).build()) {
            trainer.step(batch(1, random));
            long fixed = SoftGpu.counter("alive.device.bytes") - trainer.unrolledBytes();
            SoftGpu.reset();
            for (int i = 0; i < 3; i++) {
                trainer.step(many, many);
            }
            MemoryPlan plan = trainer.memoryPlan(many);
            assertEquals(plan.bytes(), trainer.unrolledBytes());
            long more = SoftGpu.counter("alive.device.bytes") - fixed;
            assertEquals(plan.bytes(), more, GRAIN * SoftGpu.counter("alive.device.allocations"));
        }
        Leaks.assertNone("after close");
    }

    private static Batch batch(int steps, Random random) {
        float[] x = new float[steps * B * I];
        for (int i = 0; i < x.length; i++) {
            x[i] = (float) random.nextGaussian();
        }
        return Batch.dense(steps, B, I, x)
                .withTargets(random.ints((long) steps * B, 0, O).toArray());
    }

    /** k1 = 0: not truncated. */
    @ParameterizedTest
    @CsvSource({"GRAPH, 0, 0, 20", "PERSISTENT, 0, 0, 5", "STEPS, 10, 15, 5"})
    void theDeviceHoldsNoMoreThanTheBudget(SweepForm form, int k1, int k2, int part) {
        requireWithin(form, k1, k2, part);
    }

    /** The rest of three forms by three plans, whose bytes do not hang on the form. */
    @Tag("full")
    @ParameterizedTest
    @CsvSource({
        "STEPS, 0, 0, 20", "PERSISTENT, 0, 0, 20",
        "STEPS, 0, 0, 5", "GRAPH, 0, 0, 5",
        "GRAPH, 10, 15, 5", "PERSISTENT, 10, 15, 5"
    })
    void norByAnyOtherForm(SweepForm form, int k1, int k2, int part) {
        requireWithin(form, k1, k2, part);
    }

    private static void requireWithin(SweepForm form, int k1, int k2, int part) {
        Random random = new Random(1);
        Batch few = batch(4, random);
        Batch many = batch(T, random);
        Truncation truncation = k1 == 0 ? Truncation.NONE : new Truncation(k1, k2);
        try (Backend backend = SoftDevice.open(form);
                Rnn rnn = Rnn.create(backend, RnnSpec.of(I, H, O).withLayers(2).withDropout(0.2), 1)) {
            long budget;
            try (Trainer unlimited = Trainer.of(rnn).truncation(truncation).build()) {
                budget = unlimited.memoryPlan(many).bytes() / part;
            }
            try (Trainer trainer =
                    Trainer.of(rnn).truncation(truncation).memory(budget).build()) {
                trainer.step(few);
                long fixed = SoftGpu.counter("alive.device.bytes") - trainer.unrolledBytes();
                long allocations = SoftGpu.counter("alive.device.allocations");
                SoftGpu.reset();
                for (int i = 0; i < 3; i++) {
                    trainer.step(many, many);
                }
                MemoryPlan plan = trainer.memoryPlan(many);
                long more = SoftGpu.counter("alive.device.peak") - fixed;
                long rounding = GRAIN * Math.max(allocations, SoftGpu.counter("alive.device.allocations"));
                assertFalse(plan.isWhole(), plan.toString());
                assertTrue(more >= plan.bytes() - rounding, "the counter sees it: " + more + " bytes, " + plan);
                assertTrue(more <= budget + rounding, more + " bytes, " + plan);
            }
        }
        Leaks.assertNone("after close");
    }
}
