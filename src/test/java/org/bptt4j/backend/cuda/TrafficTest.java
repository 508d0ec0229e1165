package org.bptt4j.backend.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.bptt4j.Rnn;
import org.bptt4j.Trainer;
import org.bptt4j.backend.Backend;
import org.bptt4j.backend.DeviceArray;
import org.bptt4j.backend.Matrix;
import org.bptt4j.backend.RecurrentBackward;
import org.bptt4j.backend.RecurrentForward;
import org.bptt4j.backend.Report;
import org.bptt4j.backend.Update;
import org.bptt4j.bptt.ParameterLayout;
import org.bptt4j.data.Batch;
import org.bptt4j.oracle.RandomProblem;
import org.bptt4j.softgpu.SoftGpu;
import org.bptt4j.spec.Cell;
import org.bptt4j.spec.Clipping;
import org.bptt4j.spec.Optimizer;
import org.bptt4j.spec.RnnSpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a training step asks of the device, counted by the software device: products, launches, copies, allocations, waits. */
class TrafficTest {
    private static final int B = 5;
    private static final int I = 7;
    private static final int H = 11;
    private static final int O = 3;
    private static final int L = 2;
    private Backend backend;

    @BeforeEach
    void openBackend() {
        backend = SoftDevice.open();
    }

    @AfterEach
    void closeBackend() {
        backend.close();
        Leaks.assertNone("after close");
    }

    /** The counters of one step, after two that made room. */
    private Map<String, Long> step(int steps, boolean ids) {
        Random random = new Random(1);
        int cells = steps * B;
        Batch batch = ids
                ? Batch.symbols(steps, B, random.ints(cells, 0, I).toArray())
                : Batch.dense(steps, B, I, RandomProblem.floats(cells * I, random));
        batch = batch.withTargets(random.ints(cells, 0, O).toArray());
        try (Rnn rnn = Rnn.create(backend, RnnSpec.of(I, H, O).withLayers(L), 1);
                Trainer trainer = Trainer.of(rnn)
                        .clipping(Clipping.norm(0.01))
                        .optimizer(Optimizer.adam(1e-3))
                        .build()) {
            trainer.step(batch);
            trainer.step(batch);
            backend.synchronize();
            SoftGpu.reset();
            trainer.step(batch);
            Map<String, Long> counters = new TreeMap<>(SoftGpu.counters());
            counters.keySet().removeIf(name -> name.startsWith("alive."));
            return counters;
        }
    }

    private static long take(Map<String, Long> counters, String prefix) {
        long sum = 0;
        for (String name : counters.keySet().toArray(String[]::new)) {
            if (name.startsWith(prefix)) {
                sum += counters.remove(name);
            }
        }
        return sum;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 17})
    void onlyTheRecurrentProductsGrowWithTheSteps(int steps) {
        Map<String, Long> dense = step(steps, false);
        // As cuBLAS sees them, the other way round: [H,B] = W_hh·h forward, W_hhᵀ·δ backward.
        int more = steps == 1 ? 1 : 0; // with one step the layer above has an input product and a dX of this very shape
        assertEquals((steps + more) * L - more, take(dense, "gemm.TN.11x5x11"), "recurrent products forward");
        assertEquals((steps + more) * L - more, take(dense, "gemm.NN.11x5x11"), "recurrent products backward");
        long others = 3 * L + (L - 1) + 3 - 2 * more; // input, dW_ih, dW_hh; dX above the lowest layer; the head's
        assertEquals(others, take(dense, "gemm."));
        assertEquals(L * steps, dense.get("kernel.tanh_forward"));
        assertEquals(L * steps, dense.get("kernel.tanh_backward"));
        Map<String, Long> ids = step(steps, true);
        assertEquals((steps + more) * L - more, take(ids, "gemm.TN.11x5x11"));
        assertEquals((steps + more) * L - more, take(ids, "gemm.NN.11x5x11"));
        assertEquals(others - 2, take(ids, "gemm."), "the lowest layer gathers and scatters");
    }

    @Test
    void copiesAndLaunchesBesideTheSweepsDoNotGrowWithTheSteps() {
        for (boolean ids : new boolean[] {false, true}) {
            Map<String, Long> few = step(3, ids);
            Map<String, Long> many = step(40, ids);
            for (Map<String, Long> counters : List.of(few, many)) {
                take(counters, "gemm.");
                take(counters, "launch");
                take(counters, "graph.");
                take(counters, "kernel.advance_sweep");
                take(counters, "kernel.tanh_forward");
                take(counters, "kernel.tanh_backward");
                counters.keySet().removeIf(name -> name.endsWith(".bytes"));
            }
            assertEquals(few, many);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 30})
    void onlyTheBatchGoesUpAndOneReportComesDown(int steps) {
        Map<String, Long> counters = step(steps, false);
        assertEquals(1, take(counters, "copy.dtoh.async.pinned.bytes") / (4L * Report.LENGTH));
        assertEquals(1, take(counters, "copy.dtoh.async.pinned"), "the report");
        long floats = (long) steps * B * I + steps * B + 2 * B + Report.LENGTH;
        assertEquals(
                4 * floats,
                take(counters, "copy.htod.async.pinned.bytes"),
                "x, targets, where rows end and which, a clean report");
        assertEquals(4, take(counters, "copy.htod.async.pinned"));
        assertEquals(0, take(counters, "copy."), "nothing from memory that is not pinned, nothing within the device");
        assertEquals(0, take(counters, "alloc") + take(counters, "free") + take(counters, "host."));
        assertEquals(1, take(counters, "sync."), "for the report");
        long parameters = new ParameterLayout(RnnSpec.of(I, H, O).withLayers(L)).length();
        assertEquals(4 * (parameters + 2 * L * B * H), take(counters, "memset.bytes"));
        assertEquals(1 + L + 1, take(counters, "memset"), "gradients, each layer's first state, all layers' carry");
        assertEquals(0, take(counters, "kernel.fill"));
    }

    @Test
    void aSweepWaitsForNothingAndAllocatesNothing() {
        int steps = 20;
        DeviceArray memory = backend.allocate((steps + 1) * B * H + H * H + 2 * H + steps * B * H + B * H);
        Matrix h = Matrix.of(memory, (steps + 1) * B, H);
        Matrix w = new Matrix(memory, (steps + 1) * B * H, H, H, H);
        Matrix b = new Matrix(memory, w.offset() + H * H, 1, H, H);
        Matrix d = new Matrix(memory, b.offset() + 2 * H, steps * B, H, H);
        Matrix carry = new Matrix(memory, d.offset() + steps * B * H, B, H, H);
        Matrix states = h.rows(B, (long) steps * B);
        RecurrentForward forward = new RecurrentForward(Cell.TANH, B, 0, w, b, b, states, h, null);
        RecurrentBackward backward = new RecurrentBackward(Cell.TANH, B, w, states, h, d, carry, null);
        for (int i = 0; i < 2; i++) { // makes room, records
            backend.recurrentForward(forward);
            backend.recurrentBackward(backward);
        }
        backend.synchronize();
        SoftGpu.reset();
        backend.recurrentForward(forward);
        backend.recurrentBackward(backward);
        Map<String, Long> counters = new TreeMap<>(SoftGpu.counters());
        assertEquals(3, take(counters, "launch"), "beginnings, and the carry's end");
        assertEquals(2 * 2, take(counters, "graph.launch"), "queued: 16 steps and 4");
        assertEquals(
                0,
                take(counters, "sync.") + take(counters, "alloc") + take(counters, "free") + take(counters, "host."));
        assertEquals(0, take(counters, "kernel."), "nothing has run so far, because nobody waited");
        assertEquals(0, take(counters, "query."));
        memory.close();
    }

    @Test
    void clippingAndUpdatingReadNothingBack() {
        try (DeviceArray g = backend.allocate(1000);
                DeviceArray p = backend.allocate(1000);
                DeviceArray m = backend.allocate(1000);
                DeviceArray v = backend.allocate(1000);
                DeviceArray report = backend.allocate(Report.LENGTH)) {
            backend.fill(Matrix.of(g, 1, 1000), 1f);
            backend.synchronize();
            SoftGpu.reset();
            Update update = new Update(Optimizer.adam(0.1), Clipping.norm(1), p, g, new DeviceArray[] {m, v}, report);
            backend.globalNorm(g, report);
            backend.update(update, 0.1, 1);
            assertEquals(0, SoftGpu.sum("sync."));
            backend.synchronize();
            assertEquals(0, SoftGpu.sum("copy."));
            assertEquals(3, SoftGpu.counter("launch"), "two passes for the norm, one for clip and update together");
            float[] read = new float[Report.LENGTH];
            backend.download(report, 0, read, 0, read.length);
            assertEquals(Math.sqrt(1000), read[Report.NORM], 1e-4);
            assertEquals(1 / Math.sqrt(1000), read[Report.COEFFICIENT], 1e-6);
        }
    }

    /**
     * The next batch goes up behind the operations of this one and before the wait for its report; when the wait is over, its copies
     * are still queued on the lazy device, so that neither has waited for the other.
     */
    @Test
    void theNextBatchGoesUpWhileThisOneComputes() {
        int steps = 6;
        Random random = new Random(1);
        Batch[] batches = new Batch[4];
        for (int i = 0; i < batches.length; i++) {
            batches[i] = Batch.dense(steps, B, I, RandomProblem.floats(steps * B * I, random))
                    .withTargets(random.ints(steps * B, 0, O).toArray());
        }
        float[][] alone = trained(batches, false);
        assertArrayEquals(alone, trained(batches, true));
    }

    /** Losses and a parameter of three steps. */
    private float[][] trained(Batch[] batches, boolean ahead) {
        String copies = "copy.htod.async.pinned";
        float[] losses = new float[3];
        try (Rnn rnn = Rnn.create(backend, RnnSpec.of(I, H, O).withLayers(L), 1);
                Trainer trainer = Trainer.of(rnn).build()) {
            for (int i = 0; i < losses.length; i++) {
                backend.synchronize();
                SoftGpu.reset();
                Batch next = batches[i + 1];
                losses[i] = (float) (ahead ? trainer.step(batches[i], next) : trainer.step(batches[i])).loss();
                assertEquals(ahead && i > 0 ? 1 : 4, SoftGpu.counter(copies), "of this batch and the report, done");
                backend.synchronize();
                assertEquals(
                        (ahead && i > 0 ? 1 : 4) + (ahead ? 3 : 0), SoftGpu.counter(copies), "of the next, queued");
                assertEquals(i > 0 ? 0 : SoftGpu.counter("alloc"), SoftGpu.counter("alloc"), "room is made once");
            }
            return new float[][] {losses, rnn.parameter("rnn.weight_hh_l1")};
        }
    }

    // ---- the order of the two streams -------------------------------------------------------------------------------

    /** The next batch comes up while this one computes: as long as nobody waits for it, the kernel has not run. */
    @Test
    void anUploadToAnArrayThatIsNotInUseOvertakesTheOperations() {
        try (DeviceArray busy = backend.allocate(100);
                DeviceArray idle = backend.allocate(1 << 17)) {
            float[] batch = new float[1 << 17];
            for (int i = 0; i < 4; i++) {
                backend.upload(batch, 0, batch.length, idle, 0); // makes room in pinned memory, on both sides
            }
            backend.synchronize();
            SoftGpu.reset();
            backend.fill(Matrix.of(busy, 1, 100), 1f);
            for (int i = 0; i < 9; i++) {
                backend.upload(batch, 0, batch.length, idle, 0);
            }
            assertTrue(
                    SoftGpu.counter("copy.htod.async.pinned") > 0, "pinned memory was used again, so a copy is done");
            assertEquals(0, SoftGpu.counter("memset"));
            backend.synchronize();
            assertEquals(1, SoftGpu.counter("memset"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"lazy", "eager", "random"})
    void uploadsAndOperationsOnOneArrayKeepTheirOrder(String streams) {
        SoftGpu.set("streams", streams);
        try (DeviceArray array = backend.allocate(1000);
                DeviceArray copy = backend.allocate(1000)) {
            Matrix m = Matrix.of(array, 1, 1000);
            Matrix to = Matrix.of(copy, 1, 1000);
            float[] back = new float[1000];
            for (int round = 1; round < 20; round++) {
                backend.upload(new float[] {round}, 0, 1, array, 7);
                backend.copy(m, to);
                backend.fill(m, -1f);
                backend.upload(new float[] {2 * round}, 0, 1, array, 8);
                backend.download(copy, 0, back, 0, 1000);
                assertEquals(round, back[7]);
                backend.download(array, 0, back, 0, 1000);
                assertEquals(-1, back[7]);
                assertEquals(2 * round, back[8]);
            }
        } finally {
            SoftGpu.restoreDefaults();
        }
    }
}
