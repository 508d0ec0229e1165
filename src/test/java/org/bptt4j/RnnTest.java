package org.bptt4j;

import static org.bptt4j.oracle.Near.assertNear;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.RealMatrix;
import org.bptt4j.backend.Backend;
import org.bptt4j.backend.cpu.CpuBackends;
import org.bptt4j.data.Batch;
import org.bptt4j.oracle.Oracle;
import org.bptt4j.oracle.OracleResult;
import org.bptt4j.oracle.RandomProblem;
import org.bptt4j.oracle.RandomProblem.Shape;
import org.bptt4j.oracle.Vectors;
import org.bptt4j.spec.Cell;
import org.bptt4j.spec.Loss;
import org.bptt4j.spec.RnnSpec;
import org.bptt4j.spec.Truncation;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The layers inside somebody else's network, against the oracle; parameters in and out. */
class RnnTest {
    @TempDir
    Path folder;

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

    static List<RandomProblem> problems() {
        Random random = new Random(8);
        List<RandomProblem> problems = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            RnnSpec spec = RnnSpec.of(5, new int[] {3, 16, 33}[i % 3], 0)
                    .withCell(i % 2 == 0 ? Cell.TANH : Cell.RELU)
                    .withLayers(1 + i % 3);
            Shape shape = new Shape(spec, 7, 5, i % 4 == 3, i % 5 < 3, i % 3 > 0, i % 7 < 3);
            problems.add(RandomProblem.draw(shape, Loss.mse(), Truncation.NONE, random));
        }
        return problems;
    }

    @ParameterizedTest(name = "{index}")
    @MethodSource("problems")
    void forwardAndBackwardAreTheOracles(RandomProblem p) {
        Random random = new Random(2);
        int rows = p.batch().rows();
        int hidden = p.spec().hiddenSize();
        float[] dH = RandomProblem.floats(p.batch().steps() * rows * hidden, random);
        float[] dFinal = RandomProblem.floats(p.spec().layers() * rows * hidden, random);
        // What is fed back for padding must not matter.
        for (int i = 0; i < dH.length; i++) {
            int cell = i / hidden;
            dH[i] = cell / rows < p.batch().length(cell % rows) ? dH[i] : Float.NaN;
        }
        OracleResult truth = new Oracle(p.spec(), p.parameters()).runLayers(p.batch(), dH, dFinal);
        try (Rnn rnn = Rnn.create(backend, p.spec(), 1)) {
            p.parameters().forEach(rnn::setParameter);
            for (int round = 1; round <= 2; round++) {
                Rnn.Output out = rnn.forward(p.batch());
                assertNear(truth.topStates(), out.h(), "h");
                assertNear(truth.finalState(), out.finalState(), "h_n");
                Rnn.InputGradients g = rnn.backward(dH, dFinal);
                assertNear(truth.dH0(), g.initialState(), "dh0");
                if (p.batch().ids() == null) {
                    assertNear(truth.dX(), g.x(), "dx");
                } else {
                    assertNull(g.x());
                }
                for (String name : rnn.parameterNames()) {
                    // Gradients add up until they are set to zero.
                    RealMatrix sum = truth.gradients().get(name).scalarMultiply(round);
                    assertNear(Vectors.flat(sum), rnn.gradient(name), name);
                }
            }
            rnn.zeroGradients();
            rnn.backward(dH, dFinal);
            assertNear(
                    Vectors.flat(truth.gradients().get("rnn.weight_hh_l0")),
                    rnn.gradient("rnn.weight_hh_l0"),
                    "after zeroGradients");
        }
    }

    @Test
    void noFinalGradientIsZeros() {
        RandomProblem p = problems().get(5);
        float[] dH = RandomProblem.floats(7 * 5 * p.spec().hiddenSize(), new Random(3));
        try (Rnn rnn = Rnn.create(backend, p.spec(), 1)) {
            rnn.forward(p.batch());
            float[] without = rnn.backward(dH, null).initialState();
            float[] zeros = new float[p.spec().layers() * 5 * p.spec().hiddenSize()];
            Bits.assertSame(without, rnn.backward(dH, zeros).initialState());
        }
    }

    @Test
    void backwardNeedsAForwardAndFittingGradients() {
        try (Rnn rnn = Rnn.create(backend, RnnSpec.of(2, 3, 0), 1)) {
            assertThrows(IllegalStateException.class, () -> rnn.backward(new float[6], null));
            rnn.forward(Batch.dense(2, 1, 2, new float[4]));
            refused(() -> rnn.backward(new float[5], null), "5", "6");
            refused(() -> rnn.backward(new float[6], new float[2]), "2", "3");
            rnn.backward(new float[6], new float[3]);
        }
    }

    /** A batch that is refused leaves the one before it in place. */
    @Test
    void backwardAfterARefusedForwardIsThatOfTheBatchBefore() {
        try (Rnn rnn = Rnn.create(backend, RnnSpec.of(4, 3, 0), 1)) {
            float[] dH = {1, 2, 3, 4, 5, 6};
            rnn.forward(Batch.symbols(2, 1, new int[] {1, 2}));
            rnn.backward(dH, null);
            float[] once = rnn.gradient("rnn.weight_ih_l0");
            rnn.zeroGradients();
            assertThrows(IllegalArgumentException.class, () -> rnn.forward(Batch.symbols(3, 1, new int[] {1, 2, 99})));
            assertThrows(IllegalArgumentException.class, () -> rnn.forward(Batch.dense(1, 1, 5, new float[5])));
            rnn.backward(dH, null);
            Bits.assertSame(once, rnn.gradient("rnn.weight_ih_l0"));
        }
    }

    // ---- parameters -------------------------------------------------------------------------------------------------

    @Test
    void namesAndShapesArePyTorchs() {
        try (Rnn rnn = Rnn.create(backend, RnnSpec.of(2, 3, 4).withLayers(2), 1)) {
            assertEquals(
                    List.of(
                            "rnn.weight_ih_l0",
                            "rnn.weight_hh_l0",
                            "rnn.bias_ih_l0",
                            "rnn.bias_hh_l0",
                            "rnn.weight_ih_l1",
                            "rnn.weight_hh_l1",
                            "rnn.bias_ih_l1",
                            "rnn.bias_hh_l1",
                            "head.weight",
                            "head.bias"),
                    rnn.parameterNames());
            assertArrayEquals(new long[] {3, 2}, rnn.parameterShape("rnn.weight_ih_l0"));
            assertArrayEquals(new long[] {3, 3}, rnn.parameterShape("rnn.weight_ih_l1"));
            assertArrayEquals(new long[] {3}, rnn.parameterShape("rnn.bias_hh_l1"));
            assertArrayEquals(new long[] {4, 3}, rnn.parameterShape("head.weight"));
            refused(() -> rnn.parameter("rnn.weight"), "rnn.weight_ih_l0", "head.bias");
        }
    }

    @Test
    void matricesAndArraysAreTheSameNumbers() {
        try (Rnn rnn = Rnn.create(backend, RnnSpec.of(2, 3, 4), 1)) {
            RealMatrix m = new Array2DRowRealMatrix(new double[][] {{1, 2}, {3, 4}, {5, 0.1}});
            rnn.setParameter("rnn.weight_ih_l0", m);
            assertArrayEquals(new float[] {1, 2, 3, 4, 5, 0.1f}, rnn.parameter("rnn.weight_ih_l0"));
            assertEquals(0.1f, rnn.parameterMatrix("rnn.weight_ih_l0").getEntry(2, 1));
            assertEquals(3, rnn.parameterMatrix("rnn.weight_ih_l0").getEntry(1, 0));
            assertEquals(1, rnn.parameterMatrix("head.bias").getRowDimension());
            rnn.setGradient("rnn.weight_ih_l0", new float[] {1, 2, 3, 4, 5, 6});
            assertArrayEquals(
                    new double[][] {{1, 2}, {3, 4}, {5, 6}},
                    rnn.gradientMatrix("rnn.weight_ih_l0").getData());
            refused(() -> rnn.setParameter("rnn.weight_ih_l0", m.transpose()), "[3, 2]", "[2, 3]");
            refused(() -> rnn.setParameter("head.bias", new float[5]), "4", "5");
            refused(() -> rnn.setGradient("head.bias", new float[3]), "4", "3");
        }
    }

    private static void refused(Runnable call, String... words) {
        String message = assertThrows(IllegalArgumentException.class, call::run).getMessage();
        for (String word : words) {
            assertTrue(message.contains(word), "says " + word + ": " + message);
        }
    }

    @Test
    void savedAndLoadedIsTheSameNetwork() throws IOException {
        RnnSpec spec = RnnSpec.of(2, 3, 4).withLayers(2).withCell(Cell.RELU);
        Path file = folder.resolve("model.safetensors");
        try (Rnn rnn = Rnn.create(backend, spec, 1)) {
            rnn.save(file, Map.of("note", "hello"));
            try (Rnn loaded = Rnn.load(backend, file)) {
                assertEquals(spec, loaded.spec());
                for (String name : rnn.parameterNames()) {
                    assertArrayEquals(rnn.parameter(name), loaded.parameter(name), name);
                }
            }
            assertEquals("hello", ModelFile.read(file).metadata().get("note"));
        }
    }
}
