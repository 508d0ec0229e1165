package org.bptt4j;

import static org.bptt4j.oracle.Near.assertNear;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import org.bptt4j.backend.Backend;
import org.bptt4j.backend.cpu.CpuBackends;
import org.bptt4j.data.Batch;
import org.bptt4j.oracle.RandomProblem;
import org.bptt4j.spec.Cell;
import org.bptt4j.spec.RnnSpec;
import org.bptt4j.spec.Truncation;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The reverse direction of a layer is a layer of one direction over each sequence, by itself and with its steps in reverse. */
class BothDirectionsTest {
    private static final int T = 7;
    private static final int B = 3;
    private static final int I = 4;
    private static final int H = 5;
    private static final int[] LENGTHS = {T, 3, 5};
    /** Of each row, where its sequences begin, the first and the end included. */
    private static final int[][] SEQUENCES = {{0, 2, 3, T}, {0, 1, 3}, {0, 5}};

    private final Backend backend = open();
    private final Random random = new Random(3);

    /** The backend that all this is true of. */
    Backend open() {
        return CpuBackends.open("vector", 2);
    }

    @AfterEach
    void nothingIsLeft() {
        assertEquals(0, backend.allocatedBytes());
        backend.close();
    }

    private float[] floats(int count) {
        return RandomProblem.floats(count, random);
    }

    /** Begins anew at step 0 too, which the reverse direction must not see, and in padding. */
    private static boolean[] mask() {
        boolean[] mask = new boolean[T * B];
        for (int b = 0; b < B; b++) {
            for (int begin : SEQUENCES[b]) {
                if (begin < T) {
                    mask[begin * B + b] = true;
                }
            }
        }
        mask[6 * B + 2] = true;
        return mask;
    }

    @ParameterizedTest
    @MethodSource("org.bptt4j.spec.Cell#all")
    void theReverseOfADenseBatch(Cell cell) {
        float[] x = floats(T * B * I);
        Arrays.fill(x, (4 * B + 1) * I, (4 * B + 2) * I, Float.NaN); // padding
        theReverse(cell, x, null);
    }

    @ParameterizedTest
    @MethodSource("org.bptt4j.spec.Cell#all")
    void theReverseOfSymbols(Cell cell) {
        int[] ids = random.ints(T * B, 0, I).toArray();
        ids[4 * B + 1] = -1; // padding
        theReverse(cell, null, ids);
    }

    private void theReverse(Cell cell, float[] x, int[] ids) {
        RnnSpec spec = RnnSpec.of(I, H, 0).withCell(cell);
        float[] h0 = floats(2 * B * H);
        float[] c0 = cell.hasCellState() ? floats(2 * B * H) : null;
        float[] dH = floats(T * B * 2 * H);
        float[] dhN = floats(2 * B * H);
        float[] dcN = cell.hasCellState() ? floats(2 * B * H) : null;
        for (int i = 0; i < dH.length; i += 2 * H) {
            Arrays.fill(dH, i, i + H, 0); // nothing comes back to the forward direction
        }
        Arrays.fill(dhN, 0, B * H, 0);
        Batch batch = (ids == null ? Batch.dense(T, B, I, x) : Batch.symbols(T, B, ids))
                .withLengths(LENGTHS)
                .withResets(mask())
                .withInitialState(h0, c0);
        try (Rnn both = Rnn.create(backend, spec.inBothDirections(), 1);
                Rnn alone = Rnn.create(backend, spec, 2)) {
            for (String name : alone.parameterNames()) {
                alone.setParameter(name, both.parameter(name + "_reverse"));
            }
            if (dcN != null) {
                Arrays.fill(dcN, 0, B * H, 0);
            }
            Rnn.Output out = both.forward(batch);
            Rnn.InputGradients back = both.backward(dH, dhN, dcN);
            Expected e = new Expected(cell.hasCellState());
            for (int b = 0; b < B; b++) {
                for (int i = 0; i + 1 < SEQUENCES[b].length; i++) {
                    e.add(alone, batch, b, SEQUENCES[b][i], SEQUENCES[b][i + 1], dH, dhN, dcN);
                }
            }
            assertNear(e.h, half(out.h()), "h");
            assertNear(e.hN, second(out.finalState()), "h_n");
            assertNear(e.dH0, second(back.initialState()), "dh0");
            if (cell.hasCellState()) {
                assertNear(e.cN, second(out.finalCellState()), "c_n");
                assertNear(e.dC0, second(back.initialCellState()), "dc0");
            }
            if (ids == null) {
                assertNear(e.dX, back.x(), "dx");
            } else {
                assertNull(back.x());
            }
            for (String name : alone.parameterNames()) { // added up over all sequences
                double[] sum = doubles(alone.gradient(name));
                assertNear(sum, both.gradient(name + "_reverse"), name);
            }
        }
    }

    /** Of the reverse direction, put together from sequences that were run alone. */
    private static final class Expected {
        final double[] h = new double[T * B * H];
        final double[] hN = new double[B * H];
        final double[] cN = new double[B * H];
        final double[] dX = new double[T * B * I];
        final double[] dH0 = new double[B * H];
        final double[] dC0 = new double[B * H];
        private final boolean cells;

        Expected(boolean cells) {
            this.cells = cells;
        }

        /** Steps [from, to) of row b, last first. */
        void add(Rnn alone, Batch batch, int b, int from, int to, float[] dH, float[] dhN, float[] dcN) {
            int steps = to - from;
            float[] x = new float[steps * I];
            int[] ids = new int[steps];
            float[] dh = new float[steps * H];
            for (int s = 0; s < steps; s++) {
                int cell = (to - 1 - s) * B + b;
                if (batch.ids() == null) {
                    System.arraycopy(batch.x(), cell * I, x, s * I, I);
                } else {
                    ids[s] = batch.ids()[cell];
                }
                System.arraycopy(dH, cell * 2 * H + H, dh, s * H, H);
            }
            Batch piece = batch.ids() == null ? Batch.dense(steps, 1, I, x) : Batch.symbols(steps, 1, ids);
            boolean first = to == LENGTHS[b]; // in reverse
            boolean last = from == 0;
            if (first) {
                piece = piece.withInitialState(row(batch.initialState(), b), row(batch.initialCellState(), b));
            }
            Rnn.Output out = alone.forward(piece);
            Rnn.InputGradients back = alone.backward(dh, last ? row(dhN, b) : null, last && cells ? row(dcN, b) : null);
            for (int s = 0; s < steps; s++) {
                int cell = (to - 1 - s) * B + b;
                copy(out.h(), s, H, h, cell);
                copy(back.x(), s, I, dX, cell);
            }
            if (last) {
                copy(out.finalState(), 0, H, hN, b);
                copy(out.finalCellState(), 0, H, cN, b);
            }
            if (first) {
                copy(back.initialState(), 0, H, dH0, b);
                copy(back.initialCellState(), 0, H, dC0, b);
            }
        }

        private static float[] row(float[] states, int b) {
            return states == null ? null : Arrays.copyOfRange(states, (B + b) * H, (B + b + 1) * H);
        }

        private static void copy(float[] from, int row, int width, double[] to, int toRow) {
            for (int i = 0; from != null && i < width; i++) {
                to[toRow * width + i] = from[row * width + i];
            }
        }
    }

    /** The reverse direction's half of [T,B,2H]. */
    private static float[] half(float[] h) {
        float[] half = new float[h.length / 2];
        for (int i = 0; i < half.length; i++) {
            half[i] = h[i / H * 2 * H + H + i % H];
        }
        return half;
    }

    private static float[] second(float[] states) {
        return Arrays.copyOfRange(states, states.length / 2, states.length);
    }

    private static double[] doubles(float[] values) {
        double[] d = new double[values.length];
        for (int i = 0; i < d.length; i++) {
            d[i] = values[i];
        }
        return d;
    }

    // ---- what they cannot do ----------------------------------------------------------------------------------------

    @Test
    void sequencesMustBeThereAsAWhole() {
        RnnSpec spec = RnnSpec.of(I, H, 2).inBothDirections();
        Batch batch = Batch.symbols(T, B, new int[T * B]).withTargets(new int[T * B]);
        try (Rnn rnn = Rnn.create(backend, spec, 1);
                Evaluator evaluator = new Evaluator(rnn);
                Trainer trainer = Trainer.of(rnn).build()) {
            refused(() -> Trainer.of(rnn).truncation(new Truncation(3, 4)).build(), "(3, 4)", "bidirectional");
            refused(() -> new RnnSession(rnn, B), "bidirectional");
            trainer.step(batch);
            refused(() -> trainer.step(batch.continuing()), "continues", "bidirectional");
            refused(() -> evaluator.predict(batch.continuing()), "continues", "bidirectional");
            refused(() -> rnn.forward(batch.continuing()), "continues", "bidirectional");
            refused(() -> rnn.forward(batch.withInitialState(new float[B * H])), "h0 [L·2,B,H]", "" + 2 * B * H);
            trainer.step(batch);
            assertEquals(2, trainer.updates());
        }
    }

    private static void refused(Runnable call, String... words) {
        String message = assertThrows(IllegalArgumentException.class, call::run).getMessage();
        for (String word : words) {
            assertTrue(message.contains(word), "says " + word + ": " + message);
        }
    }
}
