package org.bptt4j.oracle;

import java.util.Arrays;
import org.apache.commons.math3.linear.ArrayRealVector;
import org.apache.commons.math3.linear.RealVector;
import org.bptt4j.data.Batch;
import org.bptt4j.spec.Loss;

/**
 * The losses, term by term, as {@link Loss} writes them: with −ln p_j = ln Σ_k exp(y_k) − y_j, −ln σ(y) = ln(1 + e^−y) and −ln(1
 * − σ(y)) = ln(1 + e^y).
 */
final class OracleLoss {
    private final Loss loss;
    private final int outputs;
    private double sum;
    private double weights;

    private OracleLoss(Loss loss, int outputs) {
        this.loss = loss;
        this.outputs = outputs;
    }

    /** Sets the result's loss and, where there is a valid target, ∂L/∂y. */
    static void apply(OracleResult r, Batch batch, Loss loss, int outputs) {
        new OracleLoss(loss, outputs).apply(r, batch);
    }

    private void apply(OracleResult r, Batch batch) {
        boolean every = loss.at() == Loss.At.EVERY;
        for (int b = 0; b < batch.rows(); b++) {
            for (int t = every ? 0 : batch.length(b) - 1; t < batch.length(b); t++) {
                int index = every ? t * batch.rows() + b : b;
                double weight = batch.lossWeights() == null ? 1 : batch.lossWeights()[index];
                boolean ignored = loss.takesClasses() && batch.classes()[index] == loss.ignoreIndex();
                if (weight != 0 && !ignored) {
                    r.dy[t][b] = term(r.y[t][b], batch, index, weight);
                }
            }
        }
        double c = loss.reduction() == Loss.Reduction.SUM ? 1 : weights == 0 ? 0 : 1 / weights;
        r.loss = c * sum;
        for (RealVector[] line : r.dy) {
            for (int b = 0; b < line.length; b++) {
                line[b] = line[b] == null ? null : line[b].mapMultiply(c);
            }
        }
    }

    /** Adds weight·ℓ to the sum and returns its gradient. */
    private RealVector term(RealVector y, Batch batch, int index, double weight) {
        if (loss.takesClasses()) {
            int target = batch.classes()[index];
            weights += weight * outputWeight(target);
            return crossEntropy(y.toArray(), target, weight);
        }
        weights += weight * outputs;
        RealVector targets = Vectors.at(batch.values(), index * outputs, outputs);
        return loss.kind() == Loss.Kind.MSE ? squaredError(y, targets, weight) : binary(y, targets, weight);
    }

    private double outputWeight(int output) {
        return loss.weights().isEmpty() ? 1 : loss.weights().get(output).floatValue();
    }

    private RealVector crossEntropy(double[] y, int target, double weight) {
        double largest = Arrays.stream(y).max().orElseThrow();
        double z = 0;
        for (double v : y) {
            z += Math.exp(v - largest);
        }
        RealVector d = new ArrayRealVector(y.length);
        for (int j = 0; j < y.length; j++) {
            double smooth = loss.smoothing() / y.length * outputWeight(j);
            double share = weight * (smooth + (j == target ? (1 - loss.smoothing()) * outputWeight(j) : 0));
            sum += share * (Math.log(z) + largest - y[j]);
            for (int k = 0; k < y.length; k++) {
                d.addToEntry(k, share * (Math.exp(y[k] - largest) / z - (k == j ? 1 : 0)));
            }
        }
        return d;
    }

    private RealVector squaredError(RealVector y, RealVector targets, double weight) {
        RealVector error = y.subtract(targets);
        sum += weight * error.dotProduct(error);
        return error.mapMultiply(2 * weight);
    }

    private RealVector binary(RealVector y, RealVector targets, double weight) {
        RealVector d = new ArrayRealVector(outputs);
        for (int o = 0; o < outputs; o++) {
            double v = y.getEntry(o);
            double target = targets.getEntry(o);
            double positive = outputWeight(o) * target;
            sum += weight * (positive * softplus(-v) + (1 - target) * softplus(v));
            d.setEntry(o, weight * ((1 - target) / (1 + Math.exp(-v)) - positive / (1 + Math.exp(v))));
        }
        return d;
    }

    /** ln(1 + e^v). */
    private static double softplus(double v) {
        return Math.max(v, 0) + Math.log1p(Math.exp(-Math.abs(v)));
    }
}
