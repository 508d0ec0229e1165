package org.bptt4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.bptt4j.backend.Backend;
import org.bptt4j.data.Batch;
import org.bptt4j.io.Tensor;
import org.bptt4j.spec.Optimizer;
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
        return names.stream().flatMap(name -> TestBackends.NAMES.stream().map(b -> Arguments.of(name, b)));
    }

    @ParameterizedTest
    @MethodSource("gradientCases")
    void gradientsMatch(String name, String kernels) throws IOException {
        Fixture f = Fixture.load(name);
        try (Backend backend = TestBackends.open(kernels, 2);
                Rnn rnn = f.model().toRnn(backend);
                Trainer trainer = Trainer.of(rnn)
                        .loss(f.loss())
                        .truncation(f.truncation())
                        .clipping(f.clipping())
                        .build()) {
            Gradients g = trainer.gradients(f.batch());
            Map<String, Tensor> expected = f.expected().tensors();
            Fixture.assertClose(expected, "loss", new float[] {(float) g.loss()});
            if (expected.containsKey("output")) {
                Fixture.assertClose(expected, "output", g.outputs());
            }
            Fixture.assertClose(expected, "h_n", g.finalState());
            Fixture.assertClose(expected, "grad_norm", new float[] {(float) g.gradientNorm()});
            for (String parameter : rnn.parameterNames()) {
                Fixture.assertClose(expected, "grad." + parameter, rnn.gradient(parameter));
            }
            same(expected, "grad.x", g.x());
            same(expected, "grad.h0", g.initialState());
        }
    }

    private static void same(Map<String, Tensor> expected, String name, float[] actual) throws IOException {
        if (expected.containsKey(name)) {
            assertNotNull(actual, name);
            Fixture.assertClose(expected, name, actual);
        } else if (!expected.keySet().stream().allMatch(n -> !n.equals("grad.h0"))) {
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
            for (int i = 0; i < losses.length; i++) {
                assertEquals(losses[i], trainer.step(batch).loss(), 2e-6 * Math.abs(losses[i]), "loss " + i);
            }
            for (String parameter : rnn.parameterNames()) {
                Fixture.assertClose(f.expected().tensors(), "final." + parameter, rnn.parameter(parameter));
            }
        }
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
