package org.bptt4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.bptt4j.backend.Backend;
import org.bptt4j.backend.cpu.CpuBackends;
import org.bptt4j.data.Batch;
import org.bptt4j.oracle.RandomProblem;
import org.bptt4j.spec.Cell;
import org.bptt4j.spec.Clipping;
import org.bptt4j.spec.Loss;
import org.bptt4j.spec.Optimizer;
import org.bptt4j.spec.RnnSpec;
import org.bptt4j.spec.Truncation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Training with batches of one shape allocates nothing on any thread, but for the report that a step returns. (Two shapes in
 * turn: only small views.)
 */
class AllocationTest {
    private static final int I = 6;
    private static final int O = 64;
    private static final int[] LENGTHS = {7, 1, 4, 3, 7};
    private static final Loss CLASSES = Loss.crossEntropy();
    private static final Loss VALUES = Loss.mse();
    private static final Clipping NORM = Clipping.norm(0.1);

    private static volatile Object sink;

    private final AllocationCounter counter = new AllocationCounter();

    // ---- every way to train, small ----------------------------------------------------------------------------------

    /** All that a training loop depends on but threads, kernels and hidden units; the batch has no targets yet. */
    private record Way(
            RnnSpec layers, Loss loss, Truncation truncation, Clipping clipping, Optimizer optimizer, Batch input) {
        RnnSpec withHidden(int hidden) {
            return new RnnSpec(layers.cell(), I, hidden, layers.layers(), O, layers.bidirectional(), layers.dropout());
        }
    }

    /** Tanh layers; how many hidden units they have is said elsewhere. */
    private static RnnSpec layers(int count) {
        return RnnSpec.of(I, 1, O).withLayers(count);
    }

    private static Stream<Way> ways() {
        Truncation far = new Truncation(3, 5);
        Truncation near = new Truncation(4, 2);
        Batch x = dense(7, 5);
        Batch ids = symbols(7, 5);
        RnnSpec dropping = layers(2).withDropout(0.3);
        RnnSpec both = dropping.inBothDirections();
        return Stream.of(
                new Way(layers(1), CLASSES, Truncation.NONE, Clipping.NONE, Optimizer.sgd(0.01), x),
                new Way(layers(2), CLASSES, far, NORM, Optimizer.adam(0.01), x),
                new Way(
                        layers(2),
                        VALUES,
                        near,
                        Clipping.value(0.01),
                        Optimizer.rmsprop(0.01),
                        ids.withLengths(LENGTHS)),
                new Way(layers(2), VALUES.atLastStep(), far, NORM, Optimizer.adamw(0.01), x.withLengths(LENGTHS)),
                new Way(layers(1), CLASSES.atLastStep(), far, NORM, Optimizer.nesterov(0.01, 0.9), ids),
                new Way(layers(3), VALUES, Truncation.NONE, NORM, Optimizer.momentum(0.01, 0.9), x.continuing()),
                new Way(layers(2), CLASSES, far, NORM, Optimizer.sgd(0.01), x.withResets(everyThird(7 * 5))),
                new Way(dropping.withCell(Cell.LSTM), CLASSES, far, NORM, Optimizer.sgd(0.01), x.continuing()),
                new Way(dropping.withCell(Cell.GRU), VALUES, near, NORM, Optimizer.sgd(0.01), x.withLengths(LENGTHS)),
                new Way(both, CLASSES, Truncation.NONE, NORM, Optimizer.sgd(0.01), ids.withLengths(LENGTHS)),
                new Way(both.withCell(Cell.LSTM), VALUES, Truncation.NONE, NORM, Optimizer.sgd(0.01), x));
    }

    private static boolean[] everyThird(int cells) {
        boolean[] mask = new boolean[cells];
        for (int i = 0; i < cells; i += 3) {
            mask[i] = true;
        }
        return mask;
    }

    @ParameterizedTest
    @MethodSource("ways")
    void vectorKernels(Way way) {
        assertAllocatesNothing("vector", 1, 20, 25_000, way);
    }

    @ParameterizedTest
    @MethodSource("ways")
    void scalarKernels(Way way) {
        assertAllocatesNothing("scalar", 1, 20, 25_000, way);
    }

    // ---- two threads ------------------------------------------------------------------------------------------------

    /** 2048 rows and 256 units are worth a second thread in every operation. */
    private static Stream<Way> largeWays() {
        Optimizer adam = Optimizer.adam(0.001);
        return Stream.of(
                new Way(layers(1), CLASSES, Truncation.NONE, NORM, adam, dense(64, 32)),
                new Way(layers(1), VALUES.atLastStep(), Truncation.every(3), NORM, adam, symbols(4, 512)));
    }

    @ParameterizedTest
    @MethodSource("largeWays")
    void twoThreads(Way way) {
        assertAllocatesNothing("vector", 2, 256, 5000, way);
    }

    /** One row of the batch: the threads split the hidden units and wait for each other. */
    @Test
    void twoThreadsInOneSweep() {
        Way way = new Way(layers(1), CLASSES, Truncation.NONE, NORM, Optimizer.adam(0.001), dense(20, 1));
        assertAllocatesNothing("vector", 2, 256, 25_000, way);
    }

    private void assertAllocatesNothing(String kernels, int threads, int hidden, int most, Way way) {
        Batch batch = withTargets(way.input, way.loss);
        try (Backend backend = CpuBackends.open(kernels, threads);
                Rnn rnn = Rnn.create(backend, way.withHidden(hidden), 1);
                Trainer trainer = Trainer.of(rnn)
                        .loss(way.loss)
                        .truncation(way.truncation)
                        .clipping(way.clipping)
                        .optimizer(way.optimizer)
                        .build()) {
            // Something to continue.
            trainer.step(batch.withInitialState(new float[way.layers.sweeps() * batch.rows() * hidden]));
            assertEquals(
                    0, counter.settled(0, most, () -> trainer.forwardBackward(batch)), "bytes of forward and backward");
            double report = counter.mean(() -> sink = new StepReport(1, 1, 1, 1, false, 1, false));
            double step = counter.settled(report, most, () -> sink = trainer.step(batch));
            assertEquals(report, step, "bytes of a step, the report included");
        }
    }

    // ---- two shapes -------------------------------------------------------------------------------------------------

    /** The last batch of an epoch is smaller: buffers and host copies serve both, only views are made again. */
    @Test
    void alternatingShapesReallocateNothing() {
        Batch large = withTargets(dense(64, 32), CLASSES);
        int[] lengths = new int[20];
        Arrays.setAll(lengths, b -> 64 - b);
        Batch small = withTargets(dense(64, 20).withLengths(lengths), CLASSES);
        try (Backend backend = CpuBackends.open("scalar", 1);
                Rnn rnn = Rnn.create(backend, RnnSpec.of(I, 32, O), 1);
                Trainer trainer =
                        Trainer.of(rnn).truncation(new Truncation(20, 30)).build()) {
            Runnable both = () -> {
                trainer.forwardBackward(large);
                trainer.forwardBackward(small);
            };
            both.run();
            double bytes = counter.mean(both);
            int input = small.x().length * Float.BYTES;
            assertTrue(bytes < input, bytes + " bytes; the input of the smaller batch alone has " + input);
        }
    }

    // ---- the counter ------------------------------------------------------------------------------------------------

    @Test
    void oneObjectAStepIsSeen() {
        assertTrue(counter.settled(0, 1000, () -> sink = new Object()) > 0);
    }

    @Test
    void whatAnotherThreadAllocatesIsSeen() {
        ExecutorService other = Executors.newSingleThreadExecutor();
        try {
            int bytes = 1 << 20;
            counter.mean(() -> other.execute(() -> {})); // starts the thread
            double mean = counter.mean(() -> {
                try {
                    other.submit(() -> sink = new byte[bytes]).get();
                } catch (InterruptedException | ExecutionException e) {
                    throw new IllegalStateException(e);
                }
            });
            assertTrue(mean >= bytes, mean + " bytes of " + bytes);
        } finally {
            other.shutdown();
        }
    }

    // ---- batches ----------------------------------------------------------------------------------------------------

    private static Batch dense(int steps, int rows) {
        return Batch.dense(steps, rows, I, RandomProblem.floats(steps * rows * I, new Random(1)));
    }

    private static Batch symbols(int steps, int rows) {
        return Batch.symbols(
                steps, rows, new Random(1).ints((long) steps * rows, 0, I).toArray());
    }

    private static Batch withTargets(Batch input, Loss loss) {
        int cells = loss.at() == Loss.At.LAST ? input.rows() : input.steps() * input.rows();
        return loss.kind() == Loss.Kind.MSE
                ? input.withTargets(RandomProblem.floats(cells * O, new Random(2)))
                : input.withTargets(new Random(2).ints(cells, 0, O).toArray());
    }
}
