package org.bptt4j;

import java.util.Map;
import org.bptt4j.backend.CellTruth;
import org.bptt4j.data.Batch;
import org.bptt4j.spec.RnnSpec;

/**
 * A network's mean squared error at every step in double: forward only, a row, a step and a unit at a time, for any cell whose formula is there in double. Its
 * slopes are what gradients are held to.
 */
final class LossInDouble {
    private final RnnSpec spec;
    private final CellTruth cell;
    private final Map<String, double[]> parameters;

    LossInDouble(RnnSpec spec, CellTruth cell, Map<String, double[]> parameters) {
        this.spec = spec;
        this.cell = cell;
        this.parameters = parameters;
    }

    double of(Batch batch) {
        double sum = 0;
        int valid = 0;
        for (int b = 0; b < batch.rows(); b++) {
            double[][] below = new double[batch.length(b)][];
            for (int t = 0; t < below.length; t++) {
                below[t] = new double[spec.inputSize()];
                for (int i = 0; i < spec.inputSize(); i++) {
                    below[t][i] = batch.x()[(t * batch.rows() + b) * spec.inputSize() + i];
                }
            }
            for (int l = 0; l < spec.layers(); l++) {
                below = layer(l, below);
            }
            for (int t = 0; t < below.length; t++) {
                double[] y = affine("head.weight", "head.bias", below[t]);
                for (int o = 0; o < y.length; o++) {
                    double error = y[o] - batch.values()[(t * batch.rows() + b) * y.length + o];
                    sum += error * error;
                }
            }
            valid += below.length;
        }
        return sum / (valid * spec.outputSize());
    }

    private double[][] layer(int l, double[][] below) {
        int hidden = spec.hiddenSize();
        int gates = spec.cell().gates();
        double[][] above = new double[below.length][hidden];
        double[] h = new double[hidden];
        double[] c = new double[hidden];
        double[] a = new double[gates];
        double[] p = new double[gates];
        double[] kept = new double[spec.cell().kept()];
        for (int t = 0; t < below.length; t++) {
            double[] fromBelow = affine("rnn.weight_ih_l" + l, "rnn.bias_ih_l" + l, below[t]);
            double[] fromBefore = affine("rnn.weight_hh_l" + l, "rnn.bias_hh_l" + l, h);
            for (int j = 0; j < hidden; j++) {
                for (int g = 0; g < gates; g++) {
                    a[g] = fromBelow[g * hidden + j];
                    p[g] = fromBefore[g * hidden + j];
                }
                double[] state = {h[j], c[j]};
                cell.forward(a, p, state, kept);
                above[t][j] = state[0];
                c[j] = state[1];
            }
            h = above[t];
        }
        return above;
    }

    private double[] affine(String weight, String bias, double[] x) {
        double[] w = parameters.get(weight);
        double[] y = parameters.get(bias).clone();
        for (int j = 0; j < y.length; j++) {
            for (int i = 0; i < x.length; i++) {
                y[j] += w[j * x.length + i] * x[i];
            }
        }
        return y;
    }
}
