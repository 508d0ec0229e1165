package org.bptt4j.softgpu;

import static jcuda.jcublas.JCublas2.cublasCreate;
import static jcuda.jcublas.JCublas2.cublasDestroy;
import static jcuda.jcublas.JCublas2.cublasSetPointerMode;
import static jcuda.jcublas.JCublas2.cublasSgemm;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import jcuda.Pointer;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.JCudaDriver;
import jcuda.jcublas.JCublas2;
import jcuda.jcublas.cublasHandle;
import jcuda.jcublas.cublasPointerMode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The linear algebra against sums in double precision, and the arguments that cuBLAS refuses. */
@SuppressWarnings("try") // a Lab is there while it is open
class BlasTest {
    private static final int EXECUTION_FAILED = 13, INVALID_VALUE = 7;

    private static float[] random(int count, int seed) {
        Random random = new Random(seed);
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }

    /** c += a b, of size n by n. */
    static int gemm(cublasHandle handle, CUdeviceptr a, CUdeviceptr b, CUdeviceptr c, int n) {
        Pointer one = Pointer.to(new float[] {1});
        return cublasSgemm(handle, 0, 0, n, n, n, one, a, n, b, n, one, c, n);
    }

    private static cublasHandle handle() {
        cublasHandle handle = new cublasHandle();
        Lab.check(cublasCreate(handle));
        return handle;
    }

    @ParameterizedTest
    @CsvSource({
        "0,0,1,1,1",
        "0,0,17,9,33",
        "1,0,17,9,33",
        "0,1,17,9,33",
        "1,1,17,9,33",
        "0,0,130,7,300",
        "1,0,16,6,512",
        "0,1,33,1,257",
        "1,1,5,200,3"
    })
    void productsOfAllForms(int ta, int tb, int m, int n, int k) {
        try (Lab lab = new Lab()) {
            int lda = (ta == 0 ? m : k) + 3, ldb = (tb == 0 ? k : n) + 1, ldc = m + 2;
            float[] a = random(lda * (ta == 0 ? k : m), 1),
                    b = random(ldb * (tb == 0 ? n : k), 2),
                    c = random(ldc * n, 3);
            CUdeviceptr out = Lab.upload(c);
            cublasHandle handle = handle();
            Lab.check(cublasSgemm(
                    handle,
                    ta,
                    tb,
                    m,
                    n,
                    k,
                    Pointer.to(new float[] {0.5f}),
                    Lab.upload(a),
                    lda,
                    Lab.upload(b),
                    ldb,
                    Pointer.to(new float[] {-2}),
                    out,
                    ldc));
            float[] result = Lab.floats(out, c.length);
            for (int j = 0; j < n; j++) {
                for (int i = 0; i < ldc; i++) {
                    double sum = 0;
                    for (int q = 0; q < k; q++) {
                        sum += (double) a[ta == 0 ? i % m + q * lda : q + i % m * lda]
                                * b[tb == 0 ? q + j * ldb : j + q * ldb];
                    }
                    double expected = i < m ? 0.5 * sum - 2.0 * c[i + j * ldc] : c[i + j * ldc];
                    assertEquals(expected, result[i + j * ldc], 1e-5 * (k + 4), "row " + i + ", column " + j);
                }
            }
            assertEquals(
                    1,
                    SoftGpu.counter("gemm." + (ta == 0 ? "N" : "T") + (tb == 0 ? "N" : "T") + "." + m + "x" + n + "x"
                            + k + ".f32"));
            Lab.check(cublasDestroy(handle));
        }
    }

    @Test
    void withBetaZeroTheResultIsNotRead() {
        try (Lab lab = new Lab()) {
            CUdeviceptr out = Lab.upload(Float.NaN);
            Pointer one = Pointer.to(new float[] {1}), zero = Pointer.to(new float[] {0});
            Lab.check(cublasSgemm(handle(), 0, 0, 1, 1, 1, one, Lab.upload(2f), 1, Lab.upload(4f), 1, zero, out, 1));
            assertEquals(8f, Lab.floats(out, 1)[0]);
        }
    }

    @Test
    void batchesAndHalfPrecision() {
        try (Lab lab = new Lab("compute-capability=80")) {
            Pointer one = Pointer.to(new float[] {1}), zero = Pointer.to(new float[] {0});
            CUdeviceptr out = Lab.upload(0f, 0f, 0f);
            CUdeviceptr a = Lab.upload(1f, 2f, 3f), b = Lab.upload(10f);
            Lab.check(JCublas2.cublasSgemmStridedBatched(
                    handle(), 0, 0, 1, 1, 1, one, a, 1, 1, b, 1, 0, zero, out, 1, 1, 3));
            assertEquals(30f, Lab.floats(out, 3)[2]);
            // bfloat16 1.5 and 3, packed in one word: the sum of products 1.5*1.5 + 3*3
            CUdeviceptr halves = Lab.upload(0x4040_3fc0);
            Lab.check(JCublas2.cublasGemmEx_new(
                    handle(), 1, 0, 1, 1, 2, one, halves, 14, 2, halves, 14, 2, zero, out, 0, 1, 68, -1));
            assertEquals(11.25f, Lab.floats(out, 1)[0]);
        }
    }

    @Test
    void scalarsMayLieOnTheDevice() {
        try (Lab lab = new Lab()) {
            cublasHandle handle = handle();
            CUdeviceptr x = Lab.upload(3f, 4f), result = Lab.upload(0f);
            Lab.check(cublasSetPointerMode(handle, cublasPointerMode.CUBLAS_POINTER_MODE_DEVICE));
            Lab.check(JCublas2.cublasSnrm2(handle, 2, x, 1, result));
            Lab.check(JCublas2.cublasSscal(handle, 2, result, x, 1));
            assertEquals(20f, Lab.floats(x, 2)[1]);
            float[] host = {0};
            assertEquals(EXECUTION_FAILED, JCublas2.cublasSnrm2(handle, 2, x, 1, Pointer.to(host)));
            Lab.check(cublasSetPointerMode(handle, cublasPointerMode.CUBLAS_POINTER_MODE_HOST));
            Lab.check(JCublas2.cublasSasum(handle, 2, x, 1, Pointer.to(host)));
            assertEquals(35f, host[0]);
            Lab.check(JCublas2.cublasSdot(handle, 2, x, 1, x, 1, Pointer.to(host)));
            assertEquals(625f, host[0]);
        }
    }

    @Test
    void vectorsAndMatrices() {
        try (Lab lab = new Lab()) {
            cublasHandle handle = handle();
            Pointer one = Pointer.to(new float[] {1}),
                    two = Pointer.to(new float[] {2}),
                    zero = Pointer.to(new float[] {0});
            CUdeviceptr a = Lab.upload(1f, 2f, 3f, 4f, 5f, 6f), x = Lab.upload(1f, 10f), y = Lab.upload(0f, 0f, 0f);
            Lab.check(JCublas2.cublasSgemv(handle, 0, 3, 2, one, a, 3, x, 1, zero, y, 1));
            assertEquals(63f, Lab.floats(y, 3)[2]);
            Lab.check(JCublas2.cublasSgemv(handle, 1, 3, 2, two, a, 3, y, 1, zero, x, 1));
            assertEquals(2f * (41 * 4 + 52 * 5 + 63 * 6), Lab.floats(x, 2)[1]);
            Lab.check(JCublas2.cublasSaxpy(handle, 3, two, y, 1, y, 1));
            assertEquals(123f, Lab.floats(y, 3)[0]);
            CUdeviceptr t = Lab.allocate(24);
            Lab.check(JCublas2.cublasSgeam(handle, 1, 1, 2, 3, one, a, 3, one, a, 3, t, 2));
            assertEquals(10f, Lab.floats(t, 6)[3]);
            Lab.check(JCublas2.cublasSger(handle, 3, 1, one, y, 1, Lab.upload(2f), 1, a, 3));
            assertEquals(247f, Lab.floats(a, 1)[0]);
        }
    }

    @Test
    void argumentsThatAreRefused() {
        try (Lab lab = new Lab()) {
            cublasHandle handle = handle();
            Pointer one = Pointer.to(new float[] {1});
            CUdeviceptr m = Lab.upload(random(16, 1));
            assertEquals(INVALID_VALUE, cublasSgemm(handle, 0, 0, 4, 4, 4, one, m, 3, m, 4, one, m, 4), "lda");
            assertEquals(INVALID_VALUE, cublasSgemm(handle, 0, 0, 4, 4, 4, one, m, 4, m, 3, one, m, 4), "ldb");
            assertEquals(INVALID_VALUE, cublasSgemm(handle, 0, 0, 4, 4, 4, one, m, 4, m, 4, one, m, 3), "ldc");
            assertEquals(INVALID_VALUE, cublasSgemm(handle, 0, 0, -1, 4, 4, one, m, 4, m, 4, one, m, 4), "m");
            assertEquals(0, cublasSgemm(handle, 0, 0, 0, 4, 4, one, m, 4, m, 4, one, m, 4), "nothing to do");
            assertEquals(EXECUTION_FAILED, cublasSgemm(handle, 0, 0, 4, 5, 4, one, m, 4, m, 4, one, m, 4), "too large");
            float[] host = new float[16];
            assertEquals(
                    EXECUTION_FAILED, cublasSgemm(handle, 0, 0, 4, 4, 4, one, Pointer.to(host), 4, m, 4, one, m, 4));
            assertTrue(SoftGpu.lastFault().contains("not in device memory"), SoftGpu::lastFault);
            Lab.check(JCudaDriver.cuCtxSynchronize());
            SoftGpu.fail("cublas", 2);
            assertEquals(0, gemm(handle, m, m, m, 4));
            assertEquals(EXECUTION_FAILED, gemm(handle, m, m, m, 4));
            assertEquals(0, gemm(handle, m, m, m, 4));
        }
    }
}
