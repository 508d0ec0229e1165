package org.bptt4j.backend.cuda;

import static org.bptt4j.backend.cuda.Inside.address;

import org.bptt4j.backend.Ints;
import org.bptt4j.backend.Matrix;

/** Losses with their gradients in one pass; their sum in double, in parts that depend on the number of rows only. */
final class Losses {
    private final Kernel crossEntropy;
    private final Kernel squaredError;
    private final Kernel add;
    private final long partial;

    Losses(Kernels kernels, Partials partials) {
        crossEntropy = kernels.get("cross_entropy", 10);
        squaredError = kernels.get("squared_error", 10);
        add = kernels.get("add_loss", 3);
        partial = partials.address();
    }

    /** Σ_r (ln Σ_j exp(y_rj) − y_r,target), and its gradient times scale. */
    void crossEntropy(Matrix y, Ints targets, int ignoreIndex, float scale, Matrix d, CudaArray report) {
        crossEntropy
                .pointer(address(y))
                .number(y.stride())
                .pointer(address(targets))
                .number(ignoreIndex);
        sumRows(crossEntropy, scale, y, d, report);
    }

    /** Σ (y − target)² where the target is not NaN, and its gradient times scale. */
    void squaredError(Matrix y, Matrix targets, float scale, Matrix d, CudaArray report) {
        squaredError
                .pointer(address(y))
                .number(y.stride())
                .pointer(address(targets))
                .number(targets.stride());
        sumRows(squaredError, scale, y, d, report);
    }

    /** A warp takes a row. */
    private void sumRows(Kernel loss, float scale, Matrix y, Matrix d, CudaArray report) {
        long blocks = Partials.blocks(y.rows(), Kernel.ROWS);
        loss.real(scale).pointer(address(d)).number(d.stride()).number(y.rows()).number(y.cols());
        loss.pointer(partial).launchWarps(blocks);
        add.pointer(partial).number(blocks).pointer(report.address(0)).launchFlat(1);
    }
}
