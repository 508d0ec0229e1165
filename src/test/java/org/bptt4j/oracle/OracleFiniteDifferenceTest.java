package org.bptt4j.oracle;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.commons.math3.linear.RealMatrix;
import org.bptt4j.oracle.RandomProblem.Shape;
import org.bptt4j.spec.Cell;
import org.bptt4j.spec.Loss;
import org.bptt4j.spec.RnnSpec;
import org.bptt4j.spec.Truncation;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The oracle against central differences of its own loss, (L(θ+ε) − L(θ−ε))/2ε, in double: the error is about ε² + 10⁻¹⁶/ε.
 */
class OracleFiniteDifferenceTest {
    private static final double EPSILON = 1e-5;

    /** Of three outputs. */
    private static final List<Loss> LOSSES = List.of(
            Loss.crossEntropy(),
            Loss.mse(),
            Loss.bce(),
            Loss.bce().weighted(0.5, 0, 3),
            Loss.crossEntropy().weighted(0.5, 2, 0).smoothed(0.2));

    static List<RandomProblem> problems() {
        Random random = new Random(5);
        List<RandomProblem> problems = new ArrayList<>();
        // Without ReLU: its kink has no derivative to compare with.
        for (Cell cell : List.of(Cell.TANH, Cell.GRU, Cell.LSTM)) {
            for (int i = 0; i < 16; i++) {
                boolean ids = (i & 1) == 1;
                boolean last = (i & 2) == 2;
                boolean both = (i & 4) == 4;
                RnnSpec spec = RnnSpec.of(3, 4, 3).withCell(cell).withLayers(1 + i % 2);
                Loss loss = ((i & 8) == 8 ? Loss.mse() : Loss.crossEntropy())
                        .at(last ? Loss.At.LAST : Loss.At.EVERY)
                        .reduced(ids ? Loss.Reduction.SUM : Loss.Reduction.MEAN);
                Shape shape =
                        new Shape(both ? spec.inBothDirections() : spec, 5, 3, ids, last != both, true, !last || both);
                problems.add(RandomProblem.draw(shape, loss, Truncation.NONE, random));
            }
        }
        for (Loss kind : LOSSES) {
            for (Loss.At at : Loss.At.values()) {
                for (int layers = 1; layers <= 2; layers++) {
                    // tanh only: the kink of ReLU has no derivative to compare with.
                    RnnSpec spec = RnnSpec.of(3, 4, 3).withCell(Cell.TANH).withLayers(layers);
                    boolean ids = layers == 2;
                    Loss loss = kind.at(at).reduced(ids ? Loss.Reduction.SUM : Loss.Reduction.MEAN);
                    Shape shape = new Shape(spec, 5, 3, ids, at == Loss.At.LAST, true, at == Loss.At.EVERY);
                    problems.add(RandomProblem.draw(shape, loss, Truncation.NONE, random));
                    problems.add(RandomProblem.draw(shape, loss, Truncation.NONE, random)
                            .withLossWeights(random));
                }
            }
        }
        return problems;
    }

    @ParameterizedTest
    @MethodSource("problems")
    void everyGradientIsTheSlopeOfTheLoss(RandomProblem p) {
        OracleResult truth = p.solve();
        p.parameters().forEach((name, matrix) -> {
            RealMatrix gradient = truth.gradients().get(name);
            for (int i = 0; i < matrix.getRowDimension(); i++) {
                for (int j = 0; j < matrix.getColumnDimension(); j++) {
                    double slope = (loss(p, name, i, j, EPSILON) - loss(p, name, i, j, -EPSILON)) / (2 * EPSILON);
                    assertEquals(slope, gradient.getEntry(i, j), 1e-8, name + "[" + i + ", " + j + "]");
                }
            }
        });
    }

    private static double loss(RandomProblem p, String name, int i, int j, double by) {
        return new Oracle(p.spec(), moved(p, name, i, j, by))
                .run(p.batch(), p.loss(), p.truncation())
                .loss();
    }

    private static Map<String, RealMatrix> moved(RandomProblem p, String name, int i, int j, double by) {
        Map<String, RealMatrix> moved = new LinkedHashMap<>(p.parameters());
        RealMatrix m = moved.get(name).copy();
        m.addToEntry(i, j, by);
        moved.put(name, m);
        return moved;
    }

    /** dh0 and dx are slopes, too; floats hold the moved values, so the step is coarser and so is the comparison. */
    @ParameterizedTest
    @MethodSource("problems")
    void inputAndInitialStateGradientsAreSlopes(RandomProblem p) {
        OracleResult truth = p.solve();
        checkArray(p, p.batch().initialState(), truth.dH0());
        if (p.spec().cell().hasCellState()) {
            checkArray(p, p.batch().initialCellState(), truth.dC0());
        }
        if (p.batch().x() != null) {
            checkArray(p, p.batch().x(), truth.dX());
        }
    }

    /** What the states behind the last step add, by L = Σ w·h_n + Σ v·c_n and nothing at the steps. */
    @ParameterizedTest
    @MethodSource("problems")
    void gradientsFromFinalStatesAreSlopes(RandomProblem p) {
        int count = p.spec().sweeps() * p.batch().rows() * p.spec().hiddenSize();
        float[] w = RandomProblem.floats(count, new Random(1));
        float[] v = RandomProblem.floats(count, new Random(2));
        float[] none = new float[p.batch().steps() * p.batch().rows() * p.spec().layerOutputSize()];
        OracleResult truth = new Oracle(p.spec(), p.parameters()).runLayers(p.batch(), none, w, v);
        for (String name : List.of("rnn.weight_hh_l0", "rnn.bias_ih_l0", "rnn.weight_ih_l0")) {
            double[] gradient = Vectors.flat(truth.gradients().get(name));
            int columns = p.parameters().get(name).getColumnDimension();
            for (int i = 0; i < gradient.length; i++) {
                double above = weighed(p, moved(p, name, i / columns, i % columns, EPSILON), w, v);
                double below = weighed(p, moved(p, name, i / columns, i % columns, -EPSILON), w, v);
                assertEquals((above - below) / (2 * EPSILON), gradient[i], 1e-8, name + " " + i);
            }
        }
    }

    private static double weighed(RandomProblem p, Map<String, RealMatrix> parameters, float[] w, float[] v) {
        OracleResult r = new Oracle(p.spec(), parameters).run(p.batch(), p.loss(), p.truncation());
        double[] h = r.finalState();
        double[] c = r.finalCellState();
        double sum = 0;
        for (int i = 0; i < w.length; i++) {
            sum += w[i] * h[i] + v[i] * c[i];
        }
        return sum;
    }

    private static void checkArray(RandomProblem p, float[] array, double[] gradient) {
        for (int i = 0; i < array.length; i++) {
            float old = array[i];
            if (Float.isNaN(old)) {
                assertEquals(0, gradient[i], "what is not read has no gradient");
                continue;
            }
            float up = old + 1e-3f;
            float down = old - 1e-3f;
            array[i] = up;
            double above = p.solve().loss();
            array[i] = down;
            double below = p.solve().loss();
            array[i] = old;
            assertEquals((above - below) / ((double) up - down), gradient[i], 2e-6, "element " + i);
        }
    }
}
