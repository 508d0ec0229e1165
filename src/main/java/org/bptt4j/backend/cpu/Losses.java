package org.bptt4j.backend.cpu;

import java.util.Arrays;
import org.bptt4j.backend.Ints;
import org.bptt4j.backend.Matrix;
import org.bptt4j.backend.Report;

/** Losses with their gradients in one pass. The sum over rows is taken in double, in blocks that no thread count moves. */
final class Losses {
    private static final int BLOCK = 64;

    private final Kernels kernels;
    private final Workers workers;
    private final float[][] scratch;
    private double[] partial = new double[0];

    Losses(Kernels kernels, Workers workers) {
        this.kernels = kernels;
        this.workers = workers;
        this.scratch = new float[workers.threads()][kernels.scratchLength()];
    }

    /** Σ_r (ln Σ_j exp(y_rj) − y_r,target), and its gradient times scale. */
    void crossEntropy(Matrix logits, Ints targets, int ignoreIndex, float scale, Matrix dLogits, float[] report) {
        float[] y = ((CpuArray) logits.array()).floats();
        float[] d = ((CpuArray) dLogits.array()).floats();
        int[] target = ((CpuArray) targets.array()).ints();
        int n = logits.cols();
        sumRows(logits, report, (r, scratch) -> {
            int y0 = (int) logits.offset() + r * logits.stride();
            int d0 = (int) dLogits.offset() + r * dLogits.stride();
            int c = target[(int) targets.offset() + r];
            if (c == ignoreIndex) {
                Arrays.fill(d, d0, d0 + n, 0f);
                return 0;
            }
            return kernels.crossEntropy(y, y0, n, c, scale, d, d0, scratch);
        });
    }

    /** Σ (y − target)² where the target is not NaN, and its gradient times scale. */
    void squaredError(Matrix outputs, Matrix targets, float scale, Matrix dOutputs, float[] report) {
        float[] y = ((CpuArray) outputs.array()).floats();
        float[] d = ((CpuArray) dOutputs.array()).floats();
        float[] target = ((CpuArray) targets.array()).floats();
        sumRows(outputs, report, (r, scratch) -> {
            int y0 = (int) outputs.offset() + r * outputs.stride();
            int d0 = (int) dOutputs.offset() + r * dOutputs.stride();
            int t0 = (int) targets.offset() + r * targets.stride();
            double sum = 0;
            for (int i = 0; i < outputs.cols(); i++) {
                float error = Float.isNaN(target[t0 + i]) ? 0f : y[y0 + i] - target[t0 + i];
                sum += (double) error * error;
                d[d0 + i] = 2 * scale * error;
            }
            return sum;
        });
    }

    private interface RowLoss {
        double at(int row, float[] scratch);
    }

    private void sumRows(Matrix outputs, float[] report, RowLoss loss) {
        int rows = (int) outputs.rows();
        int blocks = Split.blocks(rows, BLOCK);
        if (partial.length < blocks) {
            partial = new double[blocks];
        }
        workers.run(Split.parts(blocks, 1, (long) Split.FUNCTION * rows * outputs.cols(), workers), (part, parts) -> {
            int end = Split.start(part + 1, parts, blocks, 1);
            for (int block = Split.start(part, parts, blocks, 1); block < end; block++) {
                double sum = 0;
                for (int r = block * BLOCK; r < Split.blockEnd(block, BLOCK, rows); r++) {
                    sum += loss.at(r, scratch[part]);
                }
                partial[block] = sum;
            }
        });
        double sum = 0;
        for (int block = 0; block < blocks; block++) {
            sum += partial[block];
        }
        report[Report.LOSS] += (float) sum;
    }
}
