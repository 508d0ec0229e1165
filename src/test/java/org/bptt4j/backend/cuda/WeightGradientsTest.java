package org.bptt4j.backend.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.bptt4j.backend.Backend;
import org.bptt4j.backend.DeviceArray;
import org.bptt4j.backend.Matrix;
import org.bptt4j.backend.OutOfDeviceMemoryException;
import org.bptt4j.backend.Precision;
import org.bptt4j.backend.SweepForm;
import org.bptt4j.softgpu.SoftGpu;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Weight gradients from bfloat16 copies: their stretches, their memory, and that each operand is rounded. */
class WeightGradientsTest {
    private static final int HOST_FLOATS = 1 << 20;

    @BeforeEach
    void ampere() {
        SoftDevice.open(Precision.BF16).close();
        SoftGpu.reset();
    }

    @AfterEach
    void restore() {
        SoftGpu.restoreDefaults();
    }

    private static Backend cutting(int mostElements) {
        return new CudaBackend(0, SweepChoice.of(SweepForm.STEPS), Precision.BF16, mostElements);
    }

    /** dW [n, m] of {@code rows} rows of random numbers that bfloat16 has, so that only the sums are rounded. */
    private static float[] gradient(Backend backend, int rows, int n, int m) {
        Random random = new Random(rows);
        float[] values = new float[rows * (n + m) + n * m];
        for (int i = 0; i < values.length; i++) {
            values[i] = random.nextInt(17) - 8;
        }
        try (DeviceArray memory = backend.allocate(values.length)) {
            backend.upload(values, 0, values.length, memory, 0);
            Matrix gradient = new Matrix(memory, (long) rows * (n + m), n, m, m);
            backend.weightGradient(
                    new Matrix(memory, 0, rows, n, n), new Matrix(memory, (long) rows * n, rows, m, m), 1, gradient);
            float[] result = new float[n * m];
            backend.download(memory, gradient.offset(), result, 0, result.length);
            return result;
        }
    }

    /** Small integers: the sums are exact, whatever the stretches. */
    @ParameterizedTest
    @CsvSource({"40, 5, 7", "40, 8, 8", "33, 17, 3", "50, 1, 9", "7, 3, 3", "41, 30, 2"})
    void rowsAreCutIntoStretches(int rows, int n, int m) {
        int most = 100;
        try (Backend whole = SoftDevice.open();
                Backend cutting = cutting(most)) {
            float[] expected = gradient(whole, rows, n, m);
            SoftGpu.reset();
            assertArrayEquals(expected, gradient(cutting, rows, n, m));
            int padded = Math.max((n + 7) / 8, (m + 7) / 8) * 8;
            int stretches = (rows + most / padded - 1) / (most / padded);
            int pieces = (n + most / m - 1) / (most / m);
            assertEquals(2 * stretches, SoftGpu.counter("kernel.to_bf16"));
            assertEquals(stretches * pieces, SoftGpu.sum("gemm."));
            assertEquals(stretches * pieces, bf16Products(), "all of them of bfloat16");
        }
    }

    private static long bf16Products() {
        return SoftGpu.counters().entrySet().stream()
                .filter(e -> e.getKey().startsWith("gemm.") && e.getKey().endsWith(".bf16"))
                .mapToLong(e -> e.getValue())
                .sum();
    }

    /** 1 + 2⁻⁹ is 1 as bfloat16 and itself as TF32; the old gradient is not rounded. */
    @ParameterizedTest
    @CsvSource({"1.001953125, 1", "1, 1.001953125"})
    void bothOperandsAreRounded(float delta, float input) {
        for (Precision precision : Precision.values()) {
            try (Backend backend = SoftDevice.open(precision);
                    DeviceArray memory = backend.allocate(3)) {
                backend.upload(new float[] {delta, input, 0x1p-20f}, 0, 3, memory, 0);
                Matrix gradient = new Matrix(memory, 2, 1, 1, 1);
                backend.weightGradient(new Matrix(memory, 0, 1, 1, 1), new Matrix(memory, 1, 1, 1, 1), 1, gradient);
                float[] result = new float[1];
                backend.download(memory, 2, result, 0, 1);
                float product = precision == Precision.BF16 ? 1 : delta * input;
                assertEquals(product + 0x1p-20f, result[0], precision.name());
            }
        }
    }

    @Test
    void memoryIsBoundedAndStays() {
        try (Backend backend = SoftDevice.open(Precision.BF16)) {
            long before = SoftGpu.counter("alive.device.bytes");
            gradient(backend, 100, 33, 40);
            long small = SoftGpu.counter("alive.device.bytes") - before;
            int asked = 100 * 2 * (40 + 40);
            assertTrue(small >= asked && small < asked + 512, small + " bytes");
            gradient(backend, 100, 33, 40);
            gradient(backend, 90, 30, 50);
            assertEquals(small, SoftGpu.counter("alive.device.bytes") - before, "a shape that fits");
            // 2 · (8 + 8) bytes a row: a stretch has 2²⁰ rows, and one row is left over.
            long rows = WeightGradients.MOST_BYTES / 32 + 1;
            SoftGpu.reset();
            longGradient(backend, rows);
            assertEquals(4, SoftGpu.counter("kernel.to_bf16"));
            assertEquals(WeightGradients.MOST_BYTES, SoftGpu.counter("alive.device.bytes") - before);
        }
        Leaks.assertNone("after close");
    }

    @Test
    void workspaceThatDoesNotFit() {
        try (Backend backend = SoftDevice.open(Precision.BF16)) {
            float[] expected = gradient(backend, 40, 5, 7);
            SoftGpu.fail("allocation", 2); // behind the matrices
            assertThrows(OutOfDeviceMemoryException.class, () -> gradient(backend, 400, 5, 7));
            assertArrayEquals(expected, gradient(backend, 40, 5, 7), "made anew");
        }
        Leaks.assertNone("after close");
    }

    /** δ and input of ones, a column each: dW is the number of rows. */
    private static void longGradient(Backend backend, long rows) {
        try (DeviceArray memory = backend.allocate(rows + 1)) {
            backend.fill(new Matrix(memory, 0, 1, HOST_FLOATS, HOST_FLOATS), 1);
            backend.fill(new Matrix(memory, HOST_FLOATS, 1, (int) rows - HOST_FLOATS, HOST_FLOATS), 1);
            Matrix ones = new Matrix(memory, 0, rows, 1, 1);
            backend.weightGradient(ones, ones, 1, new Matrix(memory, rows, 1, 1, 1));
            float[] result = new float[1];
            backend.download(memory, rows, result, 0, 1);
            assertEquals((float) rows, result[0]);
        }
    }

    @Test
    void theSameBitsAgain() {
        Random random = new Random(5);
        float[] values = new float[3000];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        float[] first = null;
        for (int i = 0; i < 2; i++) {
            try (Backend backend = cutting(200);
                    DeviceArray memory = backend.allocate(values.length)) {
                backend.upload(values, 0, values.length, memory, 0);
                Matrix gradient = new Matrix(memory, 2500, 20, 25, 25);
                backend.weightGradient(
                        new Matrix(memory, 0, 50, 20, 20), new Matrix(memory, 1000, 50, 25, 25), 1, gradient);
                float[] result = new float[500];
                backend.download(memory, 2500, result, 0, 500);
                first = first == null ? result : first;
                assertArrayEquals(first, result);
            }
        }
        assertTrue(bf16Products() > 2);
    }
}
