package org.bptt4j.softgpu;

import static jcuda.jcublas.JCublas2.cublasCreate;
import static jcuda.jcublas.JCublas2.cublasDestroy;
import static jcuda.jcublas.JCublas2.cublasSgemm;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import jcuda.Pointer;
import jcuda.driver.CUdeviceptr;
import jcuda.jcublas.cublasHandle;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Perturbed, the device rounds otherwise: always in the same way, and within what is documented of a card. */
@SuppressWarnings("try") // a Lab is there while it is open
class PerturbTest {
    private static final int M = 5, N = 7, K = 100;
    private static final int COUNT = 1000;

    @AfterEach
    void unperturbed() {
        SoftGpu.restoreDefaults();
    }

    @Test
    void sumsOfProductsHaveAnotherOrder() {
        float[] a = random(M * K), b = random(K * N);
        try (Lab lab = new Lab()) {
            float[] plain = product(a, b, 0);
            float[] one = product(a, b, 1);
            assertArrayEquals(one, product(a, b, 1));
            boolean differs = false;
            for (int seed = 1; seed <= 4; seed++) {
                float[] c = product(a, b, seed);
                differs |= !Arrays.equals(plain, c);
                for (int i = 0; i < c.length; i++) {
                    double sum = 0, magnitudes = 0;
                    for (int k = 0; k < K; k++) {
                        double term = (double) a[i % M + k * M] * b[k + i / M * K];
                        sum += term;
                        magnitudes += Math.abs(term);
                    }
                    assertEquals(sum, c[i], (K + 2) * 0x1p-24 * magnitudes);
                }
            }
            assertTrue(differs);
        }
    }

    /** Units in the last place, as the PTX guide has them. */
    @ParameterizedTest
    @CsvSource({"rcp.approx.ftz.f32, 1", "ex2.approx.ftz.f32, 2", "div.approx.f32, 2", "div.full.f32, 2"})
    void functionsAreMovedWithinTheirUnits(String opcode, double units) {
        float[] x = random(COUNT);
        try (Lab lab = new Lab()) {
            float[] plain = results(opcode, x, 0);
            float[] one = results(opcode, x, 1);
            assertArrayEquals(one, results(opcode, x, 1));
            int moved = 0;
            for (int i = 0; i < COUNT; i++) {
                double truth = opcode.startsWith("rcp")
                        ? 1.0 / x[i]
                        : opcode.startsWith("ex2") ? Math.pow(2, x[i]) : (double) x[i] / 3;
                assertEquals(truth, one[i], units * Math.ulp((float) truth), opcode + " of " + x[i]);
                moved += one[i] != plain[i] ? 1 : 0;
            }
            assertTrue(moved > COUNT / 10, moved + " moved");
        }
    }

    private static float[] random(int count) {
        Random random = new Random(count);
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }

    private static float[] product(float[] a, float[] b, int seed) {
        SoftGpu.set("perturb", seed);
        cublasHandle handle = new cublasHandle();
        Lab.check(cublasCreate(handle));
        CUdeviceptr c = Lab.allocate(4L * M * N);
        Pointer one = Pointer.to(new float[] {1}), zero = Pointer.to(new float[] {0});
        Lab.check(cublasSgemm(handle, 0, 0, M, N, K, one, Lab.upload(a), M, Lab.upload(b), K, zero, c, M));
        float[] result = Lab.floats(c, M * N);
        Lab.check(cublasDestroy(handle));
        return result;
    }

    /** Of x, or of x and 3. */
    private static float[] results(String opcode, float[] x, int seed) {
        SoftGpu.set("perturb", seed);
        String three = opcode.startsWith("div") ? ", 0f40400000" : "";
        String text = Lab.text(
                2,
                "",
                "mul.wide.u32 %l0, %tid, 4; add.u64 %l1, %p0, %l0; add.u64 %l2, %p1, %l0; ld.global.f32 %f0, [%l1];"
                        + opcode + " %f1, %f0" + three + "; st.global.f32 [%l2], %f1;");
        CUdeviceptr out = Lab.allocate(4L * x.length);
        Lab.check(Lab.run(Lab.kernel(text, "k"), x.length, Lab.upload(x), out));
        return Lab.floats(out, x.length);
    }
}
