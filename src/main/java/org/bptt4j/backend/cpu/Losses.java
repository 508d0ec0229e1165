package org.bptt4j.backend.cpu;

import static org.bptt4j.backend.cpu.CpuArray.floats;
import static org.bptt4j.backend.cpu.CpuArray.ints;
import static org.bptt4j.backend.cpu.Rows.at;

import java.util.Arrays;
import org.bptt4j.backend.DeviceArray;
import org.bptt4j.backend.Ints;
import org.bptt4j.backend.Matrix;
import org.bptt4j.backend.Report;
import org.bptt4j.backend.Weighting;

/**
 * Losses with their gradients in one pass. The sum over rows is taken in double, in blocks that no thread count moves. One
 * operation at a time: its operands are fields, which all threads read.
 */
final class Losses {
    private static final int BLOCK = 64;

    /** Rows whose sums of exponentials are multiplied before the logarithm: their product stays far inside a double. */
    private static final int ROWS_PER_LOG = 16;

    /** Columns of which a kernel sums the loss in float. */
    private static final int COLUMNS = 1024;

    /** The loss of the rows {@code from … to−1}; their gradient goes to {@link #gradient}. */
    private interface BlockLoss {
        double of(int from, int to, float[] scratch);
    }

    private final Kernels kernels;
    private final Workers workers;
    private final float[][] scratch;
    private final BlockLoss crossEntropyBlock = this::crossEntropyBlock;
    private final BlockLoss weightedCrossEntropyBlock = this::weightedCrossEntropyBlock;
    private final BlockLoss squaredErrorBlock = this::squaredErrorBlock;
    private final BlockLoss binaryCrossEntropyBlock = this::binaryCrossEntropyBlock;
    private final Workers.Job blocksPart = this::blocksPart;
    private double[] partial = new double[0];
    private float[] ones = new float[0];

    private BlockLoss loss;
    private Matrix outputs;
    private Ints classes;
    private Matrix values;
    private int ignored;
    private Weighting weights;
    private float factor;
    private Matrix gradient;

    Losses(Kernels kernels, Workers workers) {
        this.kernels = kernels;
        this.workers = workers;
        this.scratch = new float[workers.threads()][];
    }

    // ---- cross-entropy ----------------------------------------------------------------------------------------------

    /** See {@link org.bptt4j.backend.Backend#crossEntropy}. */
    void crossEntropy(
            Matrix logits,
            Ints targets,
            int ignoreIndex,
            Weighting weighting,
            float scale,
            Matrix dLogits,
            DeviceArray report) {
        classes = targets;
        ignored = ignoreIndex;
        BlockLoss block = weighting.isNone() ? crossEntropyBlock : weightedCrossEntropyBlock;
        sumRows(block, logits, weighting, scale, dLogits, report);
    }

    private int target(int r) {
        return ints(classes)[(int) classes.offset() + r];
    }

    private void clearGradient(int r) {
        int d0 = at(gradient, r);
        Arrays.fill(floats(gradient), d0, d0 + gradient.cols(), 0f);
    }

    /** Σ_r (ln S_r + max y_r − y_r,target) as ln Π S_r + Σ (…), with S_r = Σ_j exp(y_rj − max y_r). */
    private double crossEntropyBlock(int from, int to, float[] own) {
        double logs = 0;
        double margins = 0;
        double product = 1;
        for (int r = from; r < to; r++) {
            int target = target(r);
            if (target == ignored) {
                clearGradient(r);
            } else {
                float correct = floats(outputs)[at(outputs, r) + target];
                product *= softmax(r, factor, own);
                floats(gradient)[at(gradient, r) + target] -= factor;
                margins += own[0] - correct;
            }
            if ((r - from) % ROWS_PER_LOG == ROWS_PER_LOG - 1) {
                logs += Math.log(product);
                product = 1;
            }
        }
        return logs + Math.log(product) + margins;
    }

    /** The gradient's row becomes the outputs' softmax times {@code scale}: {@link Kernels#softmax}. */
    private float softmax(int r, float scale, float[] own) {
        float[] y = floats(outputs);
        return kernels.softmax(y, at(outputs, r), outputs.cols(), scale, floats(gradient), at(gradient, r), own);
    }

    private double weightedCrossEntropyBlock(int from, int to, float[] own) {
        double all = 0;
        for (int j = 0; weights.smoothing() > 0 && j < outputs.cols(); j++) {
            all += spread(j);
        }
        double sum = 0;
        for (int r = from; r < to; r++) {
            if (target(r) == ignored) {
                clearGradient(r);
            } else {
                sum += rowWeight(r) * weightedCrossEntropy(r, target(r), all, own);
            }
        }
        return sum;
    }

    /**
     * With q_j = ε/O·w_j and c = (1−ε)·w_target: ℓ = (c + Σ q_j)·(ln S + max y) − c·y_target − Σ q_j·y_j.
     *
     * @param all Σ q_j
     */
    private double weightedCrossEntropy(int r, int target, double all, float[] own) {
        int y0 = at(outputs, r);
        double certain = (1 - (double) weights.smoothing()) * outputWeight(target);
        double correct = floats(outputs)[y0 + target];
        double spread = 0;
        for (int j = 0; all > 0 && j < outputs.cols(); j++) {
            spread += spread(j) * floats(outputs)[y0 + j];
        }
        double scale = (double) factor * rowWeight(r);
        float sum = softmax(r, (float) (scale * (certain + all)), own);
        float[] d = floats(gradient);
        int d0 = at(gradient, r);
        if (all == 0) {
            d[d0 + target] -= (float) (scale * certain);
        }
        for (int j = 0; all > 0 && j < outputs.cols(); j++) {
            // Both shares of the target at once: of a single output, which is always right, the gradient is exactly 0.
            d[d0 + j] -= (float) (scale * (j == target ? certain + spread(j) : spread(j)));
        }
        return (certain + all) * Math.log(sum) + certain * (own[0] - correct) + (all * own[0] - spread);
    }

    /** q_j. */
    private double spread(int j) {
        return (double) weights.smoothing() / outputs.cols() * outputWeight(j);
    }

    private float outputWeight(int j) {
        Matrix w = weights.outputs();
        return w == null ? 1f : floats(w)[at(w, 0) + j];
    }

    private float rowWeight(int r) {
        Matrix w = weights.rows();
        return w == null ? 1f : floats(w)[at(w, r)];
    }

    // ---- losses of values -------------------------------------------------------------------------------------------

    /** See {@link org.bptt4j.backend.Backend#squaredError}. */
    void squaredError(Matrix y, Matrix targets, Weighting weighting, float scale, Matrix dOutputs, DeviceArray report) {
        values = targets;
        sumRows(squaredErrorBlock, y, weighting, scale, dOutputs, report);
    }

    private double squaredErrorBlock(int from, int to, float[] own) {
        double sum = 0;
        for (int r = from; r < to; r++) {
            float weight = rowWeight(r);
            sum += weight * squaredErrorRow(r, 2 * (factor * weight));
        }
        return sum;
    }

    private double squaredErrorRow(int r, float scale) {
        float[] y = floats(outputs);
        float[] d = floats(gradient);
        float[] target = floats(values);
        int y0 = at(outputs, r);
        int d0 = at(gradient, r);
        int t0 = at(values, r);
        double sum = 0;
        for (int i = 0; i < outputs.cols(); i++) {
            float error = Float.isNaN(target[t0 + i]) ? 0f : y[y0 + i] - target[t0 + i];
            sum += (double) error * error;
            d[d0 + i] = scale * error;
        }
        return sum;
    }

    /** See {@link org.bptt4j.backend.Backend#binaryCrossEntropy}. */
    void binaryCrossEntropy(
            Matrix y, Matrix targets, Weighting weighting, float scale, Matrix dOutputs, DeviceArray report) {
        values = targets;
        if (weighting.outputs() == null && ones.length < y.cols()) {
            ones = Workspace.floats(ones, y.cols());
            Arrays.fill(ones, 1f);
        }
        sumRows(binaryCrossEntropyBlock, y, weighting, scale, dOutputs, report);
    }

    private double binaryCrossEntropyBlock(int from, int to, float[] own) {
        double sum = 0;
        for (int r = from; r < to; r++) {
            sum += rowWeight(r) * binaryCrossEntropyRow(r, factor * rowWeight(r), own);
        }
        return sum;
    }

    private double binaryCrossEntropyRow(int r, float scale, float[] own) {
        Matrix positive = weights.outputs();
        float[] w = positive == null ? ones : floats(positive);
        int w0 = positive == null ? 0 : at(positive, 0);
        double sum = 0;
        for (int j = 0; j < outputs.cols(); j += COLUMNS) {
            sum += kernels.binaryCrossEntropy(
                    floats(outputs),
                    at(outputs, r) + j,
                    floats(values),
                    at(values, r) + j,
                    w,
                    w0 + j,
                    Math.min(COLUMNS, outputs.cols() - j),
                    scale,
                    floats(gradient),
                    at(gradient, r) + j,
                    own);
        }
        return sum;
    }

    // ---- all of them ------------------------------------------------------------------------------------------------

    private void sumRows(
            BlockLoss blockLoss, Matrix y, Weighting weighting, float scale, Matrix dy, DeviceArray report) {
        loss = blockLoss;
        outputs = y;
        weights = weighting;
        factor = scale;
        gradient = dy;
        int rows = (int) y.rows();
        int blocks = Split.blocks(rows, BLOCK);
        partial = Workspace.doubles(partial, blocks);
        workers.run(Split.parts(blocks, 1, (long) Split.FUNCTION * rows * y.cols(), workers), blocksPart);
        double sum = 0;
        for (int block = 0; block < blocks; block++) {
            sum += partial[block];
        }
        floats(report)[Report.LOSS] += (float) sum;
    }

    private void blocksPart(int part, int parts) {
        scratch[part] = Workspace.floats(scratch[part], kernels.scratchLength());
        int rows = (int) outputs.rows();
        int blocks = Split.blocks(rows, BLOCK);
        int end = Split.start(part + 1, parts, blocks, 1);
        for (int block = Split.start(part, parts, blocks, 1); block < end; block++) {
            partial[block] = loss.of(block * BLOCK, Split.blockEnd(block, BLOCK, rows), scratch[part]);
        }
    }
}
