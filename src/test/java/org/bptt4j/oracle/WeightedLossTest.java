package org.bptt4j.oracle;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.bptt4j.backend.SweepForm;
import org.bptt4j.backend.cpu.CpuBackends;
import org.bptt4j.backend.cuda.TestDevice;
import org.bptt4j.oracle.RandomProblem.Shape;
import org.bptt4j.spec.Loss;
import org.bptt4j.spec.RnnSpec;
import org.bptt4j.spec.Truncation;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Losses with weights of all kinds, smoothing and binary cross-entropy: the trainer against {@link Oracle} on random networks. */
class WeightedLossTest {
    private static final int CASES = 36;
    private static final int[] ROWS = {1, 2, 7, 9};
    private static final int[] OUTPUTS = {1, 2, 15, 16, 17};

    static List<RandomProblem> problems() {
        Random random = new Random(17);
        List<RandomProblem> problems = new ArrayList<>();
        for (int i = 0; i < CASES; i++) {
            RnnSpec spec = RnnSpec.of(3, 5 + i % 13, OUTPUTS[i % 5]).withLayers(1 + i / 7 % 2);
            Shape shape = new Shape(
                    spec,
                    1 + random.nextInt(13),
                    ROWS[i % 4],
                    random.nextBoolean(),
                    random.nextBoolean(),
                    random.nextBoolean(),
                    random.nextInt(3) == 0);
            Loss loss = loss(i, spec.outputSize(), random)
                    .at(random.nextBoolean() ? Loss.At.EVERY : Loss.At.LAST)
                    .reduced(random.nextBoolean() ? Loss.Reduction.MEAN : Loss.Reduction.SUM);
            Truncation truncation = random.nextInt(3) > 0
                    ? Truncation.NONE
                    : new Truncation(1 + random.nextInt(6), 1 + random.nextInt(8));
            RandomProblem problem = RandomProblem.draw(shape, loss, truncation, random);
            problems.add(random.nextInt(3) == 0 ? problem : problem.withLossWeights(random));
        }
        return problems;
    }

    private static Loss loss(int i, int outputs, Random random) {
        double[] w = random.doubles(outputs, 0.1, 4).toArray();
        Arrays.setAll(w, j -> j % 4 == 3 ? 0 : (float) w[j]);
        return switch (i % 6) {
            case 0 -> Loss.mse();
            case 1 -> Loss.bce();
            case 2 -> Loss.bce().weighted(w);
            case 3 -> Loss.crossEntropy().weighted(w);
            case 4 -> Loss.crossEntropy().smoothed(0.1f);
            default -> Loss.crossEntropy().weighted(w).smoothed(0.3f);
        };
    }

    @ParameterizedTest(name = "{index}")
    @MethodSource("problems")
    void gradientsAreTheOracles(RandomProblem p) {
        OracleResult truth = p.solve();
        for (String kernels : CpuBackends.NAMES) {
            OracleTest.gradients(CpuBackends.open(kernels, 2), p, truth);
        }
    }

    @ParameterizedTest(name = "{index}")
    @Tag("card")
    @MethodSource("problems")
    void gradientsOnADeviceAreTheOracles(RandomProblem p) {
        OracleTest.gradients(TestDevice.open(SweepForm.STEPS), p, p.solve());
    }
}
