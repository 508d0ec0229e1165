package org.bptt4j.backend.cuda;

import static org.bptt4j.backend.cuda.Inside.address;

import org.bptt4j.backend.Matrix;
import org.bptt4j.backend.Precision;
import org.bptt4j.backend.Transpose;

/**
 * dW [N, M] += δᵀ·input, δ [T·B, N], input [T·B, M]: one product over all rows, or with {@link Precision#BF16} one for each stretch of
 * rows whose bfloat16 copies fit the workspace.
 *
 * <p>The copies cost one launch for each operand and stretch, 4 bytes read and 2 written for each element; the products then read 2
 * in place of 4. The workspace has {@value #MOST_BYTES} bytes at most: it grows with the first gradients of a shape, and
 * then stays.
 */
final class WeightGradients {
    /** Two copies of 8,192 rows at N = M = 1,024: long enough a product, and small enough for the cache of a large card. */
    static final long MOST_BYTES = 32L << 20;
    /** cuBLAS wants rows that begin at multiples of 16 bytes for its tensor cores. */
    private static final int ALIGNMENT = 8;

    private final boolean rounded;
    private final Blas blas;
    private final CudaMemory memory;
    private final Kernel toBf16;
    /** δ's copy, then the input's; null until it is needed. */
    private Address.Block workspace;

    private long room;

    WeightGradients(Precision precision, Blas blas, Kernels kernels, CudaMemory memory) {
        this.rounded = precision == Precision.BF16;
        this.blas = blas;
        this.memory = memory;
        toBf16 = kernels.get("to_bf16", 6);
    }

    /** gradient += deltaᵀ·input. */
    void add(Matrix delta, Matrix input, Matrix gradient) {
        if (!rounded) {
            blas.gemm(Transpose.YES, delta, Transpose.NO, input, true, gradient);
            return;
        }
        int n = aligned(delta.cols());
        int m = aligned(input.cols());
        long rowBytes = (long) Short.BYTES * (n + (long) m);
        long most = Math.max(1, Math.min(MOST_BYTES / rowBytes, blas.mostRows(Math.max(n, m))));
        long rows = Math.min(most, delta.rows());
        require(rows * rowBytes);
        for (long r = 0; r < delta.rows(); r += rows) {
            int count = (int) Math.min(rows, delta.rows() - r);
            long first = workspace.address();
            long second = first + (long) Short.BYTES * n * count;
            copy(delta.rows(r, count), n, first);
            copy(input.rows(r, count), m, second);
            blas.addBf16(first, n, second, m, count, gradient);
        }
    }

    private static int aligned(int cols) {
        return Math.toIntExact(Kernel.pieces(cols, ALIGNMENT) * ALIGNMENT);
    }

    private void require(long bytes) {
        if (bytes <= room) {
            return;
        }
        if (workspace != null) {
            Address.Block old = workspace;
            workspace = null;
            room = 0;
            memory.freeScratch(old);
        }
        workspace = memory.scratch(bytes);
        room = bytes;
    }

    private void copy(Matrix from, int stride, long to) {
        toBf16.pointer(address(from)).number(from.stride()).pointer(to).number(stride / 2);
        toBf16.number(from.rows()).number(from.cols()).overMatrix(from.rows(), Kernel.pieces(from.cols(), 2));
    }
}
