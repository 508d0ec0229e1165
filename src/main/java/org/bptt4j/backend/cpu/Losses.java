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

    /** The loss of one row; its gradient goes to {@link #gradient}. */
    private interface RowLoss {
        double at(int row, float[] scratch);
    }

    private final Kernels kernels;
    private final Workers workers;
    private final float[][] scratch;
    private final RowLoss crossEntropyRow = this::crossEntropyRow;
    private final RowLoss squaredErrorRow = this::squaredErrorRow;
    private final Workers.Job blocksPart = this::blocksPart;
    private double[] partial = new double[0];

    private RowLoss loss;
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
        sumRows(crossEntropyRow, logits, scale, dLogits, report);
    }

    private double crossEntropyRow(int r, float[] own) {
        float[] d = floats(gradient);
        int d0 = at(gradient, r);
        int n = outputs.cols();
        int target = ints(classes)[(int) classes.offset() + r];
        if (target == ignored) {
            Arrays.fill(d, d0, d0 + n, 0f);
            return 0;
        }
        return kernels.crossEntropy(floats(outputs), at(outputs, r), n, target, factor, d, d0, own);
    }

    /** Σ (y − target)² where the target is not NaN, and its gradient times scale. */
    void squaredError(Matrix y, Matrix targets, float scale, Matrix dOutputs, DeviceArray report) {
        values = targets;
        sumRows(squaredErrorRow, y, scale, dOutputs, report);
    }

    private double squaredErrorRow(int r, float[] own) {
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

    private void sumRows(RowLoss rowLoss, Matrix y, float scale, Matrix dy, DeviceArray report) {
        loss = rowLoss;
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
            double sum = 0;
            for (int r = block * BLOCK; r < Split.blockEnd(block, BLOCK, rows); r++) {
                sum += loss.at(r, scratch[part]);
            }
            partial[block] = sum;
        }
    }
}
