package org.bptt4j;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import org.bptt4j.backend.Backend;
import org.bptt4j.backend.cpu.CpuBackends;
import org.bptt4j.bptt.NonFiniteSearch.Culprit;
import org.bptt4j.data.Batch;
import org.bptt4j.spec.Cell;
import org.bptt4j.spec.Clipping;
import org.bptt4j.spec.Loss;
import org.bptt4j.spec.Optimizer;
import org.bptt4j.spec.RnnSpec;
import org.bptt4j.spec.Truncation;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** Numbers that stop being finite at a place that is known beforehand. */
class NonFiniteTest {
    private static final int T = 6;
    private static final int B = 3;
    private static final int I = 2;
    private static final int H = 4;
    private static final int O = 1;
    private final Backend backend = open();

    /** The backend that all this is true of. */
    Backend open() {
        return CpuBackends.open("vector", 2);
    }

    /** A trainer with the memory that all this is true with. */
    Trainer.Builder trainerOf(Rnn rnn) {
        return Trainer.of(rnn);
    }

    @AfterEach
    void nothingIsLeft() {
        assertEquals(0, backend.allocatedBytes());
        backend.close();
    }

    private Rnn zeros(Cell cell, int layers) {
        Rnn rnn = Rnn.create(backend, RnnSpec.of(I, H, O).withCell(cell).withLayers(layers), 1);
        rnn.parameterNames().forEach(n -> rnn.setParameter(n, new float[rnn.parameter(n).length]));
        return rnn;
    }

    private static float[] filled(int length, float value) {
        float[] v = new float[length];
        Arrays.fill(v, value);
        return v;
    }

    /** Input 1 for one row at one step, else 0. */
    private static float[] impulse(int step, int row) {
        float[] x = new float[T * B * I];
        x[(step * B + row) * I] = 1;
        return x;
    }

    private static Batch everyStep(float[] x) {
        return Batch.dense(T, B, I, x).withTargets(new float[T * B * O]);
    }

    private static Culprit culprit(Rnn rnn, Trainer.Builder builder, Batch batch, String parameter) {
        float[][] before = parameters(rnn);
        try (Trainer trainer = builder.build()) {
            NonFiniteGradientException e = assertThrows(NonFiniteGradientException.class, () -> trainer.step(batch));
            assertEquals(parameter, e.parameter().orElseThrow());
            assertTrue(e.getMessage().contains(parameter), e.getMessage());
            assertTrue(e.getMessage().contains(e.culprit().orElseThrow().toString()), e.getMessage());
            assertArrayEquals(before, parameters(rnn), "parameters are as they were");
            assertEquals(0, trainer.updates());
            return e.culprit().orElseThrow();
        }
    }

    private static float[][] parameters(Rnn rnn) {
        return rnn.parameterNames().stream().map(rnn::parameter).toArray(float[][]::new);
    }

    /** h grows by 4·2⁵⁰ a step from step 1 on and passes the largest float, 2¹²⁸, at the third step after it. */
    @Test
    void aStateThatExplodes() {
        try (Rnn rnn = zeros(Cell.RELU, 2)) {
            rnn.setParameter("rnn.weight_ih_l0", filled(H * I, 1));
            rnn.setParameter("rnn.weight_ih_l1", filled(H * H, 1e-3f));
            rnn.setParameter("rnn.weight_hh_l1", filled(H * H, 0x1p50f));
            rnn.setParameter("head.weight", filled(O * H, 1));
            // Layer 1: 2⁻⁸ at step 1, 2⁴⁴, 2⁹⁶, infinite at step 4.
            Culprit c = culprit(rnn, trainerOf(rnn).loss(Loss.mse()), everyStep(impulse(1, 2)), "rnn.weight_ih_l0");
            assertEquals(new Culprit("state h", 1, 4, 2), c);
        }
    }

    /** All states are zero, where tanh has slope 1: δ grows by 10¹⁰·4 a step backwards, from 2·W_hy·(0 − target). */
    @Test
    void aGradientThatExplodes() {
        try (Rnn rnn = zeros(Cell.TANH, 1)) {
            rnn.setParameter("rnn.weight_hh_l0", filled(H * H, 1e10f));
            rnn.setParameter("head.weight", filled(O * H, 1));
            Batch batch = Batch.dense(T, B, I, new float[T * B * I]).withTargets(new float[] {0, -1, 0});
            Trainer.Builder builder = trainerOf(rnn).loss(Loss.mse().atLastStep());
            // |δ| about 1 at step 5, 4e10, 2e21, 6e31, infinite at step 1.
            assertEquals(new Culprit("gradient δ", 0, 1, 1), culprit(rnn, builder, batch, "rnn.weight_ih_l0"));
        }
    }

    @Test
    void aNaNInTheInput() {
        try (Rnn rnn = Rnn.create(backend, RnnSpec.of(I, H, O), 1)) {
            float[] x = new float[T * B * I];
            x[(3 * B + 1) * I + 1] = Float.NaN;
            Trainer.Builder builder = trainerOf(rnn).loss(Loss.mse());
            assertEquals(new Culprit("input x", -1, 3, 1, 1), culprit(rnn, builder, everyStep(x), "rnn.weight_ih_l0"));
        }
    }

    /** Nothing went wrong in the computation: no clipping and no rate can mend it. */
    @Test
    void whatWasGivenIsToBeMendedThere() {
        float[] x = new float[T * B * I];
        float[] nan = x.clone();
        nan[(3 * B + 1) * I + 1] = Float.NaN;
        assertGiven(everyStep(nan), "input x at step 3, batch row 1, feature 1");
        float[] h0 = new float[B * H];
        h0[H] = Float.NaN;
        assertGiven(everyStep(x).withInitialState(h0), "initial state h0 of layer 0 at step 0, batch row 1");
    }

    private void assertGiven(Batch batch, String where) {
        try (Rnn rnn = Rnn.create(backend, RnnSpec.of(I, H, O), 1);
                Trainer trainer = trainerOf(rnn).loss(Loss.mse()).build()) {
            for (Executable use : List.<Executable>of(
                    () -> trainer.step(batch), () -> trainer.gradients(batch), () -> trainer.forwardBackward(batch))) {
                String message = assertThrows(NonFiniteException.class, use).getMessage();
                assertTrue(message.contains("it began with " + where), message);
                assertTrue(
                        message.endsWith(
                                "It is so in the batch: give finite numbers there, and fill in missing values before"),
                        message);
                assertFalse(message.contains("lip"), message);
            }
        }
    }

    /** As in PyTorch: the row's gradients of earlier steps are NaN, those of other rows are not. */
    @Test
    void gradientsThatAreHandedInAreNotLookedAt() {
        try (Rnn rnn = Rnn.create(backend, RnnSpec.of(I, H, O), 1)) {
            assertTrue(
                    Float.isFinite(rnn.forward(everyStep(new float[T * B * I])).h()[0]));
            float[] dH = new float[T * B * H];
            dH[(2 * B + 1) * H] = Float.NaN;
            float[] dX = rnn.backward(dH, null).x();
            for (int i = 0; i < dX.length; i++) {
                boolean before = i / I / B <= 2 && i / I % B == 1;
                assertEquals(before, Float.isNaN(dX[i]), "element " + i);
            }
        }
    }

    @Test
    void aNaNInPaddingIsNoneOfOurBusiness() {
        try (Rnn rnn = Rnn.create(backend, RnnSpec.of(I, H, O), 1);
                Trainer trainer = trainerOf(rnn).loss(Loss.mse()).build()) {
            float[] x = new float[T * B * I];
            x[(3 * B + 1) * I + 1] = Float.NaN;
            assertTrue(Double.isFinite(
                    trainer.step(everyStep(x).withLengths(new int[] {6, 3, 6})).loss()));
        }
    }

    @Test
    void anInfiniteInitialState() {
        try (Rnn rnn = Rnn.create(backend, RnnSpec.of(I, H, O).withLayers(2), 1)) {
            float[] h0 = new float[2 * B * H];
            h0[(1 * B + 2) * H + 3] = Float.NaN;
            Batch batch = everyStep(impulse(0, 0)).withInitialState(h0);
            Culprit c = culprit(rnn, trainerOf(rnn).loss(Loss.mse()), batch, "rnn.weight_ih_l0");
            assertEquals(new Culprit("initial state h0", 1, 0, 2), c);
        }
    }

    @Test
    void anInitialStateThatNobodyReadsIsNoneOfOurBusiness() {
        try (Rnn rnn = zeros(Cell.TANH, 1)) {
            rnn.setParameter("rnn.weight_ih_l0", filled(H * I, 100));
            rnn.setParameter("head.weight", filled(O * H, 1e38f));
            float[] h0 = new float[B * H];
            h0[0] = Float.NaN;
            boolean[] resets = new boolean[T * B];
            resets[0] = true;
            Batch batch = everyStep(impulse(2, 1)).withInitialState(h0).withResets(resets);
            Culprit c = culprit(rnn, trainerOf(rnn).loss(Loss.mse()), batch, "rnn.weight_ih_l0");
            assertEquals(new Culprit("output y", -1, 2, 1), c);
        }
    }

    /** y = W_hy·h_t passes the largest float only where h is 1, and only row 1 has an input from step 2 on. */
    @Test
    void anOutputThatOverflows() {
        try (Rnn rnn = zeros(Cell.TANH, 1)) {
            rnn.setParameter("rnn.weight_ih_l0", filled(H * I, 100));
            rnn.setParameter("head.weight", filled(O * H, 1e38f));
            Culprit c = culprit(rnn, trainerOf(rnn).loss(Loss.mse()), everyStep(impulse(2, 1)), "rnn.weight_ih_l0");
            assertEquals(new Culprit("output y", -1, 2, 1), c);
        }
    }

    @Test
    void aParameterThatIsNotFinite() {
        try (Rnn rnn = Rnn.create(backend, RnnSpec.of(I, H, O), 1)) {
            float[] bias = rnn.parameter("rnn.bias_hh_l0");
            bias[2] = Float.POSITIVE_INFINITY;
            bias[3] = Float.NaN;
            rnn.setParameter("rnn.bias_hh_l0", bias);
            try (Trainer trainer = trainerOf(rnn).loss(Loss.mse()).build()) {
                NonFiniteGradientException e =
                        assertThrows(NonFiniteGradientException.class, () -> trainer.step(everyStep(impulse(0, 0))));
                assertTrue(e.getMessage().contains("parameter rnn.bias_hh_l0"), e.getMessage());
            }
        }
    }

    @Test
    void theTrainerGoesOnWithTheNextBatch() {
        try (Rnn rnn = Rnn.create(backend, RnnSpec.of(I, H, O), 1);
                Trainer trainer = trainerOf(rnn).loss(Loss.mse()).build()) {
            assertThrows(NonFiniteGradientException.class, () -> trainer.step(everyStep(filled(T * B * I, Float.NaN))));
            StepReport report = trainer.step(everyStep(impulse(0, 0)));
            assertEquals(1, report.updates());
            assertFalse(report.skipped());
        }
    }

    /** The skipped step leaves no trace: the parameters are those of a trainer that never saw it. */
    @Test
    void skippingCountsAndLeavesNoTrace() {
        float[][] with = trained(true);
        assertArrayEquals(trained(false), with);
    }

    private float[][] trained(boolean bad) {
        try (Rnn rnn = Rnn.create(backend, RnnSpec.of(I, H, O), 1);
                Trainer trainer = trainerOf(rnn)
                        .loss(Loss.mse())
                        .optimizer(Optimizer.adam(0.1))
                        .skipNonFinite()
                        .build()) {
            for (int i = 0; i < 4; i++) {
                if (bad && i == 2) {
                    StepReport report = trainer.step(everyStep(filled(T * B * I, Float.NaN)));
                    assertTrue(report.skipped());
                    assertEquals(2, report.updates());
                    assertEquals(1, trainer.skipped());
                }
                StepReport report = trainer.step(everyStep(impulse(i, i % B)));
                assertFalse(report.skipped());
                assertEquals(i + 1, report.updates());
            }
            assertEquals(4, trainer.updates());
            return parameters(rnn);
        }
    }

    /** A batch that continues the skipped one starts from zero, not from its NaN. */
    @Test
    void aSkippedStateIsNotCarriedOn() {
        try (Rnn rnn = Rnn.create(backend, RnnSpec.of(I, H, O), 1);
                Trainer trainer =
                        trainerOf(rnn).loss(Loss.mse()).skipNonFinite().build()) {
            assertTrue(trainer.step(everyStep(filled(T * B * I, Float.NaN))).skipped());
            assertFalse(trainer.step(everyStep(impulse(0, 0)).continuing()).skipped());
        }
    }

    /** Segments before the bad one did update; they count, and the optimiser's bias correction goes on from there. */
    @Test
    void updatesBeforeTheBadSegmentCount() {
        try (Rnn rnn = Rnn.create(backend, RnnSpec.of(I, H, O), 1);
                Trainer trainer = trainerOf(rnn)
                        .loss(Loss.mse())
                        .truncation(Truncation.every(2))
                        .skipNonFinite()
                        .build()) {
            float[][] before = parameters(rnn);
            float[] x = impulse(0, 0);
            x[4 * B * I] = Float.NaN; // the third segment of three
            StepReport report = trainer.step(everyStep(x).withTargets(filled(T * B * O, 1)));
            assertTrue(report.skipped());
            assertFalse(Arrays.deepEquals(before, parameters(rnn)), "two segments did update");
            assertEquals(2, report.updates());
            assertEquals(2, trainer.updates());
        }
    }

    /** y − target is 10²⁰ for one target, so is the gradient of the bias; clipped to norm 1 it moves the bias by η. */
    @Test
    void gradientsOfTenToTheTwentyAreClippedWithoutOverflow() {
        try (Rnn rnn = zeros(Cell.TANH, 1);
                Trainer trainer = trainerOf(rnn)
                        .loss(Loss.mse().atLastStep().reduced(Loss.Reduction.SUM))
                        .clipping(Clipping.norm(1))
                        .optimizer(Optimizer.sgd(0.5))
                        .build()) {
            Batch batch = Batch.dense(T, B, I, new float[T * B * I]).withTargets(new float[] {5e19f, 0, 0});
            StepReport report = trainer.step(batch);
            assertEquals(1e20, report.gradientNorm(), 1e14);
            assertTrue(report.clipped());
            assertEquals(0.5, rnn.parameter("head.bias")[0], 1e-6);
        }
    }
}
