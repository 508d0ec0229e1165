package org.bptt4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import java.util.stream.Stream;
import org.bptt4j.backend.Backend;
import org.bptt4j.backend.cpu.CpuBackends;
import org.bptt4j.data.Batch;
import org.bptt4j.oracle.RandomProblem;
import org.bptt4j.spec.Cell;
import org.bptt4j.spec.RnnSpec;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** {@link Rnn#backward} of L = ⟨dH, h⟩ + ⟨dh_n, h_n⟩ + ⟨dc_n, c_n⟩ against the slope of L itself, with dropout. */
class FiniteDifferenceTest {
    private static final int T = 5;
    private static final int B = 3;
    private static final int I = 4;
    private static final int H = 3;
    /** Small enough for its square, large enough for the roundings of L. */
    private static final float STEP = 0x1p-7f;

    private final Random random = new Random(6);

    static Stream<RnnSpec> networks() {
        return Cell.all().stream()
                .filter(cell -> cell != Cell.RELU) // has kinks
                .map(cell -> RnnSpec.of(I, H, 0).withCell(cell).withLayers(2).withDropout(0.3))
                .flatMap(spec -> Stream.of(spec, spec.inBothDirections()));
    }

    private float[] floats(int count) {
        return RandomProblem.floats(count, random);
    }

    /** What a batch begins with. */
    private record Point(float[] x, float[] h0, float[] c0) {
        Point moved(Point along, float step) {
            return new Point(moved(x, along.x, step), moved(h0, along.h0, step), moved(c0, along.c0, step));
        }

        private static float[] moved(float[] from, float[] along, float step) {
            float[] to = from == null ? null : from.clone();
            for (int i = 0; to != null && i < to.length; i++) {
                to[i] += step * along[i];
            }
            return to;
        }
    }

    private static double dot(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; a != null && b != null && i < a.length; i++) {
            sum += (double) a[i] * b[i];
        }
        return sum;
    }

    /** Rows that end early and begin anew, in padding too: what comes back from c_n must reach the row's last step. */
    private static Batch batch(Point at) {
        boolean[] resets = new boolean[T * B];
        resets[2 * B] = true;
        resets[3 * B + 1] = true;
        resets[4 * B + 1] = true;
        return Batch.dense(T, B, I, at.x)
                .withLengths(new int[] {T, 2, 4})
                .withInitialState(at.h0, at.c0)
                .withResets(resets);
    }

    @ParameterizedTest
    @MethodSource("networks")
    void backwardIsTheSlope(RnnSpec spec) {
        boolean hasCells = spec.cell().hasCellState();
        int states = spec.sweeps() * B * H;
        Point at = new Point(floats(T * B * I), floats(states), hasCells ? floats(states) : null);
        float[] dH = floats(T * B * spec.layerOutputSize());
        float[] dhN = floats(states);
        float[] dcN = hasCells ? floats(states) : null;
        try (Backend backend = CpuBackends.open("vector", 2);
                Rnn rnn = Rnn.create(backend, spec, 1)) {
            rnn.forward(batch(at), 1, 1);
            Rnn.InputGradients g = rnn.backward(dH, dhN, dcN);
            for (int draw = 0; draw < 5; draw++) {
                Point along = new Point(
                        draw == 1 || draw == 2 ? new float[T * B * I] : floats(T * B * I),
                        draw == 2 ? new float[states] : floats(states),
                        hasCells ? floats(states) : null);
                double slope = (loss(rnn, at.moved(along, STEP), dH, dhN, dcN)
                                - loss(rnn, at.moved(along, -STEP), dH, dhN, dcN))
                        / (2 * STEP);
                double expected = dot(g.x(), along.x)
                        + dot(g.initialState(), along.h0)
                        + dot(g.initialCellState(), along.c0);
                assertTrue(draw == 2 && !hasCells || Math.abs(slope) > 1e-2, "a slope of " + slope);
                assertEquals(expected, slope, 2e-3, "draw " + draw);
            }
        }
    }

    private static double loss(Rnn rnn, Point at, float[] dH, float[] dhN, float[] dcN) {
        Rnn.Output out = rnn.forward(batch(at), 1, 1);
        return dot(out.h(), dH) + dot(out.finalState(), dhN) + dot(out.finalCellState(), dcN);
    }
}
