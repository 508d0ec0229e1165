package org.bptt4j.backend.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Random;
import org.bptt4j.backend.Backend;
import org.bptt4j.backend.DeviceArray;
import org.bptt4j.backend.Matrix;
import org.bptt4j.backend.Precision;
import org.bptt4j.backend.SweepForm;
import org.bptt4j.backend.Transpose;
import org.bptt4j.softgpu.SoftGpu;
import org.junit.jupiter.api.Test;

/** Products with longer operands than one call of cuBLAS may have: here with more than 20 elements. */
class BlasTest {
    @Test
    void productsOfLongOperandsAreCut() {
        SoftDevice.open().close();
        try (Backend cutting = new CudaBackend(0, SweepChoice.of(SweepForm.STEPS), Precision.FLOAT32, 20);
                Backend whole = SoftDevice.open()) {
            for (Transpose ta : Transpose.values()) {
                for (Transpose tb : Transpose.values()) {
                    for (boolean accumulate : new boolean[] {false, true}) {
                        float[] expected = product(whole, ta, tb, accumulate);
                        SoftGpu.reset();
                        assertArrayEquals(expected, product(cutting, ta, tb, accumulate), 1e-5f);
                        // Rows of A are 6 or 9 long, those of B and C 5 or 6: 9 rows of C in threes or fours, 6 terms
                        // in
                        // twos, in fours or all at once.
                        int pieces = ta == Transpose.YES ? 3 * 3 : tb == Transpose.YES ? 3 : 3 * 2;
                        assertEquals(pieces, SoftGpu.sum("gemm."));
                    }
                }
            }
        }
    }

    /** [9, 5] = op(A)·op(B) with 6 terms. */
    private static float[] product(Backend backend, Transpose ta, Transpose tb, boolean accumulate) {
        try (DeviceArray memory = backend.allocate(9 * 6 + 6 * 5 + 9 * 5)) {
            Random random = new Random(1);
            float[] values = new float[(int) memory.length()];
            for (int i = 0; i < values.length; i++) {
                values[i] = random.nextFloat() - 0.5f;
            }
            backend.upload(values, 0, values.length, memory, 0);
            Matrix a = ta == Transpose.NO ? new Matrix(memory, 0, 9, 6, 6) : new Matrix(memory, 0, 6, 9, 9);
            Matrix b = tb == Transpose.NO ? new Matrix(memory, 54, 6, 5, 5) : new Matrix(memory, 54, 5, 6, 6);
            Matrix c = new Matrix(memory, 84, 9, 5, 5);
            backend.gemm(ta, a, tb, b, accumulate, c);
            float[] result = new float[45];
            backend.download(memory, 84, result, 0, 45);
            return result;
        }
    }
}
