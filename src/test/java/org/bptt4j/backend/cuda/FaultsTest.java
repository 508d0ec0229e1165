package org.bptt4j.backend.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.bptt4j.Rnn;
import org.bptt4j.Trainer;
import org.bptt4j.backend.Backend;
import org.bptt4j.backend.BackendUnavailableException;
import org.bptt4j.backend.Backends;
import org.bptt4j.backend.DeviceException;
import org.bptt4j.backend.OutOfDeviceMemoryException;
import org.bptt4j.backend.SweepForm;
import org.bptt4j.data.Batch;
import org.bptt4j.softgpu.SoftGpu;
import org.bptt4j.spec.Clipping;
import org.bptt4j.spec.RnnSpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever call of the device fails: a clear error, nothing left on the device, and the process goes on. */
class FaultsTest {
    private static final int T = 4;
    private static final int B = 3;

    @BeforeEach
    void thereIsADevice() {
        SoftDevice.require();
        SoftGpu.load();
    }

    @AfterEach
    void noMoreFailures() {
        SoftGpu.restoreDefaults();
        assertTrue(train(Backends.select("cpu")) < Math.log(5), "the CPU trains on");
        assertTrue(train(SoftDevice.open()) < Math.log(5), "and so does the device, opened anew");
        Leaks.assertNone("after the next training");
    }

    /** Opens, trains two steps with every kind of upload, and closes. Returns the loss. */
    private static double train(Backend opened) {
        Random random = new Random(1);
        Batch batch = Batch.symbols(T, B, random.ints(T * B, 0, 6).toArray())
                .withTargets(random.ints(T * B, 0, 5).toArray())
                .withLengths(new int[] {T, 2, 1});
        try (Backend backend = opened;
                Rnn rnn = Rnn.create(backend, RnnSpec.of(6, 8, 5).withLayers(2), 1);
                Trainer trainer = Trainer.of(rnn).clipping(Clipping.norm(1)).build()) {
            double loss = 0;
            for (int i = 0; i < 20; i++) {
                loss = trainer.step(batch).loss();
            }
            return loss;
        }
    }

    private static RuntimeException failure(SweepForm form) {
        try {
            train(SoftDevice.open(form));
            return null;
        } catch (BackendUnavailableException | DeviceException | OutOfDeviceMemoryException e) {
            return e;
        }
    }

    /** Fails each of the first {@code most} calls of a kind, and returns how many of them an error came of. */
    private static int failEach(SweepForm form, String kind, int most, String... words) {
        int failed = 0;
        for (int n = 1; n <= most; n++) {
            SoftGpu.fail(kind, n);
            RuntimeException e = failure(form);
            SoftGpu.restoreDefaults();
            Leaks.assertNone(kind + " " + n);
            if (e != null) {
                failed++;
                for (String word : words) {
                    assertTrue(e.getMessage().contains(word), n + ": " + e.getMessage());
                }
            }
        }
        return failed;
    }

    @ParameterizedTest
    @EnumSource
    void outOfMemoryAtEachAllocation(SweepForm form) {
        int failed = failEach(form, "allocation", 50, "bytes asked", "free");
        assertTrue(failed >= 15 && failed < 50, failed + " allocations of the training are among the first 50");
    }

    /** The next batch is only prepared if there is room; training goes on without. */
    @Test
    void noMemoryForASecondBatch() {
        Batch batch = Batch.symbols(T, B, new int[T * B]).withTargets(new int[T * B]);
        Batch next = Batch.symbols(T, B, new int[T * B]).withTargets(new int[T * B]);
        try (Backend backend = SoftDevice.open();
                Rnn rnn = Rnn.create(backend, RnnSpec.of(6, 8, 5), 1);
                Trainer trainer = Trainer.of(rnn).build()) {
            trainer.step(batch);
            SoftGpu.fail("allocation", 1);
            double loss = trainer.step(batch, next).loss();
            backend.allocate(1).close(); // so the failure is used up
            for (int i = 0; i < 3; i++) {
                assertTrue(trainer.step(next, batch).loss() < loss);
            }
        }
    }

    @Test
    void outOfPinnedMemory() {
        assertEquals(
                4,
                failEach(
                        SweepForm.AUTO,
                        "host-allocation",
                        6,
                        "cuMemHostAlloc of",
                        "CUDA_ERROR_OUT_OF_MEMORY",
                        "smaller batch"));
    }

    @ParameterizedTest
    @EnumSource
    void aLaunchThatIsRefused(SweepForm form) {
        assertEquals(40, failEach(form, "launch", 40, "Launch", "CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES"));
    }

    /** Asynchronous, and then for good: the error turns up at whatever call comes next. */
    @ParameterizedTest
    @EnumSource
    void aKernelThatGoesAstray(SweepForm form) {
        assertEquals(40, failEach(form, "illegal-launch", 40, "CUDA_ERROR_ILLEGAL_ADDRESS", "start again"));
    }

    @ParameterizedTest
    @EnumSource
    void aProductThatIsRefused(SweepForm form) {
        assertEquals(20, failEach(form, "cublas", 20, "cublas", "CUBLAS_STATUS_"));
    }

    @Test
    void aGraphThatIsRefused() {
        assertEquals(
                12,
                failEach(SweepForm.GRAPH, "graph", 15, "cuGraphInstantiate", "CUDA_ERROR_OUT_OF_MEMORY"),
                "two layers, both ways: 2 steps and 1 behind the first, then 4");
    }

    @ParameterizedTest
    @ValueSource(ints = {700, 702, 719, 999})
    void aDeviceThatIsLost(int status) {
        Backend backend = SoftDevice.open();
        Rnn rnn = Rnn.create(backend, RnnSpec.of(2, 3, 1), 1);
        SoftGpu.failContext(status);
        DeviceException e = null;
        try {
            rnn.parameter("head.bias");
        } catch (DeviceException lost) {
            e = lost;
        }
        assertFalse(e == null);
        assertTrue(e.getMessage().contains(e.error()) && e.error().startsWith("CUDA_ERROR_"), e.getMessage());
        backend.close();
        Leaks.assertNone("a lost device");
    }

    /** What the driver's compiler had to say is in the message, in one line. */
    @Test
    void kernelsThatTheDriverDoesNotTake() {
        String ptx = ".version 7.0\n.target sm_75\n.address_size 64\n.visible .entry k() {\n  frobnicate.b32 %r0;\n}\n";
        try (Device device = new Device(0)) {
            byte[] text = ptx.getBytes(StandardCharsets.US_ASCII);
            String message = assertThrows(DeviceException.class, () -> new Kernels(device, "odd.ptx", text))
                    .getMessage();
            assertTrue(message.startsWith("cuModuleLoadDataEx odd.ptx (ptxas fatal : "), message);
            assertTrue(message.contains("frobnicate") && message.contains("CUDA_ERROR_INVALID_PTX"), message);
            assertEquals(1, message.lines().count(), message);
        }
        Leaks.assertNone("a module that is refused");
    }
}
