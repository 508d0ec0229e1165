package org.bptt4j.backend.cuda;

import static org.bptt4j.backend.cuda.Inside.address;

import org.bptt4j.backend.Ints;
import org.bptt4j.backend.Matrix;
import org.bptt4j.backend.Weighting;

/** Losses with their gradients in one pass; their sum in double, in parts that depend on the number of rows only. */
final class Losses {
    private final Kernel crossEntropy;
    private final Kernel weightedCrossEntropy;
    private final Kernel squaredError;
    private final Kernel binaryCrossEntropy;
    private final Kernel add;
    private final long partial;

    Losses(Kernels kernels, Partials partials) {
        crossEntropy = kernels.get("cross_entropy", 10);
        weightedCrossEntropy = kernels.get("weighted_cross_entropy", 14);
        squaredError = kernels.get("squared_error", 12);
        binaryCrossEntropy = kernels.get("binary_cross_entropy", 13);
        add = kernels.get("add_loss", 3);
        partial = partials.address();
    }

    /** See {@link org.bptt4j.backend.Backend#crossEntropy}. */
    void crossEntropy(
            Matrix y, Ints targets, int ignoreIndex, Weighting weighting, float scale, Matrix d, CudaArray report) {
        Kernel kernel = weighting.isNone() ? crossEntropy : weightedCrossEntropy;
        kernel.pointer(address(y)).number(y.stride()).pointer(address(targets)).number(ignoreIndex);
        if (!weighting.isNone()) {
            rows(kernel, weighting).pointer(addressOrNull(weighting.outputs())).real(weighting.smoothing());
        }
        sumRows(kernel, scale, y, d, report);
    }

    /** See {@link org.bptt4j.backend.Backend#squaredError}. */
    void squaredError(Matrix y, Matrix targets, Weighting weighting, float scale, Matrix d, CudaArray report) {
        rows(values(squaredError, y, targets), weighting);
        sumRows(squaredError, scale, y, d, report);
    }

    /** See {@link org.bptt4j.backend.Backend#binaryCrossEntropy}. */
    void binaryCrossEntropy(Matrix y, Matrix targets, Weighting weighting, float scale, Matrix d, CudaArray report) {
        rows(values(binaryCrossEntropy, y, targets), weighting).pointer(addressOrNull(weighting.outputs()));
        sumRows(binaryCrossEntropy, scale, y, d, report);
    }

    private static Kernel values(Kernel loss, Matrix y, Matrix targets) {
        return loss.pointer(address(y))
                .number(y.stride())
                .pointer(address(targets))
                .number(targets.stride());
    }

    private static Kernel rows(Kernel loss, Weighting weighting) {
        Matrix rows = weighting.rows();
        return loss.pointer(addressOrNull(rows)).number(rows == null ? 0 : rows.stride());
    }

    private static long addressOrNull(Matrix m) {
        return m == null ? 0 : address(m);
    }

    /** A warp takes a row. */
    private void sumRows(Kernel loss, float scale, Matrix y, Matrix d, CudaArray report) {
        long blocks = Partials.blocks(y.rows(), Kernel.ROWS);
        loss.real(scale).pointer(address(d)).number(d.stride()).number(y.rows()).number(y.cols());
        loss.pointer(partial).launchWarps(blocks);
        add.pointer(partial).number(blocks).pointer(report.address(0)).launchFlat(1);
    }
}
