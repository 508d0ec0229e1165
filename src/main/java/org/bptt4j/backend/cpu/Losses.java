package org.bptt4j.backend.cpu;

import static org.bptt4j.backend.cpu.CpuArray.floats;
import static org.bptt4j.backend.cpu.CpuArray.ints;
import static org.bptt4j.backend.cpu.Rows.at;

import java.util.Arrays;
import org.bptt4j.backend.DeviceArray;
import org.bptt4j.backend.Ints;
import org.bptt4j.backend.Matrix;
import org.bptt4j.backend.Report;

/**
 * Losses with their gradients in one pass. The sum over rows is taken in double, in blocks that no thread count moves. One
 * operation at a time: its operands are fields, which all threads read.
 */
final class Losses {
    private static final int BLOCK = 64;

    /** Rows whose sums of exponentials are multiplied before the logarithm: their product stays far inside a double. */
    private static final int ROWS_PER_LOG = 16;

    /** The loss of the rows {@code from … to−1}; their gradient goes to {@link #gradient}. */
    private interface BlockLoss {
        double of(int from, int to, float[] scratch);
    }

    private final Kernels kernels;
    private final Workers workers;
    private final float[][] scratch;
    private final BlockLoss crossEntropyBlock = this::crossEntropyBlock;
    private final BlockLoss squaredErrorBlock = this::squaredErrorBlock;
    private final Workers.Job blocksPart = this::blocksPart;
    private double[] partial = new double[0];

    private BlockLoss loss;
    private Matrix outputs;
    private Ints classes;
    private Matrix values;
    private int ignored;
    private float factor;
    private Matrix gradient;

    Losses(Kernels kernels, Workers workers) {
        this.kernels = kernels;
        this.workers = workers;
        this.scratch = new float[workers.threads()][kernels.scratchLength()];
    }

    /** Σ_r (ln Σ_j exp(y_rj) − y_r,target), and its gradient times scale. */
    void crossEntropy(Matrix logits, Ints targets, int ignoreIndex, float scale, Matrix dLogits, DeviceArray report) {
        classes = targets;
        ignored = ignoreIndex;
        sumRows(crossEntropyBlock, logits, scale, dLogits, report);
    }

    /** Σ_r (ln S_r + m_r) as ln Π S_r + Σ m_r, see {@link Kernels#crossEntropy}. */
    private double crossEntropyBlock(int from, int to, float[] own) {
        double logs = 0;
        double margins = 0;
        double product = 1;
        for (int r = from; r < to; r++) {
            int target = ints(classes)[(int) classes.offset() + r];
            if (target == ignored) {
                int d0 = at(gradient, r);
                Arrays.fill(floats(gradient), d0, d0 + gradient.cols(), 0f);
            } else {
                product *= crossEntropyRow(r, target, own);
                margins += own[0];
            }
            if ((r - from) % ROWS_PER_LOG == ROWS_PER_LOG - 1) {
                logs += Math.log(product);
                product = 1;
            }
        }
        return logs + Math.log(product) + margins;
    }

    private float crossEntropyRow(int r, int target, float[] own) {
        float[] y = floats(outputs);
        float[] d = floats(gradient);
        return kernels.crossEntropy(y, at(outputs, r), outputs.cols(), target, factor, d, at(gradient, r), own);
    }

    /** Σ (y − target)² where the target is not NaN, and its gradient times scale. */
    void squaredError(Matrix y, Matrix targets, float scale, Matrix dOutputs, DeviceArray report) {
        values = targets;
        sumRows(squaredErrorBlock, y, scale, dOutputs, report);
    }

    private double squaredErrorBlock(int from, int to, float[] own) {
        double sum = 0;
        for (int r = from; r < to; r++) {
            sum += squaredErrorRow(r);
        }
        return sum;
    }

    private double squaredErrorRow(int r) {
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
            d[d0 + i] = 2 * factor * error;
        }
        return sum;
    }

    private void sumRows(BlockLoss blockLoss, Matrix y, float scale, Matrix dy, DeviceArray report) {
        loss = blockLoss;
        outputs = y;
        factor = scale;
        gradient = dy;
        int rows = (int) y.rows();
        int blocks = Split.blocks(rows, BLOCK);
        if (partial.length < blocks) {
            partial = new double[blocks];
        }
        workers.run(Split.parts(blocks, 1, (long) Split.FUNCTION * rows * y.cols(), workers), blocksPart);
        double sum = 0;
        for (int block = 0; block < blocks; block++) {
            sum += partial[block];
        }
        floats(report)[Report.LOSS] += (float) sum;
    }

    private void blocksPart(int part, int parts) {
        int rows = (int) outputs.rows();
        int blocks = Split.blocks(rows, BLOCK);
        int end = Split.start(part + 1, parts, blocks, 1);
        for (int block = Split.start(part, parts, blocks, 1); block < end; block++) {
            partial[block] = loss.of(block * BLOCK, Split.blockEnd(block, BLOCK, rows), scratch[part]);
        }
    }
}
