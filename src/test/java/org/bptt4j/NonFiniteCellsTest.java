package org.bptt4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import org.bptt4j.backend.Backend;
import org.bptt4j.backend.cpu.CpuBackends;
import org.bptt4j.bptt.NonFiniteSearch.Culprit;
import org.bptt4j.data.Batch;
import org.bptt4j.spec.Cell;
import org.bptt4j.spec.Loss;
import org.bptt4j.spec.RnnSpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** As {@link NonFiniteTest}, in cells with gates and in the reverse direction. */
class NonFiniteCellsTest {
    private static final int T = 6;
    private static final int B = 3;
    private static final int H = 4;
    private static final int[] LENGTHS = {T, 5, T};
    /** Twice this is no float any more. */
    private static final float HUGE = 3e38f;

    private final Backend backend = open();

    /** The backend that all this is true of. */
    Backend open() {
        return CpuBackends.open("vector", 2);
    }

    @AfterEach
    void nothingIsLeft() {
        assertEquals(0, backend.allocatedBytes());
        backend.close();
    }

    private Rnn zeros(RnnSpec spec) {
        Rnn rnn = Rnn.create(backend, spec, 1);
        rnn.parameterNames().forEach(n -> rnn.setParameter(n, new float[rnn.parameter(n).length]));
        return rnn;
    }

    private static RnnSpec spec(Cell cell) {
        return RnnSpec.of(1, H, 1).withCell(cell);
    }

    /** The rows of one gate become {@code value}. */
    private static void set(Rnn rnn, String parameter, int gate, float value) {
        float[] values = rnn.parameter(parameter);
        int each = values.length / rnn.spec().cell().gates();
        Arrays.fill(values, gate * each, (gate + 1) * each, value);
        rnn.setParameter(parameter, values);
    }

    /**
     * From a little before {@code step} on the gate is g = tanh(−∞) = −1 everywhere, by biases that add up to −∞ and by what comes from h ≤ −0.3. Only row
     * {@code row} has an input at {@code step}, of which A = +∞: the sum is NaN there.
     */
    private static Batch infinityMinusInfinity(Rnn rnn, int gate, String suffix, int step, int row) {
        set(rnn, "rnn.weight_ih_l0" + suffix, gate, HUGE);
        set(rnn, "rnn.weight_hh_l0" + suffix, gate, HUGE);
        set(rnn, "rnn.bias_ih_l0" + suffix, gate, -HUGE);
        set(rnn, "rnn.bias_hh_l0" + suffix, gate, -HUGE);
        float[] x = new float[T * B];
        x[step * B + row] = 2;
        return Batch.dense(T, B, 1, x).withTargets(new float[T * B]);
    }

    private static Culprit culprit(Trainer.Builder builder, Batch batch) {
        try (Trainer trainer = builder.loss(Loss.mse()).build()) {
            return assertThrows(NonFiniteGradientException.class, () -> trainer.step(batch))
                    .culprit()
                    .orElseThrow();
        }
    }

    /** Enough for all steps, or not. */
    private static long bytes(Rnn rnn, Batch batch, boolean windows) {
        try (Trainer trainer = Trainer.of(rnn).loss(Loss.mse()).build()) {
            long whole = trainer.memoryPlan(batch).wholeBytes();
            return windows ? whole * 3 / 4 : whole;
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aCellStateIsFoundBeforeTheHOfTheSameStep(boolean windows) {
        try (Rnn rnn = zeros(spec(Cell.LSTM))) {
            Batch batch = infinityMinusInfinity(rnn, 2, "", 3, 2);
            Trainer.Builder builder = Trainer.of(rnn).memory(bytes(rnn, batch, windows));
            assertEquals(new Culprit("cell state c", 0, 3, 2), culprit(builder, batch));
        }
    }

    /** The output gate is no part of c. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void anHWhoseCellStateIsFinite(boolean windows) {
        try (Rnn rnn = zeros(spec(Cell.LSTM))) {
            float[] h0 = new float[B * H];
            Arrays.fill(h0, -1);
            Batch batch = infinityMinusInfinity(rnn, 3, "", 0, 1).withInitialState(h0);
            Trainer.Builder builder = Trainer.of(rnn).memory(bytes(rnn, batch, windows));
            assertEquals(new Culprit("state h", 0, 0, 1), culprit(builder, batch));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aStateOfAGru(boolean windows) {
        try (Rnn rnn = zeros(spec(Cell.GRU))) {
            Batch batch = infinityMinusInfinity(rnn, 2, "", 3, 2);
            Trainer.Builder builder = Trainer.of(rnn).memory(bytes(rnn, batch, windows));
            assertEquals(new Culprit("state h", 0, 3, 2), culprit(builder, batch));
        }
    }

    @Test
    void anInitialCellState() {
        try (Rnn rnn = zeros(spec(Cell.LSTM).withLayers(2))) {
            float[] c0 = new float[2 * B * H];
            c0[(B + 2) * H + 1] = Float.NEGATIVE_INFINITY;
            c0[(B + 2) * H + 3] = Float.NaN;
            Batch batch = Batch.dense(T, B, 1, new float[T * B]).withTargets(new float[T * B]);
            Culprit c = culprit(Trainer.of(rnn), batch.withInitialState(null, c0));
            assertEquals(new Culprit("initial cell state c0", 1, 0, 2), c);
        }
    }

    // ---- the reverse direction --------------------------------------------------------------------------------------

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void aCellStateInReverse(int step) {
        for (int row = 0; row < B; row++) {
            try (Rnn rnn = zeros(spec(Cell.LSTM).inBothDirections())) {
                Batch batch = infinityMinusInfinity(rnn, 2, "_reverse", step, row);
                Culprit c = culprit(Trainer.of(rnn), batch);
                assertEquals(new Culprit("reverse cell state c", 0, step, row), c);
            }
        }
    }

    @Test
    void aCellStateInReverseOfAShorterRow() {
        try (Rnn rnn = zeros(spec(Cell.LSTM).inBothDirections())) {
            Batch batch = infinityMinusInfinity(rnn, 2, "_reverse", 2, 1).withLengths(LENGTHS);
            assertEquals(new Culprit("reverse cell state c", 0, 2, 1), culprit(Trainer.of(rnn), batch));
        }
    }

    /** It begins at the end of the row, whether or not the row begins anew with its first step. */
    @Test
    void anInitialStateInReverse() {
        try (Rnn rnn = zeros(spec(Cell.TANH).withLayers(2).inBothDirections())) {
            float[] h0 = new float[4 * B * H];
            h0[(3 * B + 1) * H] = Float.NaN;
            boolean[] resets = new boolean[T * B];
            resets[1] = true;
            Batch batch = Batch.dense(T, B, 1, new float[T * B])
                    .withTargets(new float[T * B])
                    .withInitialState(h0)
                    .withResets(resets);
            assertEquals(new Culprit("reverse initial state h0", 1, 0, 1), culprit(Trainer.of(rnn), batch));
        }
    }

    /** δ is 2·W_hy·(0 − target)/(T·B) at one step and grows by 4·10¹⁰ a step from there on. */
    private Culprit gradient(Cell cell, String suffix, int target, int[] lengths) {
        try (Rnn rnn = zeros(spec(cell).inBothDirections())) {
            float[] large = new float[rnn.parameter("rnn.weight_hh_l0").length];
            Arrays.fill(large, 1e10f);
            rnn.setParameter("rnn.weight_hh_l0" + suffix, large);
            float[] ones = new float[2 * H];
            Arrays.fill(ones, 1);
            rnn.setParameter("head.weight", ones);
            float[] targets = new float[T * B];
            targets[target * B + 1] = -10;
            Batch batch = Batch.dense(T, B, 1, new float[T * B]).withTargets(targets);
            return culprit(Trainer.of(rnn), lengths == null ? batch : batch.withLengths(lengths));
        }
    }

    @Test
    void aGradientInEitherDirection() {
        assertEquals(new Culprit("gradient δ", 0, 1, 1), gradient(Cell.TANH, "", 5, null));
        assertEquals(new Culprit("reverse gradient δ", 0, 4, 1), gradient(Cell.TANH, "_reverse", 0, null));
        assertEquals(new Culprit("reverse gradient δ", 0, 4, 1), gradient(Cell.TANH, "_reverse", 0, LENGTHS));
        assertEquals(new Culprit("gradient δ", 0, 0, 1), gradient(Cell.TANH, "", 4, LENGTHS));
    }
}
