package org.bptt4j.backend.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.bptt4j.Rnn;
import org.bptt4j.Trainer;
import org.bptt4j.backend.Backend;
import org.bptt4j.backend.Counts;
import org.bptt4j.backend.DeviceArray;
import org.bptt4j.backend.DeviceException;
import org.bptt4j.backend.Dropout;
import org.bptt4j.backend.Matrix;
import org.bptt4j.backend.SweepForm;
import org.bptt4j.data.Batch;
import org.bptt4j.oracle.RandomProblem;
import org.bptt4j.softgpu.SoftGpu;
import org.bptt4j.spec.Cell;
import org.bptt4j.spec.Clipping;
import org.bptt4j.spec.RnnSpec;
import org.bptt4j.spec.Truncation;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a backend says that it asked of the device is what the device was asked. */
class CountsTest {
    private static final int I = 3;
    private static final int H = 5;
    private static final int O = 4;
    private static final int L = 2;

    @AfterEach
    void nothingIsLeft() {
        SoftGpu.restoreDefaults();
        Leaks.assertNone("after close");
    }

    /**
     * As the software device counted them. Its counter of launches has those in it that were recorded, so that they follow from
     * the others: a graph holds a kernel and a product for each step, and the cursor's way.
     */
    private static Counts ofTheDevice(long sweepProducts) {
        long graphs = SoftGpu.counter("graph.launch");
        long stepsInGraphs = (SoftGpu.counter("graph.nodes") - graphs) / 2;
        long kernels = SoftGpu.sum("kernel.");
        long products = SoftGpu.sum("gemm.");
        return new Counts(
                kernels - stepsInGraphs - graphs,
                graphs,
                products - stepsInGraphs,
                kernels,
                products,
                sweepProducts,
                SoftGpu.sum("copy.htod."),
                bytes("copy.htod."),
                SoftGpu.sum("copy.dtoh."),
                bytes("copy.dtoh."),
                SoftGpu.counter("memset"),
                SoftGpu.sum("sync."));
    }

    private static long bytes(String prefix) {
        return SoftGpu.counters().entrySet().stream()
                .filter(e -> e.getKey().startsWith(prefix) && e.getKey().endsWith(".bytes"))
                .mapToLong(e -> e.getValue())
                .sum();
    }

    /** A form of the sweep, the kind of input, the truncation. */
    private record Way(SweepForm form, boolean ids, boolean lengths, Truncation truncation) {}

    private static Stream<Way> ways() {
        List<Way> ways = new ArrayList<>();
        for (SweepForm form : SweepForm.values()) {
            for (boolean ids : new boolean[] {false, true}) {
                ways.add(new Way(form, ids, ids, Truncation.NONE));
                ways.add(new Way(form, ids, !ids, new Truncation(7, 11)));
                ways.add(new Way(form, ids, true, new Truncation(5, 3)));
            }
        }
        return ways.stream();
    }

    /** Steps of several lengths, with the next batch going up meanwhile; graphs are recorded on the way. */
    @ParameterizedTest
    @MethodSource("ways")
    void trainingStepsAreCountedAsTheDeviceCountsThem(Way way) {
        Random random = new Random(3);
        try (Backend backend = SoftDevice.open(way.form);
                Rnn rnn = Rnn.create(backend, RnnSpec.of(I, H, O).withLayers(L), 1);
                Trainer trainer = Trainer.of(rnn)
                        .clipping(Clipping.norm(0.1))
                        .truncation(way.truncation)
                        .build()) {
            backend.synchronize();
            SoftGpu.reset();
            Counts before = backend.counts();
            Batch batch = batch(way, 13, random);
            for (int steps : new int[] {13, 1, 40, 13, 7}) {
                Batch next = batch(way, steps, random);
                trainer.step(batch, next);
                batch = next;
            }
            backend.synchronize();
            Counts counts = backend.counts().minus(before);
            long sweepSteps = SoftGpu.sum("kernel.tanh_");
            assertEquals(ofTheDevice(sweepSteps), counts);
            assertTrue(counts.uploads() > 0 && counts.downloads() == 5 && counts.kernels() > 0, counts.toString());
            assertEquals(way.form == SweepForm.GRAPH || way.form == SweepForm.AUTO, counts.graphLaunches() > 0);
            // Each step's wait for its report; two at the end; what else there is waits for memory that grows.
            assertTrue(counts.waits() >= 7, counts.toString());
        }
    }

    private static Batch batch(Way way, int steps, Random random) {
        int rows = 2;
        int cells = steps * rows;
        Batch batch = way.ids
                ? Batch.symbols(steps, rows, random.ints(cells, 0, I).toArray())
                : Batch.dense(steps, rows, I, RandomProblem.floats(cells * I, random));
        batch = batch.withTargets(random.ints(cells, 0, O).toArray());
        return way.lengths ? batch.withLengths(new int[] {steps, (steps + 1) / 2}) : batch;
    }

    /** One product a step, layer and direction, by whom ever it is launched. */
    @Test
    void productsOfSweepsAreToldFromTheOthers() {
        int steps = 12; // graphs of 8 and 4 steps: none is rounded up
        for (SweepForm form : SweepForm.values()) {
            try (Backend backend = SoftDevice.open(form);
                    Rnn rnn = Rnn.create(backend, RnnSpec.of(I, H, O).withLayers(L), 1);
                    Trainer trainer = Trainer.of(rnn).build()) {
                Batch batch = batch(new Way(form, false, false, Truncation.NONE), steps, new Random(1));
                trainer.step(batch);
                trainer.step(batch);
                Counts before = backend.counts();
                trainer.step(batch);
                Counts counts = backend.counts().minus(before);
                int sweeps = form == SweepForm.PERSISTENT ? 0 : 2 * L * steps;
                assertEquals(sweeps, counts.sweepProducts());
                // Input, dW_ih and dW_hh of each layer, dX of the upper one, three of the head.
                long others = 3 * L + (L - 1) + 3;
                assertEquals(others + sweeps, counts.products());
                assertEquals(others + (form == SweepForm.STEPS ? sweeps : 0), counts.productCalls());
                assertEquals(counts.launches() + counts.graphLaunches() + counts.productCalls(), counts.submissions());
                assertEquals(form == SweepForm.STEPS || form == SweepForm.PERSISTENT, counts.graphLaunches() == 0);
            }
        }
    }

    @Test
    void dropoutIsOneLaunch() {
        try (Backend backend = SoftDevice.open();
                DeviceArray array = backend.allocate(70 * 33)) {
            Matrix m = Matrix.of(array, 70, 33);
            backend.synchronize();
            SoftGpu.reset();
            Counts before = backend.counts();
            backend.dropout(new Dropout(0.5, 1, 0), 1, 3, m, m);
            backend.synchronize();
            Counts counts = backend.counts().minus(before);
            assertEquals(1, counts.launches());
            assertEquals(ofTheDevice(0), counts);
        }
    }

    /** Steps that were recorded before a recording failed did not run; a launch that is refused is none. */
    @ParameterizedTest
    @ValueSource(strings = {"launch", "cublas", "graph"})
    void whatFailsIsNotCounted(String kind) {
        for (int nth = 1; nth <= (kind.equals("graph") ? 2 : 6); nth++) {
            try (Backend backend = SoftDevice.open(SweepForm.GRAPH);
                    SweepData data = new SweepData(backend, Cell.TANH, 9, 2, 3, null)) {
                backend.synchronize();
                SoftGpu.reset();
                Counts before = backend.counts();
                SoftGpu.fail(kind, nth);
                assertThrows(DeviceException.class, data::sweep);
                data.sweep();
                backend.synchronize();
                assertEquals(ofTheDevice(SoftGpu.sum("gemm.")), backend.counts().minus(before), kind + " " + nth);
            }
        }
    }
}
