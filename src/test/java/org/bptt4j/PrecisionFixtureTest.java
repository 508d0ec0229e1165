package org.bptt4j;

import java.io.IOException;
import java.util.Map;
import java.util.stream.Stream;
import org.bptt4j.backend.Backend;
import org.bptt4j.backend.Precision;
import org.bptt4j.backend.cuda.SoftDevice;
import org.bptt4j.io.Tensor;
import org.bptt4j.softgpu.SoftGpu;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Gradients against PyTorch in float64 where products read fewer bits: within so many times an operand's error, as a share of each
 * tensor's root mean square. Over 2,000 steps of ReLU that error grows as float32's does, which is 2¹³ times smaller.
 */
class PrecisionFixtureTest {
    @AfterEach
    void restore() {
        SoftGpu.restoreDefaults();
    }

    static Stream<Arguments> cases() {
        return Fixture.names(false).stream()
                .flatMap(name -> Stream.of(Precision.TF32, Precision.BF16).map(p -> Arguments.of(name, p)));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void gradientsAreNear(String name, Precision precision) throws IOException {
        Fixture f = Fixture.load(name);
        double products = FixtureDeviation.allowed(name, precision, false);
        double gradients = FixtureDeviation.allowed(name, precision, true);
        try (Backend backend = SoftDevice.open(precision);
                Rnn rnn = f.model().toRnn(backend);
                Trainer trainer = Trainer.of(rnn)
                        .loss(f.loss())
                        .truncation(f.truncation())
                        .clipping(f.clipping())
                        .build()) {
            Gradients g = trainer.gradients(f.batch());
            Map<String, Tensor> expected = f.expected().tensors();
            Fixture.assertClose(expected, "loss", new float[] {(float) g.loss()}, products);
            Fixture.assertClose(expected, "h_n", g.finalState(), products);
            if (g.finalCellState() != null) {
                Fixture.assertClose(expected, "c_n", g.finalCellState(), products);
            }
            Fixture.assertClose(expected, "grad_norm", new float[] {(float) g.gradientNorm()}, gradients);
            for (String parameter : rnn.parameterNames()) {
                Fixture.assertClose(expected, "grad." + parameter, rnn.gradient(parameter), gradients);
            }
            if (g.x() != null && expected.containsKey("grad.x")) {
                Fixture.assertClose(expected, "grad.x", g.x(), gradients); // clipped by the norm
            }
        }
    }
}
