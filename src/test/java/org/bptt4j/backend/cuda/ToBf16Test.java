package org.bptt4j.backend.cuda;

import static jcuda.driver.JCudaDriver.cuMemcpyDtoH;
import static jcuda.driver.JCudaDriver.cuMemcpyHtoD;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import java.util.function.Supplier;
import jcuda.Pointer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The kernel to_bf16 by itself, bit by bit. */
class ToBf16Test {
    private static final int UNTOUCHED = 0xABCD1234;
    private Device device;
    private Kernels kernels;
    private CudaMemory memory;

    @BeforeEach
    void open() {
        SoftDevice.open().close();
        device = new Device(0);
        kernels = Kernels.common(device);
        memory = new CudaMemory(null, device);
    }

    @AfterEach
    void close() {
        device.synchronize();
        kernels.close();
        memory.freeAll();
        device.close();
    }

    /** The words [rows, ldTo] that come of floats [rows, ldFrom]. */
    private int[] converted(int[] from, int ldFrom, int ldTo, int rows, int cols) {
        int[] to = new int[rows * ldTo + 1];
        Arrays.fill(to, UNTOUCHED);
        Address.Block in = memory.scratch(4L * from.length);
        Address.Block out = memory.scratch(4L * to.length);
        Status.driver("in", cuMemcpyHtoD(in, Pointer.to(from), 4L * from.length));
        Status.driver("out", cuMemcpyHtoD(out, Pointer.to(to), 4L * to.length));
        Kernel kernel = kernels.get("to_bf16", 6);
        kernel.pointer(in.address()).number(ldFrom).pointer(out.address()).number(ldTo);
        kernel.number(rows).number(cols).overMatrix(rows, (cols + 1) / 2);
        device.synchronize();
        Status.driver("back", cuMemcpyDtoH(Pointer.to(to), out, 4L * to.length));
        return to;
    }

    /** By the definition: of the two bfloat16 around x the nearer, of two equally near ones the one whose last bit is 0. */
    private static int nearest(float x) {
        int below = Float.floatToRawIntBits(x) >>> 16;
        double low = valueOf(below);
        // Towards infinity, which stands for the power of two behind the largest number.
        double high = (below & 0x7FFF) == 0x7F7F ? Math.copySign(0x1p128, x) : valueOf(below + 1);
        double toLow = Math.abs(x - low);
        double toHigh = Math.abs(high - x);
        return toLow < toHigh || toLow == toHigh && below % 2 == 0 ? below : below + 1;
    }

    private static double valueOf(int bf16) {
        return Float.intBitsToFloat(bf16 << 16);
    }

    private static void assertNearest(int bits, int actual) {
        float x = Float.intBitsToFloat(bits);
        Supplier<String> what = () -> Integer.toHexString(bits) + " became " + Integer.toHexString(actual);
        if (Float.isNaN(x)) {
            assertTrue(Double.isNaN(valueOf(actual)), what);
            assertEquals(bits >>> 31, actual >>> 15, what);
            assertEquals(0x40, actual & 0x40, () -> what.get() + ", which is not quiet");
        } else if (Float.isInfinite(x)) {
            assertEquals(bits >>> 16, actual, what);
        } else {
            assertEquals(nearest(x), actual, what);
        }
    }

    /** Each upper half, with lower halves around the tie: zeros, subnormals, powers of two, the largest, infinities, NaN. */
    @Test
    void everyUpperHalf() {
        int[] lower = {0, 1, 0x7FFF, 0x8000, 0x8001, 0xFFFF};
        int[] from = new int[lower.length << 16];
        for (int i = 0; i < from.length; i++) {
            from[i] = i / lower.length << 16 | lower[i % lower.length];
        }
        int cols = 1 << 12;
        int rows = from.length / cols;
        int[] to = converted(from, cols, cols / 2, rows, cols);
        for (int i = 0; i < from.length; i++) {
            assertNearest(from[i], to[i / 2] >>> 16 * (i % 2) & 0xFFFF);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "1, 1, 1, 4",
        "1, 2, 2, 4",
        "7, 1, 3, 4",
        "1, 7, 7, 4",
        "9, 3, 4, 4",
        "8, 31, 31, 16",
        "13, 33, 40, 20",
        "17, 64, 64, 32",
        "64, 63, 65, 36",
        "3, 257, 263, 132",
        "101, 127, 127, 64",
        "9, 65, 71, 33"
    })
    void viewsOfAllShapes(int rows, int cols, int ldFrom, int ldTo) {
        Random random = new Random(rows * 1000L + cols);
        int[] from = random.ints((rows - 1L) * ldFrom + cols).toArray(); // not a word behind the last row
        int[] to = converted(from, ldFrom, ldTo, rows, cols);
        int words = (cols + 1) / 2;
        for (int r = 0; r < rows; r++) {
            for (int j = 0; j < 2 * words; j++) {
                int actual = to[r * ldTo + j / 2] >>> 16 * (j % 2) & 0xFFFF;
                if (j < cols) {
                    assertNearest(from[r * ldFrom + j], actual);
                } else {
                    assertEquals(0, actual, "beside an odd last column");
                }
            }
            for (int w = words; w < ldTo; w++) {
                assertEquals(UNTOUCHED, to[r * ldTo + w], "word " + w + " of row " + r);
            }
        }
        assertEquals(UNTOUCHED, to[rows * ldTo], "behind the last row");
    }

    /** More rows than a grid has blocks for: they go round. */
    @Test
    void manyRows() {
        int rows = 65535 * Kernel.ROWS + 9;
        int[] from = new Random(1).ints(rows).toArray();
        int[] to = converted(from, 1, 1, rows, 1);
        for (int r = 0; r < rows; r++) {
            assertNearest(from[r], to[r]);
        }
    }
}
