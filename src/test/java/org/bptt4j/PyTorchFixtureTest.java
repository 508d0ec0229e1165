package org.bptt4j;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.bptt4j.backend.Backend;
import org.bptt4j.backend.cuda.TestDevice;
import org.bptt4j.data.Batch;
import org.bptt4j.io.Tensor;
import org.bptt4j.spec.Optimizer;
import org.bptt4j.spec.RnnSpec;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Losses, outputs, every gradient by name, and ten training losses per optimiser, against PyTorch in float64. */
@Tag("card")
class PyTorchFixtureTest {
    static Stream<Arguments> gradientCases() {
        return cases(Fixture.names(false));
    }

    static Stream<Arguments> trainingCases() {
        return cases(Fixture.names(true));
    }

    private static Stream<Arguments> cases(List<String> names) {
        return names.stream()
                .flatMap(name -> TestBackends.NAMES.stream()
                        .filter(backend -> serves(backend, name))
                        .map(backend -> Arguments.of(name, backend)));
    }

    /** Sweeps in one launch are those of plain cells, and refused for others: {@code PersistentSweepTest}. Names of cases say their cell if it has gates. */
    private static boolean serves(String backend, String name) {
        boolean single = backend.equals("cuda-persistent") || backend.equals("cuda-sliced");
        return !single || !(name.contains("gru") || name.contains("lstm"));
    }

    static Stream<Arguments> products() {
        return cases(ProductFixture.names());
    }

    @ParameterizedTest
    @MethodSource("gradientCases")
    void gradientsMatch(String name, String kernels) throws IOException {
        Fixture f = Fixture.load(name);
        try (Backend backend = TestBackends.open(kernels, 2);
                Rnn rnn = f.model().toRnn(backend)) {
            assertGradients(f, rnn);
        }
    }

    /** One network after another case, by all ways to begin, to end and to measure. */
    @ParameterizedTest
    @MethodSource("products")
    void gradientsOfAllCombinationsMatch(String network, String kernels) throws IOException {
        List<Fixture> cases = ProductFixture.load(network);
        try (Backend backend = TestBackends.open(kernels, 2);
                Rnn rnn = cases.get(0).model().toRnn(backend)) {
            assertAll(cases.stream().map(f -> () -> assertGradients(f, rnn)));
        }
    }

    private static void assertGradients(Fixture f, Rnn rnn) throws IOException {
        try (Trainer trainer = Trainer.of(rnn)
                .loss(f.loss())
                .truncation(f.truncation())
                .clipping(f.clipping())
                .build()) {
            Gradients g = trainer.gradients(f.batch());
            Map<String, float[]> actual = new LinkedHashMap<>();
            actual.put("loss", new float[] {(float) g.loss()});
            actual.put("output", g.outputs());
            actual.put("h_n", g.finalState());
            actual.put("c_n", g.finalCellState());
            actual.put("grad_norm", new float[] {(float) g.gradientNorm()});
            for (String parameter : rnn.parameterNames()) {
                actual.put("grad." + parameter, rnn.gradient(parameter));
            }
            actual.put("grad.x", g.x());
            actual.put("grad.h0", g.initialState());
            actual.put("grad.c0", g.initialCellState());
            Map<String, Tensor> expected = f.expected().tensors();
            assertAll(
                    f.name(),
                    actual.entrySet().stream().map(a -> () -> assertTensor(expected, a.getKey(), a.getValue())));
            assertTrue(actual.keySet().containsAll(expected.keySet()), () -> "unknown tensors in " + f.name());
        }
    }

    /**
     * Null where PyTorch has none; what some cases leave out is outputs of long sequences, and with a truncation longer than
     * its sequence, which is none at all, gradients of x and h0.
     */
    private static void assertTensor(Map<String, Tensor> expected, String name, float[] actual) throws IOException {
        if (expected.containsKey(name)) {
            assertNotNull(actual, name);
            Fixture.assertClose(expected, name, actual);
        } else if (name.equals("c_n")
                || expected.containsKey("grad.h0") && (name.equals("grad.x") || name.equals("grad.c0"))) {
            assertNull(actual, name);
        }
    }

    @ParameterizedTest
    @MethodSource("trainingCases")
    void tenTrainingStepsMatch(String name, String kernels) throws IOException {
        Fixture f = Fixture.load(name);
        Batch batch = f.batch();
        try (Backend backend = TestBackends.open(kernels, 2);
                Rnn rnn = f.model().toRnn(backend);
                Trainer trainer = Trainer.of(rnn)
                        .loss(f.loss())
                        .truncation(f.truncation())
                        .clipping(f.clipping())
                        .optimizer(optimizer(f))
                        .build()) {
            double[] losses = f.expected().tensor("losses").toDoubles();
            double share = TestDevice.isCard() ? sumsInAnyOrder(rnn.spec()) : 2e-6;
            for (int i = 0; i < losses.length; i++) {
                assertEquals(losses[i], trainer.step(batch).loss(), share * Math.abs(losses[i]), "loss " + i);
            }
            for (String parameter : rnn.parameterNames()) {
                Fixture.assertClose(f.expected().tensors(), "final." + parameter, rnn.parameter(parameter));
            }
        }
    }

    /**
     * What a card's losses may be off: a sum of n terms in any order by (n + 2)·2⁻²⁴ of their magnitudes. Two such sums, of x and of h,
     * lead to a state, one to an output; the activation between them adds 2.5 units of 2⁻²³; and as much again comes by way of the
     * parameters, which the same sums on the way back have moved.
     */
    private static double sumsInAnyOrder(RnnSpec spec) {
        int n = Math.max(spec.inputSize(), spec.layerOutputSize());
        return 2 * spec.layers() * (3 * (n + 2) + 5) * 0x1p-24;
    }

    private static Optimizer optimizer(Fixture f) {
        Optimizer.Kind kind = switch (f.option("optimizer", "")) {
            case "sgd" -> Optimizer.Kind.SGD;
            case "rmsprop" -> Optimizer.Kind.RMSPROP;
            case "adam" -> Optimizer.Kind.ADAM;
            case "adamw" -> Optimizer.Kind.ADAMW;
            default -> fail("unknown optimizer in " + f.name());
        };
        boolean adam = kind == Optimizer.Kind.ADAM || kind == Optimizer.Kind.ADAMW;
        return new Optimizer(
                kind,
                f.number("lr", 0),
                adam ? f.number("beta1", 0.9) : f.number("momentum", 0),
                adam ? f.number("beta2", 0.999) : f.number("alpha", 0.99),
                f.number("eps", 1e-8),
                f.number("weight_decay", 0),
                f.option("nesterov", "false").equals("true"));
    }
}
