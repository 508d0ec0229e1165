package org.bptt4j.backend.cuda;

import static jcuda.jcublas.JCublas2.cublasCreate;
import static jcuda.jcublas.JCublas2.cublasDestroy;
import static jcuda.jcublas.JCublas2.cublasGemmEx_new;
import static jcuda.jcublas.JCublas2.cublasGetProperty;
import static jcuda.jcublas.JCublas2.cublasGetVersion;
import static jcuda.jcublas.JCublas2.cublasSetStream;
import static jcuda.jcublas.JCublas2.cublasSetWorkspace;
import static org.bptt4j.backend.cuda.Inside.address;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;
import java.util.StringJoiner;
import jcuda.Pointer;
import jcuda.cudaDataType;
import jcuda.jcublas.cublasComputeType;
import jcuda.jcublas.cublasGemmAlgo;
import jcuda.jcublas.cublasHandle;
import jcuda.jcublas.cublasOperation;
import jcuda.jcublas.cublasStatus;
import jcuda.runtime.cudaStream_t;
import org.bptt4j.backend.Matrix;
import org.bptt4j.backend.Precision;
import org.bptt4j.backend.Transpose;

/**
 * Products by cuBLAS: of float32 matrices, whose elements are read as {@link Precision} says, and of bfloat16 ones; sums and results
 * are float32. Every call names its type of computation, so that nothing depends on a mode of the handle. With a workspace of our
 * own and one stream, cuBLAS gives the same bits for the same shapes in every run (its documentation, "Results reproducibility").
 */
final class Blas implements AutoCloseable {
    /** What NVIDIA recommends from Hopper on, and before it. */
    private static final long WORKSPACE = 32L << 20;

    private static final long SMALL_WORKSPACE = 4L << 20;
    private static final int HOPPER = 90;
    /** Types of operands. */
    private static final int FLOAT32 = cudaDataType.CUDA_R_32F;

    private static final int BF16 = cudaDataType.CUDA_R_16BF;
    /** Elements between the first and the last of an operand: cuBLAS has had errors from 2³¹ on, and counts rows with ints. */
    static final int MOST_ELEMENTS = Integer.MAX_VALUE;

    /** 0 and 1 outside of Java's heap: JCuda would hold the garbage collector up while cuBLAS reads them in an array. */
    private static final ByteBuffer FACTORS = ByteBuffer.allocateDirect(2 * Float.BYTES)
            .order(ByteOrder.nativeOrder())
            .putFloat(Float.BYTES, 1f);

    private static final Pointer ZERO = Pointer.to(FACTORS);
    private static final Pointer ONE = Pointer.to(FACTORS).withByteOffset(Float.BYTES);

    private final Device device;
    private final cublasHandle handle = new cublasHandle();
    private final long mostElements;
    /** Of products of float32 matrices. */
    private final int compute;

    /** "12.8.4", as the library that was loaded says. */
    static Optional<String> release() {
        int[] part = new int[1];
        StringJoiner version = new StringJoiner(".");
        for (int which = 0; which < 3; which++) { // major, minor, patch level
            if (cublasGetProperty(which, part) != cublasStatus.CUBLAS_STATUS_SUCCESS) {
                return Optional.empty();
            }
            version.add(Integer.toString(part[0]));
        }
        return Optional.of(version.toString());
    }

    /** @param mostElements of an operand of one product */
    Blas(Device device, CudaMemory memory, Precision precision, int mostElements) {
        this.device = device;
        this.compute = precision == Precision.FLOAT32
                ? cublasComputeType.CUBLAS_COMPUTE_32F
                : cublasComputeType.CUBLAS_COMPUTE_32F_FAST_TF32;
        this.mostElements = mostElements;
        Status.blas("cublasCreate", cublasCreate(handle));
        try {
            Status.blas("cublasSetStream", cublasSetStream(handle, new cudaStream_t(device.compute())));
            long workspace = device.capability() < HOPPER ? SMALL_WORKSPACE : WORKSPACE;
            Status.blas("cublasSetWorkspace", cublasSetWorkspace(handle, memory.scratch(workspace), workspace));
        } catch (RuntimeException e) {
            cublasDestroy(handle);
            throw e;
        }
    }

    /** Whether products read float32 as it is. */
    boolean isFloat32() {
        return compute == cublasComputeType.CUBLAS_COMPUTE_32F;
    }

    /** Major version times 10 000 and so on: 120603 for 12.6.3. */
    int version() {
        int[] version = new int[1];
        Status.blas("cublasGetVersion", cublasGetVersion(handle, version));
        return version[0];
    }

    /** C = op(A)·op(B), or C += op(A)·op(B), of shapes that fit; K > 0. Cut where an operand is too long. */
    void gemm(Transpose ta, Matrix a, Transpose tb, Matrix b, boolean accumulate, Matrix c) {
        boolean at = ta == Transpose.YES;
        boolean bt = tb == Transpose.YES;
        long terms = at ? a.rows() : a.cols();
        long rows = mostRows(Math.max(c.stride(), at ? 1 : a.stride()));
        long depth = mostRows(Math.max(at ? a.stride() : 1, bt ? 1 : b.stride()));
        for (long m0 = 0; m0 < c.rows(); m0 += rows) {
            int m = (int) Math.min(rows, c.rows() - m0);
            for (long k0 = 0; k0 < terms; k0 += depth) {
                int k = (int) Math.min(depth, terms - k0);
                long a0 = element(a, at ? k0 : m0, at ? m0 : k0);
                long b0 = element(b, bt ? 0 : k0, bt ? k0 : 0);
                long c0 = element(c, m0, 0);
                rowMajor(
                        FLOAT32,
                        at,
                        a0,
                        a.stride(),
                        bt,
                        b0,
                        b.stride(),
                        accumulate || k0 > 0,
                        c0,
                        c.stride(),
                        m,
                        c.cols(),
                        k);
            }
        }
    }

    /**
     * C += Aᵀ·B where A [K, M] and B [K, N] are bfloat16, given by their addresses and strides; K at most
     * {@link #mostRows}. Cut where C is too long.
     */
    void addBf16(long a, int lda, long b, int ldb, int terms, Matrix c) {
        long rows = mostRows(c.stride());
        for (long m0 = 0; m0 < c.rows(); m0 += rows) {
            int m = (int) Math.min(rows, c.rows() - m0);
            long a0 = a + m0 * Short.BYTES;
            rowMajor(BF16, true, a0, lda, false, b, ldb, true, element(c, m0, 0), c.stride(), m, c.cols(), terms);
        }
    }

    /** So many rows of an operand with this stride go into one product; at least one. */
    long mostRows(int stride) {
        return Math.max(1, mostElements / stride);
    }

    /** C = A·op(W) where A [rows, k] and C [rows, n] have no gaps; all by their addresses. */
    void ofSweep(long a, Transpose tw, long w, int stride, long c, int rows, int n, int k) {
        rowMajor(FLOAT32, false, a, k, tw == Transpose.YES, w, stride, false, c, n, rows, n, k);
        device.tally().ofSweep();
    }

    private static long element(Matrix m, long row, long col) {
        return address(m) + (row * m.stride() + col) * Float.BYTES;
    }

    /**
     * The column-major flip, and its only place: what is row-major to us, cuBLAS sees transposed, so that C = op(A)·op(B) is Cᵀ =
     * op(B)ᵀ·op(A)ᵀ with the operands and sizes changed over.
     */
    private void rowMajor(
            int type,
            boolean ta,
            long a,
            int lda,
            boolean tb,
            long b,
            int ldb,
            boolean add,
            long c,
            int ldc,
            int m,
            int n,
            int k) {
        int code = cublasGemmEx_new(
                handle,
                tb ? cublasOperation.CUBLAS_OP_T : cublasOperation.CUBLAS_OP_N,
                ta ? cublasOperation.CUBLAS_OP_T : cublasOperation.CUBLAS_OP_N,
                n,
                m,
                k,
                ONE,
                new Address(b),
                type,
                ldb,
                new Address(a),
                type,
                lda,
                add ? ONE : ZERO,
                new Address(c),
                cudaDataType.CUDA_R_32F,
                ldc,
                type == FLOAT32 ? compute : cublasComputeType.CUBLAS_COMPUTE_32F,
                cublasGemmAlgo.CUBLAS_GEMM_DEFAULT);
        if (code != cublasStatus.CUBLAS_STATUS_SUCCESS) {
            device.requireAlive("cublasGemmEx");
        }
        Status.blas("cublasGemmEx", code);
        device.tally().product();
    }

    /** After all work is done or lost; codes are not looked at. */
    @Override
    public void close() {
        cublasDestroy(handle);
    }
}
