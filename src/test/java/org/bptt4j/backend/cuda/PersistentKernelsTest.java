package org.bptt4j.backend.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Map;
import java.util.Random;
import org.bptt4j.backend.Backend;
import org.bptt4j.backend.BackendUnavailableException;
import org.bptt4j.backend.Backends;
import org.bptt4j.softgpu.SoftGpu;
import org.bptt4j.spec.Cell;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.opentest4j.TestAbortedException;

/** Every persistent kernel against the CPU. A card has its own number of multiprocessors, and may be too small for a kernel. */
@Tag("card")
class PersistentKernelsTest {
    /**
     * The data are of magnitude 1/√H, as are the weights: the terms of a sum have magnitudes that add up to less than 1, and √n·2⁻²⁴
     * for n ≤ 2560 terms is 3·10⁻⁶.
     */
    private static final float TOLERANCE = 1e-5f;

    /** What lives on the software device before a test: the context that is kept. */
    private Map<String, Long> before;

    @BeforeEach
    void fresh() {
        TestDevice.require();
        if (!TestDevice.isCard()) {
            SoftGpu.load();
            SoftGpu.reset();
            before = Leaks.alive();
        }
    }

    @AfterEach
    void nothingIsLeft() {
        if (!TestDevice.isCard()) {
            SoftGpu.restoreDefaults();
            assertEquals(before, Leaks.alive(), "after close");
        }
    }

    private static void software(String setting, int value) {
        if (!TestDevice.isCard()) {
            SoftGpu.set(setting, value);
        }
    }

    /** On the software device so few multiprocessors that slices have weights in shared memory, too. */
    @ParameterizedTest
    @CsvSource({
        "SINGLE, 32, 1, 2, tanh",
        "SINGLE, 64, 33, 2, relu",
        "SINGLE, 128, 127, 2, tanh",
        "SINGLE, 192, 131, 2, relu",
        "SINGLE, 256, 193, 2, tanh",
        "SINGLE, 256, 256, 2, relu",
        "SLICED, 256, 251, 4, tanh",
        "SLICED, 512, 499, 9, relu",
        "SLICED, 1024, 1021, 20, tanh",
        "SLICED, 1536, 1531, 40, relu",
        "SLICED, 2048, 2039, 80, tanh",
        "SLICED, 2560, 2503, 132, relu"
    })
    void everyKernelFollowsTheCpu(PersistentPlan.Form form, int width, int hidden, int multiprocessors, Cell cell) {
        software("compute-capability", 90);
        software("multiprocessors", multiprocessors);
        int[] lengths = {3, 1, 2};
        assertFollowsTheCpu(form, cell, 3, 3, hidden, lengths);
        if (!TestDevice.isCard()) {
            assertEquals(1, SoftGpu.counter("kernel." + form.kernel("forward", width)));
            assertEquals(1, SoftGpu.counter("kernel." + form.kernel("backward", width)));
        }
    }

    /** Many rows in a block, and rows that do not come out even. */
    @ParameterizedTest
    @CsvSource({"SINGLE, 1, 67, 33", "SINGLE, 4, 301, 7", "SLICED, 1, 67, 33", "SLICED, 4, 101, 29", "SLICED, 7, 53, 17"
    })
    void rowsAreDealtOut(PersistentPlan.Form form, int multiprocessors, int batch, int hidden) {
        software("multiprocessors", multiprocessors);
        int[] lengths = new Random(1).ints(batch, 0, 5).toArray();
        assertFollowsTheCpu(form, Cell.TANH, 4, batch, hidden, lengths);
    }

    private static void assertFollowsTheCpu(
            PersistentPlan.Form form, Cell cell, int steps, int batch, int hidden, int[] lengths) {
        float[] expected = swept(Backends.select("cpu"), cell, steps, batch, hidden, lengths);
        try {
            float[] actual = swept(PersistentBackends.open(form), cell, steps, batch, hidden, lengths);
            assertArrayEquals(expected, actual, TOLERANCE);
        } catch (BackendUnavailableException e) {
            if (!TestDevice.isCard()) {
                throw e;
            }
            throw new TestAbortedException("this card is too small: " + e.getMessage());
        }
    }

    private static float[] swept(Backend opened, Cell cell, int steps, int batch, int hidden, int[] lengths) {
        try (Backend backend = opened;
                SweepData data = new SweepData(backend, cell, steps, batch, hidden, lengths)) {
            data.sweep();
            return data.read();
        }
    }
}
