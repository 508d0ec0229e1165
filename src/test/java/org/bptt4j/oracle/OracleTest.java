package org.bptt4j.oracle;

import static org.bptt4j.oracle.Near.assertNear;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.bptt4j.Gradients;
import org.bptt4j.Rnn;
import org.bptt4j.Trainer;
import org.bptt4j.backend.Backend;
import org.bptt4j.backend.SweepForm;
import org.bptt4j.backend.cpu.CpuBackends;
import org.bptt4j.backend.cuda.PersistentBackends;
import org.bptt4j.backend.cuda.TestDevice;
import org.bptt4j.oracle.RandomProblem.Shape;
import org.bptt4j.spec.Cell;
import org.bptt4j.spec.Loss;
import org.bptt4j.spec.Optimizer;
import org.bptt4j.spec.RnnSpec;
import org.bptt4j.spec.Truncation;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The trainer against {@link Oracle} on random networks whose sizes straddle the vector lengths. The lists have lengths
 * without common factors where it matters, so that the cases walk through most pairs.
 */
class OracleTest {
    private static final int CASES = 84;
    private static final int[] ROWS = {1, 2, 7, 9, 33};
    private static final int[] STEPS = {1, 2, 13};
    private static final int[] INPUTS = {1, 3, 17};
    private static final int[] HIDDEN = {1, 5, 16, 17, 31, 33, 64};
    private static final int[] OUTPUTS = {1, 2, 15, 16, 17};

    static List<RandomProblem> problems() {
        Random random = new Random(11);
        List<RandomProblem> problems = new ArrayList<>();
        for (int i = 0; i < CASES; i++) {
            RnnSpec spec = RnnSpec.of(INPUTS[i / 3 % 3], HIDDEN[i % 7], OUTPUTS[i / 5 % 5])
                    .withCell(random.nextBoolean() ? Cell.TANH : Cell.RELU)
                    .withLayers(1 + i / 7 % 3);
            Shape shape = new Shape(
                    spec,
                    STEPS[i % 3],
                    ROWS[i % 5],
                    random.nextBoolean(),
                    random.nextBoolean(),
                    random.nextBoolean(),
                    i % 4 == 1);
            Loss loss = (random.nextBoolean() ? Loss.crossEntropy() : Loss.mse())
                    .at(random.nextBoolean() ? Loss.At.EVERY : Loss.At.LAST)
                    .reduced(random.nextBoolean() ? Loss.Reduction.MEAN : Loss.Reduction.SUM);
            Truncation truncation = random.nextInt(3) > 0
                    ? Truncation.NONE
                    : new Truncation(1 + random.nextInt(6), 1 + random.nextInt(8));
            problems.add(RandomProblem.draw(shape, loss, truncation, random));
        }
        problems.addAll(cellsAndDirections());
        return problems;
    }

    /** Every cell in one direction and in both, of which those of one are truncated now and then. */
    private static List<RandomProblem> cellsAndDirections() {
        Random random = new Random(12);
        List<RandomProblem> problems = new ArrayList<>();
        for (int i = 0; i < CASES; i++) {
            RnnSpec spec = RnnSpec.of(INPUTS[i % 3], HIDDEN[i % 7], OUTPUTS[i % 5])
                    .withCell(Cell.all().get(i % 4))
                    .withLayers(1 + i / 4 % 3);
            boolean both = i % 4 < 2 || random.nextBoolean();
            Shape shape = new Shape(
                    both ? spec.inBothDirections() : spec,
                    STEPS[i / 2 % 3],
                    ROWS[i / 3 % 5],
                    random.nextBoolean(),
                    random.nextBoolean(),
                    random.nextBoolean(),
                    random.nextInt(3) == 0);
            Loss loss = (random.nextBoolean() ? Loss.crossEntropy() : Loss.mse())
                    .at(random.nextBoolean() ? Loss.At.EVERY : Loss.At.LAST);
            Truncation truncation = both || random.nextBoolean()
                    ? Truncation.NONE
                    : new Truncation(1 + random.nextInt(6), 1 + random.nextInt(8));
            problems.add(RandomProblem.draw(shape, loss, truncation, random));
        }
        return problems;
    }

    @ParameterizedTest(name = "{index}")
    @MethodSource("problems")
    void gradientsAreTheOracles(RandomProblem p) {
        OracleResult truth = p.solve();
        for (String kernels : CpuBackends.NAMES) {
            for (int threads = 1; threads <= 3; threads++) {
                gradients(CpuBackends.open(kernels, threads), p, truth);
            }
        }
    }

    static List<Arguments> problemsInTurn() {
        List<RandomProblem> problems = problems();
        return IntStream.range(0, problems.size())
                .mapToObj(i -> Arguments.of(i, problems.get(i)))
                .toList();
    }

    /** Each problem by one of the forms in turn: four in a row, so that every cell comes by every form that serves it. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("problemsInTurn")
    void gradientsOnADeviceAreTheOracles(int i, RandomProblem p) {
        List<Supplier<Backend>> forms = devices(p);
        gradients(forms.get(i / 4 % forms.size()).get(), p, p.solve());
    }

    @ParameterizedTest(name = "{index}")
    @Tag("card")
    @Tag("full")
    @MethodSource("problems")
    void gradientsOnADeviceByEveryFormAreTheOracles(RandomProblem p) {
        OracleResult truth = p.solve();
        for (Supplier<Backend> device : devices(p)) {
            gradients(device.get(), p, truth);
        }
    }

    private static List<Supplier<Backend>> devices(RandomProblem p) {
        List<Supplier<Backend>> devices = new ArrayList<>();
        forms(p).forEach(form -> devices.add(() -> TestDevice.open(form)));
        if (p.spec().cell().isPlain()) {
            devices.add(PersistentBackends::sliced);
        }
        return devices;
    }

    /** Sweeps in one launch are those of plain cells, and refused for others. */
    static List<SweepForm> forms(RandomProblem p) {
        return Stream.of(SweepForm.values())
                .filter(form -> form != SweepForm.PERSISTENT || p.spec().cell().isPlain())
                .toList();
    }

    static void gradients(Backend opened, RandomProblem p, OracleResult truth) {
        try (Backend backend = opened;
                Rnn rnn = rnn(backend, p);
                Trainer trainer = Trainer.of(rnn)
                        .loss(p.loss())
                        .truncation(p.truncation())
                        .build()) {
            compare(p, truth, rnn, trainer.gradients(p.batch()));
        }
    }

    private static void compare(RandomProblem p, OracleResult truth, Rnn rnn, Gradients g) {
        assertEquals(truth.loss(), g.loss(), 1e-5 * (Math.abs(truth.loss()) + 1e-3), "loss");
        assertNear(truth.outputs(), g.outputs(), "outputs");
        assertNear(truth.finalState(), g.finalState(), "h_n");
        boolean cells = p.spec().cell().hasCellState();
        assertState(cells, truth.finalCellState(), g.finalCellState(), "c_n");
        double squares = 0;
        for (String name : rnn.parameterNames()) {
            double[] expected = Vectors.flat(truth.gradients().get(name));
            assertNear(expected, rnn.gradient(name), name);
            for (double v : expected) {
                squares += v * v;
            }
        }
        assertEquals(Math.sqrt(squares), g.gradientNorm(), 1e-5 * Math.sqrt(squares), "norm");
        if (p.truncation().isFullFor(p.batch().steps())) {
            assertNear(truth.dH0(), g.initialState(), "dh0");
            assertState(cells, truth.dC0(), g.initialCellState(), "dc0");
            if (p.batch().ids() == null) {
                assertNear(truth.dX(), g.x(), "dx");
            }
        } else {
            assertNull(g.x());
            assertNull(g.initialState());
        }
    }

    static void assertState(boolean isThere, double[] truth, float[] actual, String what) {
        if (isThere) {
            assertNear(truth, actual, what);
        } else {
            assertNull(actual, what);
        }
    }

    /** The fifth formula, θ − η·∂L/∂θ, three times over. */
    @ParameterizedTest(name = "{index}")
    @MethodSource("problems")
    void plainDescentIsTheOracles(RandomProblem p) {
        double rate = 0.05;
        RandomProblem whole = new RandomProblem(
                p.spec(), p.parameters(), p.batch(), p.loss().reduced(Loss.Reduction.MEAN), Truncation.NONE);
        try (Backend backend = CpuBackends.open("vector", 2);
                Rnn rnn = rnn(backend, p);
                Trainer trainer = Trainer.of(rnn)
                        .loss(whole.loss())
                        .optimizer(Optimizer.sgd(rate))
                        .build()) {
            for (int step = 0; step < 3; step++) {
                OracleResult truth = whole.solve();
                double loss = trainer.step(whole.batch()).loss();
                assertEquals(truth.loss(), loss, 2e-5 * (Math.abs(truth.loss()) + 1e-3), "loss before step " + step);
                whole = new RandomProblem(
                        whole.spec(),
                        new Oracle(whole.spec(), whole.parameters()).updated(truth.gradients(), rate),
                        whole.batch(),
                        whole.loss(),
                        Truncation.NONE);
            }
            for (String name : rnn.parameterNames()) {
                assertNear(Vectors.flat(whole.parameters().get(name)), rnn.parameter(name), name);
            }
        }
    }

    private static Rnn rnn(Backend backend, RandomProblem p) {
        Rnn rnn = Rnn.create(backend, p.spec(), 1);
        p.parameters().forEach(rnn::setParameter);
        return rnn;
    }
}
