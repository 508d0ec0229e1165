package org.bptt4j;

import static org.bptt4j.oracle.Near.assertNear;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.bptt4j.backend.Backend;
import org.bptt4j.backend.cpu.CpuBackends;
import org.bptt4j.data.Batch;
import org.bptt4j.oracle.RandomProblem;
import org.bptt4j.spec.Cell;
import org.bptt4j.spec.Loss;
import org.bptt4j.spec.RnnSpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Several sequences in one row, one behind the other, are what they are when each is run by itself. */
class ResetsTest {
    private static final int STEPS = 13;
    private static final int ROWS = 3;
    private static final int INPUTS = 4;
    private static final int HIDDEN = 9;
    private static final int OUTPUTS = 5;
    /** Of each row, where its sequences begin; the first of rows 0 and 2 goes on from the initial state. */
    private static final int[][] BEGINNINGS = {{4, 5, 12}, {0, 7}, {1, 2, 3}};

    Backend open() {
        return CpuBackends.open("vector", 2);
    }

    private record Kind(Cell cell, int layers, Loss loss) {}

    static List<Kind> kinds() {
        List<Kind> kinds = new ArrayList<>();
        for (int layers = 1; layers <= 3; layers++) {
            for (Cell cell : Cell.all()) {
                // Only classes can be ignored, so that a sequence which does not end its row has no loss.
                for (Loss loss :
                        List.of(Loss.crossEntropy(), Loss.crossEntropy().atLastStep(), Loss.mse())) {
                    kinds.add(new Kind(cell, layers, loss.reduced(Loss.Reduction.SUM)));
                }
            }
        }
        return kinds;
    }

    private static boolean[] mask() {
        boolean[] mask = new boolean[STEPS * ROWS];
        for (int b = 0; b < ROWS; b++) {
            for (int t : BEGINNINGS[b]) {
                mask[t * ROWS + b] = true;
            }
        }
        return mask;
    }

    /** What one run gives, by name. */
    private record Result(double loss, float[] outputs, float[] dX, float[] dH0, float[] dC0, float[][] gradients) {}

    private Result run(Rnn rnn, Loss loss, Batch batch) {
        try (Trainer trainer = Trainer.of(rnn).loss(loss).build()) {
            Gradients g = trainer.gradients(batch);
            float[][] gradients =
                    rnn.parameterNames().stream().map(rnn::gradient).toArray(float[][]::new);
            return new Result(g.loss(), g.outputs(), g.x(), g.initialState(), g.initialCellState(), gradients);
        }
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void sequencesInOneRowAreSequencesByThemselves(Kind kind) {
        Random random = new Random(4);
        RnnSpec spec = RnnSpec.of(INPUTS, HIDDEN, OUTPUTS).withCell(kind.cell).withLayers(kind.layers);
        float[] x = RandomProblem.floats(STEPS * ROWS * INPUTS, random);
        float[] h0 = RandomProblem.floats(kind.layers * ROWS * HIDDEN, random);
        float[] c0 = kind.cell.hasCellState() ? RandomProblem.floats(h0.length, random) : null;
        float[] values = RandomProblem.floats(STEPS * ROWS * OUTPUTS, random);
        int[] classes = random.ints(STEPS * ROWS, 0, OUTPUTS).toArray();
        Targets targets = new Targets(kind.loss, classes, values);
        try (Backend backend = open();
                Rnn rnn = Rnn.create(backend, spec, 3)) {
            Batch batch = targets.add(
                    Batch.dense(STEPS, ROWS, INPUTS, x).withInitialState(h0, c0).withResets(mask()), 0, STEPS, 0, ROWS);
            Result together = run(rnn, kind.loss, batch);

            double loss = 0;
            double[] outputs = new double[together.outputs.length];
            double[] dX = new double[x.length];
            double[] dH0 = new double[h0.length];
            double[] dC0 = new double[h0.length];
            double[][] gradients = Arrays.stream(together.gradients)
                    .map(g -> new double[g.length])
                    .toArray(double[][]::new);
            for (int b = 0; b < ROWS; b++) {
                int from = 0;
                for (int i = 0; i <= BEGINNINGS[b].length; i++) {
                    int to = i < BEGINNINGS[b].length ? BEGINNINGS[b][i] : STEPS;
                    if (to > from) {
                        boolean first = from == 0 && !mask()[b];
                        Batch piece = Batch.dense(to - from, 1, INPUTS, cut(x, INPUTS, from, to, b));
                        piece = first
                                ? piece.withInitialState(
                                        cut(h0, HIDDEN, 0, kind.layers, b), cut(c0, HIDDEN, 0, kind.layers, b))
                                : piece;
                        Result alone = run(rnn, kind.loss, targets.add(piece, from, to, b, b + 1));
                        loss += alone.loss;
                        paste(alone.outputs, OUTPUTS, from, b, outputs);
                        paste(alone.dX, INPUTS, from, b, dX);
                        if (first) {
                            paste(alone.dH0, HIDDEN, 0, b, dH0);
                            paste(alone.dC0, HIDDEN, 0, b, dC0);
                        }
                        for (int p = 0; p < gradients.length; p++) {
                            for (int k = 0; k < gradients[p].length; k++) {
                                gradients[p][k] += alone.gradients[p][k];
                            }
                        }
                    }
                    from = to;
                }
            }
            assertEquals(loss, together.loss, 1e-5 * Math.abs(loss));
            assertNear(outputs, together.outputs, "outputs");
            assertNear(dX, together.dX, "dX");
            assertNear(dH0, together.dH0, "dh0");
            if (c0 != null) {
                assertNear(dC0, together.dC0, "dc0");
            }
            for (int p = 0; p < gradients.length; p++) {
                assertNear(
                        gradients[p],
                        together.gradients[p],
                        rnn.parameterNames().get(p));
            }
        }
    }

    /** Targets of all steps; with a loss at the last step, those of a row's last step, for the pieces that end with it. */
    private record Targets(Loss loss, int[] classes, float[] values) {
        Batch add(Batch batch, int from, int to, int firstRow, int endRow) {
            boolean last = loss.at() == Loss.At.LAST;
            int first = last ? to - 1 : from;
            int rows = endRow - firstRow;
            int[] c = new int[(to - first) * rows];
            float[] v = new float[c.length * OUTPUTS];
            for (int i = 0; i < c.length; i++) {
                int cell = (first + i / rows) * ROWS + firstRow + i % rows;
                c[i] = last && to < STEPS ? loss.ignoreIndex() : classes[cell];
                System.arraycopy(values, cell * OUTPUTS, v, i * OUTPUTS, OUTPUTS);
            }
            return loss.kind() == Loss.Kind.MSE ? batch.withTargets(v) : batch.withTargets(c);
        }
    }

    /** Row b of the steps [from, to) of {@code array} [., B, width]. */
    private static float[] cut(float[] array, int width, int from, int to, int b) {
        if (array == null) {
            return null;
        }
        float[] piece = new float[(to - from) * width];
        for (int t = from; t < to; t++) {
            System.arraycopy(array, (t * ROWS + b) * width, piece, (t - from) * width, width);
        }
        return piece;
    }

    private static void paste(float[] piece, int width, int from, int b, double[] to) {
        for (int i = 0; piece != null && i < piece.length; i++) {
            to[((from + i / width) * ROWS + b) * width + i % width] = piece[i];
        }
    }

    /** A batch that continues another, but for the row that begins anew with its first step. */
    @ParameterizedTest
    @MethodSource("org.bptt4j.spec.Cell#all")
    void aResetAtTheFirstStepDropsTheCarriedState(Cell cell) {
        Random random = new Random(6);
        RnnSpec spec = RnnSpec.of(INPUTS, HIDDEN, OUTPUTS).withCell(cell).withLayers(2);
        Batch before = Batch.symbols(STEPS, ROWS, ids(random)).withTargets(new int[STEPS * ROWS]);
        Batch next = Batch.symbols(STEPS, ROWS, ids(random)).withTargets(new int[STEPS * ROWS]);
        boolean[] mask = new boolean[STEPS * ROWS];
        mask[1] = true;
        float[] carried = second(spec, before, next.continuing());
        float[] fresh = second(spec, before, next);
        float[] mixed = second(spec, before, next.continuing().withResets(mask));
        for (int b = 0; b < ROWS; b++) {
            float[] expected = cut(b == 1 ? fresh : carried, OUTPUTS, 0, STEPS, b);
            Bits.assertSame(expected, cut(mixed, OUTPUTS, 0, STEPS, b));
        }
        assertFalse(Arrays.equals(cut(fresh, OUTPUTS, 0, STEPS, 1), cut(carried, OUTPUTS, 0, STEPS, 1)));
    }

    private static int[] ids(Random random) {
        return random.ints(STEPS * ROWS, 0, INPUTS).toArray();
    }

    private float[] second(RnnSpec spec, Batch first, Batch then) {
        try (Backend backend = open();
                Rnn rnn = Rnn.create(backend, spec, 3);
                Evaluator evaluator = new Evaluator(rnn)) {
            evaluator.predict(first);
            return evaluator.predict(then).outputs();
        }
    }

    /** The same shape with resets, without, and with them again: each gives its own. */
    @Test
    void batchesWithAndWithoutResetsTakeTurns() {
        Random random = new Random(7);
        Batch without = Batch.symbols(STEPS, ROWS, ids(random)).withTargets(new int[STEPS * ROWS]);
        Batch with = without.withResets(mask());
        try (Backend backend = open();
                Rnn rnn = Rnn.create(backend, RnnSpec.of(INPUTS, HIDDEN, OUTPUTS), 3);
                Trainer trainer = Trainer.of(rnn).build()) {
            List<float[]> gradients = new ArrayList<>();
            for (Batch batch : List.of(with, without, with, without)) {
                trainer.gradients(batch);
                gradients.add(rnn.gradient("rnn.weight_hh_l0"));
            }
            assertArrayEquals(gradients.get(0), gradients.get(2));
            assertArrayEquals(gradients.get(1), gradients.get(3));
            assertFalse(Arrays.equals(gradients.get(0), gradients.get(1)));
        }
    }
}
