package org.bptt4j.oracle;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.ToDoubleFunction;
import org.apache.commons.math3.linear.RealMatrix;
import org.bptt4j.oracle.RandomProblem.Shape;
import org.bptt4j.spec.Cell;
import org.bptt4j.spec.Loss;
import org.bptt4j.spec.RnnSpec;
import org.bptt4j.spec.Truncation;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The oracle against central differences of its own loss in double. For a tensor θ and a random direction u of it,
 * (L(θ + εu) − L(θ − εu))/2ε = ⟨∂L/∂θ, u⟩ but for about ε² + 10⁻¹⁶/ε; an element that is wrong by e shows as e·u of it.
 */
class OracleFiniteDifferenceTest {
    private static final double EPSILON = 1e-5;
    /** Of each tensor: an error would have to be hidden from each of them. */
    private static final int DIRECTIONS = 3;

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
        Random random = new Random(7);
        for (String name : p.parameters().keySet()) {
            assertSlopes(p, name, truth, random, parameters -> loss(p, parameters));
        }
    }

    /** Whether a parameter's gradient is the slope of {@code loss} along some directions. */
    private static void assertSlopes(
            RandomProblem p,
            String name,
            OracleResult truth,
            Random random,
            ToDoubleFunction<Map<String, RealMatrix>> loss) {
        for (int d = 0; d < DIRECTIONS; d++) {
            RealMatrix u = direction(p.parameters().get(name), random);
            double above = loss.applyAsDouble(moved(p, name, u, EPSILON));
            double below = loss.applyAsDouble(moved(p, name, u, -EPSILON));
            double expected =
                    truth.gradients().get(name).transpose().multiply(u).getTrace();
            assertEquals((above - below) / (2 * EPSILON), expected, 3e-8, name);
        }
    }

    /** Elements of −1 to 1, none of them near 0. */
    private static RealMatrix direction(RealMatrix like, Random random) {
        RealMatrix u = like.createMatrix(like.getRowDimension(), like.getColumnDimension());
        for (int i = 0; i < u.getRowDimension(); i++) {
            for (int j = 0; j < u.getColumnDimension(); j++) {
                u.setEntry(i, j, (random.nextBoolean() ? 1 : -1) * (0.25 + 0.75 * random.nextDouble()));
            }
        }
        return u;
    }

    private static double loss(RandomProblem p, Map<String, RealMatrix> parameters) {
        return new Oracle(p.spec(), parameters)
                .run(p.batch(), p.loss(), p.truncation())
                .loss();
    }

    private static Map<String, RealMatrix> moved(RandomProblem p, String name, RealMatrix direction, double by) {
        Map<String, RealMatrix> moved = new LinkedHashMap<>(p.parameters());
        moved.put(name, moved.get(name).add(direction.scalarMultiply(by)));
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
        Random random = new Random(7);
        for (String name : List.of("rnn.weight_hh_l0", "rnn.bias_ih_l0", "rnn.weight_ih_l0")) {
            assertSlopes(p, name, truth, random, parameters -> weighed(p, parameters, w, v));
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
