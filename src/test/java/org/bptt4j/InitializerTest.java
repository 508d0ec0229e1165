package org.bptt4j;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import org.apache.commons.math3.linear.MatrixUtils;
import org.apache.commons.math3.linear.RealMatrix;
import org.apache.commons.math3.stat.descriptive.DescriptiveStatistics;
import org.bptt4j.backend.Backend;
import org.bptt4j.backend.cpu.CpuBackends;
import org.bptt4j.spec.Cell;
import org.bptt4j.spec.Initialization;
import org.bptt4j.spec.Remembering;
import org.bptt4j.spec.RnnSpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What defines each initialisation: bounds, moments, WᵀW = I. */
class InitializerTest {
    private static final int I = 7;
    private static final int H = 64;
    private static final RnnSpec SPEC = RnnSpec.of(I, H, 10).withLayers(2);
    private final Backend backend = CpuBackends.open("scalar", 1);

    @AfterEach
    void close() {
        backend.close();
    }

    private Rnn rnn(Initialization kind) {
        return Rnn.create(backend, SPEC, kind, 4);
    }

    /** Uniform over (−bound, bound): nothing outside, something near both ends, mean 0, variance bound²/3. */
    private static void assertUniform(float[] values, double bound, String what) {
        DescriptiveStatistics s = new DescriptiveStatistics();
        for (float v : values) {
            s.addValue(v / bound);
        }
        assertTrue(s.getMin() >= -1 && s.getMax() <= 1, what + " stays within ±" + bound);
        if (values.length >= 400) {
            double error = 5 / Math.sqrt(values.length);
            assertEquals(0, s.getMean(), error, what + ": mean");
            assertEquals(1 / 3.0, s.getPopulationVariance(), error, what + ": variance");
            assertTrue(s.getMin() < -0.95 && s.getMax() > 0.95, what + " reaches its bounds");
        }
    }

    private static void assertZeroBiases(Rnn rnn) {
        for (String name : rnn.parameterNames()) {
            if (name.startsWith("rnn.bias")) {
                assertArrayEquals(new float[H], rnn.parameter(name), name);
            }
        }
    }

    @Test
    void uniformIsPyTorchsDefault() {
        try (Rnn rnn = rnn(Initialization.UNIFORM)) {
            rnn.parameterNames().forEach(name -> assertUniform(rnn.parameter(name), 1 / Math.sqrt(H), name));
        }
    }

    @ParameterizedTest
    @EnumSource(Initialization.class)
    void theHeadIsAlwaysUniform(Initialization kind) {
        try (Rnn rnn = rnn(kind)) {
            assertUniform(rnn.parameter("head.weight"), 1 / Math.sqrt(H), "head.weight");
            assertUniform(rnn.parameter("head.bias"), 1 / Math.sqrt(H), "head.bias");
            assertFalse(Arrays.equals(new float[10], rnn.parameter("head.bias")));
        }
    }

    @Test
    void orthogonalTimesItsTransposeIsOne() {
        try (Rnn rnn = rnn(Initialization.ORTHOGONAL)) {
            for (int l = 0; l < 2; l++) {
                RealMatrix w = rnn.parameterMatrix("rnn.weight_hh_l" + l);
                RealMatrix product = w.transpose().multiply(w);
                double trace = 0;
                for (int i = 0; i < H; i++) {
                    trace += w.getEntry(i, i);
                    for (int j = 0; j < H; j++) {
                        assertEquals(i == j ? 1 : 0, product.getEntry(i, j), 1e-6);
                    }
                }
                // Uniform over the group, the trace is about normal with variance 1; reflections alone would give more.
                assertTrue(Math.abs(trace) < 5, "trace " + trace);
            }
            assertUniform(rnn.parameter("rnn.weight_ih_l0"), 1 / Math.sqrt(H), "weight_ih_l0");
            assertZeroBiases(rnn);
        }
    }

    @Test
    void identityIsTheIrnns() {
        try (Rnn rnn = rnn(Initialization.IDENTITY)) {
            for (int l = 0; l < 2; l++) {
                float[] w = rnn.parameter("rnn.weight_hh_l" + l);
                for (int i = 0; i < w.length; i++) {
                    assertEquals(i / H == i % H ? 1f : 0f, w[i]);
                }
            }
            DescriptiveStatistics s = new DescriptiveStatistics();
            for (float v : rnn.parameter("rnn.weight_ih_l1")) {
                s.addValue(v);
            }
            assertEquals(0, s.getMean(), 1e-4);
            assertEquals(1e-3, s.getStandardDeviation(), 1e-4);
            assertTrue(s.getMax() > 2e-3, "normal, not uniform");
            assertZeroBiases(rnn);
        }
    }

    @Test
    void xavierDependsOnBothSides() {
        try (Rnn rnn = rnn(Initialization.XAVIER)) {
            assertUniform(rnn.parameter("rnn.weight_ih_l0"), Math.sqrt(6.0 / (I + H)), "weight_ih_l0");
            assertUniform(rnn.parameter("rnn.weight_ih_l1"), Math.sqrt(6.0 / (H + H)), "weight_ih_l1");
            assertUniform(rnn.parameter("rnn.weight_hh_l0"), Math.sqrt(6.0 / (H + H)), "weight_hh_l0");
            assertZeroBiases(rnn);
        }
    }

    @ParameterizedTest
    @EnumSource(Initialization.class)
    void oneSeedGivesTheSameValuesAndAnotherGivesOthers(Initialization kind) {
        try (Rnn a = Rnn.create(backend, SPEC, kind, 4);
                Rnn b = Rnn.create(backend, SPEC, kind, 4);
                Rnn c = Rnn.create(backend, SPEC, kind, 5)) {
            for (String name : a.parameterNames()) {
                assertArrayEquals(a.parameter(name), b.parameter(name), name);
            }
            for (String name : new String[] {"rnn.weight_ih_l0", "rnn.weight_ih_l1", "head.weight"}) {
                assertFalse(Arrays.equals(a.parameter(name), c.parameter(name)), name);
            }
            assertFalse(Arrays.equals(a.parameter("rnn.weight_ih_l1"), a.parameter("head.weight")));
        }
    }

    private static final RnnSpec LSTM =
            RnnSpec.of(I, H, 10).withLayers(2).withCell(Cell.LSTM).inBothDirections();
    private static final List<String> PLACES = List.of("l0", "l0_reverse", "l1", "l1_reverse");

    @Test
    void theHeadOfBothDirectionsHasTwiceTheInputs() {
        for (Initialization kind : List.of(Initialization.UNIFORM, Initialization.ORTHOGONAL, Initialization.XAVIER)) {
            try (Rnn rnn = Rnn.create(backend, LSTM, kind, 4)) {
                assertUniform(rnn.parameter("head.weight"), 1 / Math.sqrt(2 * H), "head.weight");
                assertUniform(rnn.parameter("head.bias"), 1 / Math.sqrt(2 * H), "head.bias");
            }
        }
    }

    @Test
    void gatedCellsOfBothDirectionsAreUniformAsPyTorchs() {
        try (Rnn rnn = Rnn.create(backend, LSTM.withoutHead(), 4)) {
            assertEquals(16, rnn.parameterNames().size());
            rnn.parameterNames().forEach(name -> assertUniform(rnn.parameter(name), 1 / Math.sqrt(H), name));
            assertFalse(Arrays.equals(rnn.parameter("rnn.weight_hh_l0"), rnn.parameter("rnn.weight_hh_l0_reverse")));
        }
    }

    @Test
    void theBlockOfEachGateIsOrthogonal() {
        for (Cell cell : List.of(Cell.GRU, Cell.LSTM)) {
            try (Rnn rnn = Rnn.create(backend, LSTM.withCell(cell), Initialization.ORTHOGONAL, 4)) {
                for (String place : PLACES) {
                    RealMatrix all = rnn.parameterMatrix("rnn.weight_hh_" + place);
                    for (int g = 0; g < cell.gates(); g++) {
                        RealMatrix w = all.getSubMatrix(g * H, (g + 1) * H - 1, 0, H - 1);
                        RealMatrix one = w.transpose().multiply(w);
                        RealMatrix zero = one.subtract(MatrixUtils.createRealIdentityMatrix(H));
                        assertEquals(0, zero.getNorm(), 1e-4, cell + " " + place + ", gate " + g);
                    }
                    assertNotEquals(all.getEntry(0, 0), all.getEntry(H, 0), "gates differ");
                    assertArrayEquals(new float[cell.gates() * H], rnn.parameter("rnn.bias_ih_" + place));
                    assertArrayEquals(new float[cell.gates() * H], rnn.parameter("rnn.bias_hh_" + place));
                }
            }
        }
    }

    /** torch.nn.init.xavier_uniform_ counts the rows of all gates as outputs. */
    @Test
    void xavierCountsTheWholeTensor() {
        try (Rnn rnn = Rnn.create(backend, LSTM, Initialization.XAVIER, 4)) {
            for (String direction : new String[] {"", "_reverse"}) {
                double first = Math.sqrt(6.0 / (I + 4 * H));
                assertUniform(rnn.parameter("rnn.weight_ih_l0" + direction), first, "weight_ih_l0" + direction);
                double second = Math.sqrt(6.0 / (2 * H + 4 * H));
                assertUniform(rnn.parameter("rnn.weight_ih_l1" + direction), second, "weight_ih_l1" + direction);
                double recurrent = Math.sqrt(6.0 / (H + 4 * H));
                assertUniform(rnn.parameter("rnn.weight_hh_l1" + direction), recurrent, "weight_hh_l1" + direction);
            }
        }
    }

    @Test
    void identityIsRefusedForCellsWithGates() {
        for (Cell cell : List.of(Cell.GRU, Cell.LSTM)) {
            String message = assertThrows(
                            IllegalArgumentException.class,
                            () -> Rnn.create(backend, SPEC.withCell(cell), Initialization.IDENTITY, 1))
                    .getMessage();
            assertTrue(message.contains(cell.name()) && message.contains("orthogonal"), message);
        }
        assertEquals(0, backend.allocatedBytes());
    }

    /** Of all numbers only those of the forget gate differ from what they are without. */
    @ParameterizedTest
    @EnumSource(value = Initialization.class, mode = EnumSource.Mode.EXCLUDE, names = "IDENTITY")
    void theForgetBiasIsInOneOfTheTwoBiases(Initialization kind) {
        try (Rnn with = Rnn.create(backend, LSTM, kind, Remembering.bias(1.5), 4);
                Rnn without = Rnn.create(backend, LSTM, kind, 4)) {
            for (String name : with.parameterNames()) {
                float[] expected = without.parameter(name);
                if (name.startsWith("rnn.bias")) {
                    Arrays.fill(expected, H, 2 * H, name.contains("_ih_") ? 1.5f : 0f);
                }
                assertArrayEquals(expected, with.parameter(name), name);
            }
        }
    }

    /** ln U(1, T−1): within its bounds, its mean that of the distribution, and the input gate its negative. */
    @Test
    void unitsRememberForTimesUpToT() {
        int hidden = 4001;
        int steps = 100;
        RnnSpec spec = new RnnSpec(Cell.LSTM, 1, 1, 1, 0);
        double sum = 0;
        for (int seed = 0; seed < hidden; seed++) {
            try (Rnn rnn = Rnn.create(backend, spec, Initialization.UNIFORM, Remembering.upTo(steps), seed)) {
                float[] ih = rnn.parameter("rnn.bias_ih_l0");
                assertTrue(ih[1] >= 0 && ih[1] <= Math.log(steps - 1), "forget gate " + ih[1]);
                assertEquals(-ih[1], ih[0]);
                float[] hh = rnn.parameter("rnn.bias_hh_l0");
                assertEquals(0f, hh[0]);
                assertEquals(0f, hh[1]);
                sum += ih[1];
            }
        }
        // ∫ ln u du over [1, n] is n·ln n − n + 1, its deviation is below 1.
        double n = steps - 1;
        assertEquals((n * Math.log(n) - n + 1) / (n - 1), sum / hidden, 4 / Math.sqrt(hidden));
        assertThrows(IllegalArgumentException.class, () -> Remembering.upTo(2));
        assertThrows(IllegalArgumentException.class, () -> Remembering.upTo(0));
    }

    @Test
    void aForgetBiasIsOfLstmCellsAndFinite() {
        for (Cell cell : List.of(Cell.TANH, Cell.RELU, Cell.GRU)) {
            String message = assertThrows(
                            IllegalArgumentException.class,
                            () -> Rnn.create(
                                    backend, SPEC.withCell(cell), Initialization.UNIFORM, Remembering.bias(1), 1))
                    .getMessage();
            assertTrue(message.contains(cell.name()) && message.contains("no forget gate"), message);
        }
        for (double bias : new double[] {Double.NaN, Double.POSITIVE_INFINITY, 1e300}) {
            assertThrows(IllegalArgumentException.class, () -> Remembering.bias(bias));
        }
    }

    @Test
    void oneUnitIsEnough() {
        for (Initialization kind : Initialization.values()) {
            try (Rnn rnn = Rnn.create(backend, RnnSpec.of(1, 1, 1), kind, 3)) {
                float w = rnn.parameter("rnn.weight_hh_l0")[0];
                assertTrue(Math.abs(w) <= Math.sqrt(3), kind + " " + w);
                if (kind == Initialization.ORTHOGONAL) {
                    assertEquals(1f, Math.abs(w));
                }
            }
        }
    }
}
