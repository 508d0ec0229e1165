package org.bptt4j;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.bptt4j.backend.Backend;
import org.bptt4j.backend.cpu.CpuBackends;
import org.bptt4j.backend.cuda.TestDevice;
import org.bptt4j.data.Batch;
import org.bptt4j.oracle.RandomProblem;
import org.bptt4j.spec.Cell;
import org.bptt4j.spec.Clipping;
import org.bptt4j.spec.Initialization;
import org.bptt4j.spec.Loss;
import org.bptt4j.spec.Optimizer;
import org.bptt4j.spec.RnnSpec;
import org.bptt4j.spec.Truncation;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** One seed gives the same bits, whatever the number of threads, in training with everything switched on. */
class SameBitsTest {
    private static final int STEPS = 20;
    private static final int ROWS = 37;

    @ParameterizedTest
    @ValueSource(strings = {"vector", "scalar"})
    void trainingDoesNotDependOnThreadsAndCanBeRepeated(String kernels) {
        for (boolean ids : new boolean[] {false, true}) {
            float[][] once = trained(kernels, 1, ids, 5);
            for (int threads : new int[] {1, 2, 3, 5}) {
                assertArrayEquals(once, trained(kernels, threads, ids, 5), threads + " threads");
            }
            assertFalse(Arrays.deepEquals(once, trained(kernels, 1, ids, 6)), "another seed");
        }
    }

    @ParameterizedTest
    @Tag("card")
    @ValueSource(booleans = {false, true})
    void trainingOnADeviceCanBeRepeated(boolean ids) {
        float[][] once = trained("cuda", 1, ids, 5);
        for (String form : TestBackends.DEVICES) {
            assertArrayEquals(trained(form, 1, ids, 5), trained(form, 1, ids, 5), form);
        }
        if (!TestDevice.isCard()) { // where cuBLAS may choose its kernel by more than the product's shape
            assertArrayEquals(once, trained("cuda-steps", 1, ids, 5));
            assertArrayEquals(once, trained("cuda-graph", 1, ids, 5));
        }
        assertFalse(Arrays.deepEquals(once, trained("cuda", 1, ids, 6)), "another seed");
    }

    /** Every cell in one direction and in both, with dropout. */
    static List<RnnSpec> networks() {
        return Cell.all().stream()
                .map(cell -> RnnSpec.of(19, 40, 33).withCell(cell).withLayers(2).withDropout(0.3))
                .flatMap(spec -> Stream.of(spec, spec.inBothDirections()))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("networks")
    void noCellDependsOnThreads(RnnSpec spec) {
        float[][] once = trained("vector", 1, true, 5, spec);
        for (int threads : new int[] {1, 2, 5}) {
            assertArrayEquals(once, trained("vector", threads, true, 5, spec), threads + " threads");
        }
        float[][] other = trained("vector", 1, true, 6, spec);
        assertFalse(Arrays.deepEquals(once, other), "another seed");
    }

    /** Parameters after four steps, and the losses of these. */
    private static float[][] trained(String kernels, int threads, boolean ids, long seed) {
        return trained(kernels, threads, ids, seed, RnnSpec.of(19, 70, 33).withLayers(2));
    }

    private static float[][] trained(String kernels, int threads, boolean ids, long seed, RnnSpec spec) {
        int rows = TestBackends.DEVICES.contains(kernels) ? 5 : ROWS; // the software device is slow
        try (Backend backend = TestBackends.open(kernels, threads);
                Rnn rnn = Rnn.create(backend, spec, Initialization.ORTHOGONAL, seed);
                Trainer trainer = Trainer.of(rnn)
                        .truncation(spec.bidirectional() ? Truncation.NONE : new Truncation(6, 9))
                        .clipping(Clipping.norm(0.1))
                        .optimizer(Optimizer.adam(1e-2))
                        .build()) {
            Random random = new Random(1);
            float[] losses = new float[4];
            for (int i = 0; i < losses.length; i++) {
                Batch batch = ids
                        ? Batch.symbols(
                                STEPS, rows, random.ints(STEPS * rows, 0, 19).toArray())
                        : Batch.dense(STEPS, rows, 19, RandomProblem.floats(STEPS * rows * 19, random));
                batch = ids || i == 1 ? batch : batch.withResets(resets(STEPS * rows, random));
                batch = batch.withTargets(random.ints(STEPS * rows, 0, 33).toArray());
                losses[i] = (float) trainer.step(i == 0 || spec.bidirectional() ? batch : batch.continuing())
                        .loss();
            }
            float[][] result = new float[rnn.parameterNames().size() + 1][];
            for (int i = 0; i < result.length - 1; i++) {
                result[i] = rnn.parameter(rnn.parameterNames().get(i));
            }
            result[result.length - 1] = losses;
            return result;
        }
    }

    private static boolean[] resets(int cells, Random random) {
        boolean[] mask = new boolean[cells];
        for (int i = 0; i < cells; i++) {
            mask[i] = random.nextInt(6) == 0;
        }
        return mask;
    }

    /**
     * Segments of k1 = 1 step whose δ runs back to the start (k2 ≥ T), with one loss at the end: the same terms as full
     * backpropagation, but the forward sweep is cut at every step.
     */
    @ParameterizedTest
    @MethodSource("org.bptt4j.spec.Cell#all")
    void cuttingTheForwardSweepChangesNoBit(Cell cell) {
        RnnSpec spec = RnnSpec.of(3, 33, 2).withCell(cell).withLayers(2).withDropout(0.3);
        Random random = new Random(2);
        Batch batch = Batch.dense(STEPS, ROWS, 3, RandomProblem.floats(STEPS * ROWS * 3, random))
                .withTargets(RandomProblem.floats(ROWS * 2, random));
        float[][] whole = gradients(spec, batch, Truncation.NONE);
        assertArrayEquals(whole, gradients(spec, batch, new Truncation(1, STEPS)));
        assertArrayEquals(whole, gradients(spec, batch, new Truncation(7, STEPS + 5)));
        assertFalse(
                Arrays.deepEquals(whole, gradients(spec, batch, new Truncation(7, STEPS - 1))), "truncated for real");
    }

    /** Without dropout and with it. */
    private static float[][] gradients(RnnSpec spec, Batch batch, Truncation truncation) {
        try (Backend backend = CpuBackends.open("vector", 2);
                Rnn rnn = Rnn.create(backend, spec, 3);
                Trainer trainer = Trainer.of(rnn)
                        .loss(Loss.mse().atLastStep())
                        .truncation(truncation)
                        .build()) {
            trainer.gradients(batch);
            Stream<float[]> without = rnn.parameterNames().stream().map(rnn::gradient).toList().stream();
            trainer.step(batch);
            Stream<float[]> with = rnn.parameterNames().stream().map(rnn::gradient);
            return Stream.concat(without, with).toArray(float[][]::new);
        }
    }
}
