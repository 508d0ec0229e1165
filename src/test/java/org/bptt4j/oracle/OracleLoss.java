package org.bptt4j.oracle;

import org.apache.commons.math3.linear.ArrayRealVector;
import org.apache.commons.math3.linear.RealVector;
import org.bptt4j.data.Batch;
import org.bptt4j.spec.Loss;

/** The two losses, term by term: ℓ = ln Σ_j exp(y_j) − y_target, or ℓ = Σ_o (y_o − target_o)². */
final class OracleLoss {
    private OracleLoss() {}

    /** Sets the result's loss and, where there is a valid target, ∂L/∂y. */
    static void apply(OracleResult r, Batch batch, Loss loss, int outputs) {
        long valid = 0;
        double sum = 0;
        for (int b = 0; b < batch.rows(); b++) {
            boolean every = loss.at() == Loss.At.EVERY;
            for (int t = every ? 0 : batch.length(b) - 1; t < batch.length(b); t++) {
                int index = every ? t * batch.rows() + b : b;
                if (loss.kind() == Loss.Kind.MSE) {
                    RealVector error = r.y[t][b].subtract(Vectors.at(batch.values(), index * outputs, outputs));
                    sum += error.dotProduct(error);
                    r.dy[t][b] = error.mapMultiply(2);
                    valid += outputs;
                } else if (batch.classes()[index] != loss.ignoreIndex()) {
                    sum += crossEntropy(r, t, b, batch.classes()[index]);
                    valid++;
                }
            }
        }
        double c = loss.reduction() == Loss.Reduction.SUM ? 1 : valid == 0 ? 0 : 1.0 / valid;
        r.loss = c * sum;
        for (RealVector[] line : r.dy) {
            for (int b = 0; b < line.length; b++) {
                line[b] = line[b] == null ? null : line[b].mapMultiply(c);
            }
        }
    }

    private static double crossEntropy(OracleResult r, int t, int b, int target) {
        double[] y = r.y[t][b].toArray();
        double z = 0;
        for (double v : y) {
            z += Math.exp(v);
        }
        RealVector d = new ArrayRealVector(y.length);
        for (int j = 0; j < y.length; j++) {
            d.setEntry(j, Math.exp(y[j]) / z - (j == target ? 1 : 0));
        }
        r.dy[t][b] = d;
        return Math.log(z) - y[target];
    }
}
