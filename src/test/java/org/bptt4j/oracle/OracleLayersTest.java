package org.bptt4j.oracle;

import static org.bptt4j.oracle.Near.assertNear;
import static org.bptt4j.oracle.OracleTest.assertState;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.commons.math3.linear.RealMatrix;
import org.bptt4j.Rnn;
import org.bptt4j.backend.Backend;
import org.bptt4j.backend.SweepForm;
import org.bptt4j.backend.cpu.CpuBackends;
import org.bptt4j.backend.cuda.TestDevice;
import org.bptt4j.oracle.RandomProblem.Shape;
import org.bptt4j.spec.Cell;
import org.bptt4j.spec.Loss;
import org.bptt4j.spec.RnnSpec;
import org.bptt4j.spec.Truncation;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The layers alone, with gradients of every h_t, of h_n and of c_n from outside, against {@link Oracle}. */
class OracleLayersTest {
    static List<RandomProblem> problems() {
        Random random = new Random(21);
        List<RandomProblem> problems = new ArrayList<>();
        for (int i = 0; i < 32; i++) {
            RnnSpec spec = RnnSpec.of(5, new int[] {3, 16, 33}[i % 3], 0)
                    .withCell(Cell.all().get(i % 4))
                    .withLayers(1 + i / 4 % 2);
            Shape shape = new Shape(
                    i / 8 % 2 == 0 ? spec : spec.inBothDirections(),
                    7,
                    5,
                    random.nextBoolean(),
                    i / 16 == 0,
                    random.nextInt(3) > 0,
                    random.nextBoolean());
            problems.add(RandomProblem.draw(shape, Loss.mse(), Truncation.NONE, random));
        }
        return problems;
    }

    @ParameterizedTest(name = "{index}")
    @MethodSource("problems")
    void forwardAndBackwardAreTheOracles(RandomProblem p) {
        for (String kernels : CpuBackends.NAMES) {
            compare(CpuBackends.open(kernels, 2), p);
        }
    }

    @ParameterizedTest(name = "{index}")
    @Tag("card")
    @MethodSource("problems")
    void forwardAndBackwardOnADeviceAreTheOracles(RandomProblem p) {
        for (SweepForm form : SweepForm.values()) {
            compare(TestDevice.open(form), p);
        }
    }

    private static void compare(Backend opened, RandomProblem p) {
        Random random = new Random(2);
        int rows = p.batch().rows();
        int width = p.spec().layerOutputSize();
        float[] dH = RandomProblem.floats(p.batch().steps() * rows * width, random);
        for (int i = 0; i < dH.length; i++) { // what is fed back for padding must not matter
            dH[i] = p.batch().isPadding(i / width) ? Float.NaN : dH[i];
        }
        int states = p.spec().sweeps() * rows * p.spec().hiddenSize();
        boolean cells = p.spec().cell().hasCellState();
        float[] dFinal = RandomProblem.floats(states, random);
        float[] dFinalCell = cells ? RandomProblem.floats(states, random) : null;
        OracleResult truth = new Oracle(p.spec(), p.parameters()).runLayers(p.batch(), dH, dFinal, dFinalCell);
        try (Backend backend = opened;
                Rnn rnn = Rnn.create(backend, p.spec(), 1)) {
            p.parameters().forEach(rnn::setParameter);
            for (int round = 1; round <= 2; round++) { // gradients add up
                Rnn.Output out = rnn.forward(p.batch());
                assertNear(truth.topStates(), out.h(), "h");
                assertNear(truth.finalState(), out.finalState(), "h_n");
                assertState(cells, truth.finalCellState(), out.finalCellState(), "c_n");
                Rnn.InputGradients g = rnn.backward(dH, dFinal, dFinalCell);
                assertNear(truth.dH0(), g.initialState(), "dh0");
                assertState(cells, truth.dC0(), g.initialCellState(), "dc0");
                assertState(p.batch().ids() == null, truth.dX(), g.x(), "dx");
                for (String name : rnn.parameterNames()) {
                    RealMatrix sum = truth.gradients().get(name).scalarMultiply(round);
                    assertNear(Vectors.flat(sum), rnn.gradient(name), name);
                }
            }
        }
    }
}
