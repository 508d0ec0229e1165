package org.bptt4j.softgpu;

import static jcuda.driver.JCudaDriver.cuCtxSynchronize;
import static jcuda.jcublas.JCublas2.cublasCreate;
import static jcuda.jcublas.JCublas2.cublasGemmEx_new;
import static jcuda.jcublas.JCublas2.cublasSetMathMode;
import static jcuda.jcublas.JCublas2.cublasSgemm;
import static org.junit.jupiter.api.Assertions.assertEquals;

import jcuda.Pointer;
import jcuda.cudaDataType;
import jcuda.driver.CUdeviceptr;
import jcuda.jcublas.cublasComputeType;
import jcuda.jcublas.cublasHandle;
import jcuda.jcublas.cublasMath;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What each type of computation reads, counts and refuses. */
@SuppressWarnings("try") // a Lab is there while it is open
class BlasPrecisionTest {
    private static final int INVALID_VALUE = 7, NOT_SUPPORTED = 15;
    private static final int F32 = cudaDataType.CUDA_R_32F, BF16 = cudaDataType.CUDA_R_16BF;
    private static final int PLAIN = cublasComputeType.CUBLAS_COMPUTE_32F;
    private static final int PEDANTIC = cublasComputeType.CUBLAS_COMPUTE_32F_PEDANTIC;
    private static final int TF32 = cublasComputeType.CUBLAS_COMPUTE_32F_FAST_TF32;
    private static final Pointer ONE = Pointer.to(new float[] {1}), ZERO = Pointer.to(new float[] {0});

    private static cublasHandle handle() {
        cublasHandle handle = new cublasHandle();
        Lab.check(cublasCreate(handle));
        return handle;
    }

    private static int product(
            cublasHandle handle, CUdeviceptr a, int typeA, int typeB, CUdeviceptr c, int typeC, int compute, int algo) {
        CUdeviceptr b = typeB == F32 ? Lab.upload(1f) : Lab.upload(0x3f80);
        return cublasGemmEx_new(handle, 0, 0, 1, 1, 1, ONE, a, typeA, 1, b, typeB, 1, ZERO, c, typeC, 1, compute, algo);
    }

    /** 10 bits of fraction, ties to even; NaN and the infinities stay. */
    @ParameterizedTest
    @CsvSource({
        "3f800fff, 3f800000",
        "3f801000, 3f800000",
        "3f801001, 3f802000",
        "3f803000, 3f804000",
        "bf801001, bf802000",
        "00001001, 00002000",
        "80000fff, 80000000",
        "7f7fffff, 7f800000",
        "7f800000, 7f800000",
        "ff800000, ff800000",
        "7fc00000, 7fc00000"
    })
    void tf32RoundsOperands(String bits, String rounded) {
        try (Lab lab = new Lab("compute-capability=80")) {
            CUdeviceptr a = Lab.upload(Integer.parseUnsignedInt(bits, 16)), c = Lab.upload(0);
            Lab.check(product(handle(), a, F32, F32, c, F32, TF32, -1));
            float expected = Float.intBitsToFloat(Integer.parseUnsignedInt(rounded, 16));
            assertEquals(expected + 0f, Lab.floats(c, 1)[0] + 0f);
            assertEquals(1, SoftGpu.counter("gemm.NN.1x1x1.tf32"));
            cublasHandle byMode = handle();
            Lab.check(cublasSetMathMode(byMode, cublasMath.CUBLAS_TF32_TENSOR_OP_MATH));
            Lab.check(cublasSgemm(byMode, 0, 0, 1, 1, 1, ONE, a, 1, Lab.upload(1f), 1, ZERO, c, 1));
            assertEquals(expected + 0f, Lab.floats(c, 1)[0] + 0f);
            assertEquals(2, SoftGpu.counter("gemm.NN.1x1x1.tf32"));
        }
    }

    @Test
    void whatIsNotFastIsNotRounded() {
        try (Lab lab = new Lab("compute-capability=80")) {
            CUdeviceptr a = Lab.upload(0x3f801001), c = Lab.upload(0);
            cublasHandle tf32 = handle();
            Lab.check(cublasSetMathMode(tf32, cublasMath.CUBLAS_TF32_TENSOR_OP_MATH));
            Lab.check(product(handle(), a, F32, F32, c, F32, PLAIN, -1));
            assertEquals(0x3f801001, Lab.ints(c, 1)[0]);
            Lab.check(product(tf32, a, F32, F32, c, F32, PEDANTIC, -1));
            assertEquals(0x3f801001, Lab.ints(c, 1)[0]);
            assertEquals(2, SoftGpu.counter("gemm.NN.1x1x1.f32"));
            assertEquals(2, SoftGpu.sum("gemm."));
        }
    }

    @Test
    void beforeAmpereFastIsPlainAndBfloatIsRefused() {
        try (Lab lab = new Lab("compute-capability=75")) {
            CUdeviceptr a = Lab.upload(0x3f801001), c = Lab.upload(0);
            Lab.check(product(handle(), a, F32, F32, c, F32, TF32, -1));
            assertEquals(0x3f801001, Lab.ints(c, 1)[0]);
            assertEquals(1, SoftGpu.counter("gemm.NN.1x1x1.f32"));
            assertEquals(NOT_SUPPORTED, product(handle(), a, BF16, BF16, c, F32, PLAIN, -1));
        }
    }

    @Test
    void bfloatsAreReadAsTheyAre() {
        try (Lab lab = new Lab("compute-capability=80")) {
            CUdeviceptr a = Lab.upload(0x7777_3fc1), c = Lab.upload(0);
            Lab.check(product(handle(), a, BF16, BF16, c, F32, PLAIN, 99));
            assertEquals(0x3fc1_0000, Lab.ints(c, 1)[0]);
            assertEquals(1, SoftGpu.counter("gemm.NN.1x1x1.bf16"));
        }
    }

    @Test
    void combinationsThatCuBlasRefuses() {
        try (Lab lab = new Lab("compute-capability=80")) {
            CUdeviceptr a = Lab.upload(0x3f80_3f80, 0), c = Lab.upload(0);
            assertEquals(NOT_SUPPORTED, product(handle(), a, BF16, BF16, c, F32, TF32, -1), "fast, of bfloat16");
            assertEquals(NOT_SUPPORTED, product(handle(), a, BF16, F32, c, F32, PLAIN, -1), "mixed operands");
            assertEquals(NOT_SUPPORTED, product(handle(), a, F32, F32, c, BF16, PLAIN, -1), "float32 to bfloat16");
            assertEquals(NOT_SUPPORTED, product(handle(), a, F32, F32, c, F32, 64, -1), "computed in halves");
            assertEquals(INVALID_VALUE, product(handle(), a, F32, F32, c, F32, PLAIN, 68), "no algorithm");
            CUdeviceptr odd = a.withByteOffset(2);
            assertEquals(INVALID_VALUE, product(handle(), odd, F32, F32, c, F32, PLAIN, -1), "alignment");
            assertEquals(0, product(handle(), odd, BF16, BF16, c, F32, PLAIN, -1));
            assertEquals(INVALID_VALUE, cublasSetMathMode(handle(), 32), "no mode");
            Lab.check(cuCtxSynchronize());
            assertEquals(1, SoftGpu.sum("gemm."));
        }
    }
}
