package org.bptt4j.benchmarks.block;

/** W·v + b for one gate at a time, in loops: the rows of a gate are the H rows from its number times H on. */
final class TextbookGates {
    private final int hidden;
    private final int cols;
    private final float[] weight;
    private final float[] bias;
    private final double[] dWeight;
    private final double[] dBias;

    /** W [G·H, n] and b [G·H]. */
    TextbookGates(int hidden, float[] weight, float[] bias) {
        this.hidden = hidden;
        this.cols = weight.length / bias.length;
        this.weight = weight;
        this.bias = bias;
        dWeight = new double[weight.length];
        dBias = new double[bias.length];
    }

    /** W_g·v + b_g. */
    double[] apply(int gate, double[] v) {
        double[] sums = new double[hidden];
        for (int i = 0; i < hidden; i++) {
            int row = gate * hidden + i;
            sums[i] = bias[row];
            for (int j = 0; j < cols; j++) {
                sums[i] += weight[row * cols + j] * v[j];
            }
        }
        return sums;
    }

    /** From δ, the gradient of what {@link #apply} gave for v: adds to those of W_g and b_g, and W_gᵀ·δ to {@code dV}. */
    void back(int gate, double[] delta, double[] v, double[] dV) {
        for (int i = 0; i < hidden; i++) {
            int row = gate * hidden + i;
            dBias[row] += delta[i];
            for (int j = 0; j < cols; j++) {
                dWeight[row * cols + j] += delta[i] * v[j];
                dV[j] += weight[row * cols + j] * delta[i];
            }
        }
    }

    /** ∂L/∂W of all calls. */
    double[] dWeight() {
        return dWeight;
    }

    /** ∂L/∂b of all calls. */
    double[] dBias() {
        return dBias;
    }
}
