package org.bptt4j.oracle;

import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.commons.math3.linear.RealMatrix;
import org.apache.commons.math3.linear.RealVector;
import org.bptt4j.data.Batch;
import org.bptt4j.spec.Loss;
import org.bptt4j.spec.RnnSpec;
import org.bptt4j.spec.Truncation;

/**
 * Backpropagation through time written down as in the textbook, in double, for one batch row and one step at a time:
 *
 * <pre>
 * h_t = f(W_hh·h_{t−1} + W_ih·x_t + b_ih + b_hh)        y_t = W_hy·h_t + b_y        L = c·Σ_t ℓ(y_t, target_t)
 * δ_t = (∂L/∂h_t + W_hhᵀ·δ_{t+1}) ∘ f'(a_t)             ∂L/∂W_hh = Σ_t δ_t·h_{t−1}ᵀ, ∂L/∂W_ih = Σ_t δ_t·x_tᵀ, …
 * θ ← θ − η·∂L/∂θ
 * </pre>
 *
 * What other cells put in the place of f is in {@link OracleGru} and {@link OracleLstm}. Where a row begins anew with step t,
 * h_{t−1} and c_{t−1} are zero for that step and nothing reaches step t−1; backwards in time the same holds behind the last step
 * of each sequence. Layers are stacked: x_t of layer l+1 is what layer l gives at t, h_t or [h_t, h_t of the reverse sweep], and
 * ∂L/∂h_t of layer l is W_ihᵀ·δ_t of layer l+1 ({@link OracleLayers}). Nothing of the
 * main code computes here; it only reads the descriptions (spec, batch). The oracle itself is checked by finite differences
 * ({@link OracleFiniteDifferenceTest}) and against PyTorch.
 */
public final class Oracle {
    private final RnnSpec spec;
    private final Map<String, RealMatrix> parameters;

    /** Parameters by PyTorch's names; a bias is one row. */
    public Oracle(RnnSpec spec, Map<String, RealMatrix> parameters) {
        this.spec = spec;
        this.parameters = parameters;
    }

    /** Loss, states, outputs and gradients; with truncation, the sum of the segments' gradients. */
    public OracleResult run(Batch batch, Loss loss, Truncation truncation) {
        if (spec.bidirectional() && !truncation.isFullFor(batch.steps())) {
            throw new IllegalArgumentException("there is no truncation in both directions");
        }
        OracleResult r = forward(batch);
        OracleLoss.apply(r, batch, loss, spec.outputSize());
        for (int start = 0; start < batch.steps(); ) {
            int end = (int) Math.min(batch.steps(), (long) start + truncation.k1());
            int reach = Math.max(0, end - truncation.k2());
            for (int b = 0; b < batch.rows(); b++) {
                RealVector[] dTop = new RealVector[batch.steps()];
                for (int t = start; t < end; t++) {
                    dTop[t] = headBackward(r, t, b);
                }
                layers(batch, r, b).backward(dTop, null, null, reach, Math.min(end, batch.length(b)));
            }
            start = end;
        }
        return r;
    }

    /** The recurrent layers alone, with ∂L/∂h of the top layer [T,B,D·H] and ∂L/∂h_n [L·D,B,H] from outside. */
    public OracleResult runLayers(Batch batch, float[] dOutputs, float[] dFinal) {
        return runLayers(batch, dOutputs, dFinal, null);
    }

    /** The same with ∂L/∂c_n [L·D,B,H], or null for zeros. */
    public OracleResult runLayers(Batch batch, float[] dOutputs, float[] dFinal, float[] dFinalCell) {
        OracleResult r = forward(batch);
        int width = spec.layerOutputSize();
        for (int b = 0; b < batch.rows(); b++) {
            RealVector[] dTop = new RealVector[batch.steps()];
            for (int t = 0; t < batch.length(b); t++) {
                dTop[t] = Vectors.at(dOutputs, (t * batch.rows() + b) * width, width);
            }
            layers(batch, r, b).backward(dTop, row(dFinal, batch, b), row(dFinalCell, batch, b), 0, batch.length(b));
        }
        return r;
    }

    /** Row b of a state [L·D,B,H], for each sweep; null of null. */
    private RealVector[] row(float[] state, Batch batch, int b) {
        if (state == null) {
            return null;
        }
        RealVector[] of = new RealVector[spec.sweeps()];
        for (int s = 0; s < of.length; s++) {
            of[s] = Vectors.at(state, (s * batch.rows() + b) * spec.hiddenSize(), spec.hiddenSize());
        }
        return of;
    }

    /** θ − η·∂L/∂θ. */
    public Map<String, RealMatrix> updated(Map<String, RealMatrix> gradients, double learningRate) {
        Map<String, RealMatrix> next = new LinkedHashMap<>();
        parameters.forEach(
                (name, p) -> next.put(name, p.subtract(gradients.get(name).scalarMultiply(learningRate))));
        return next;
    }

    private OracleLayers layers(Batch batch, OracleResult r, int b) {
        return new OracleLayers(spec, parameters, batch, r, b);
    }

    private OracleResult forward(Batch batch) {
        OracleResult r = new OracleResult(spec, batch, parameters);
        for (int b = 0; b < batch.rows(); b++) {
            RealVector[] input = new RealVector[batch.steps()];
            for (int t = 0; t < batch.length(b); t++) {
                input[t] = input(batch, t, b);
            }
            layers(batch, r, b).forward(input);
            for (int t = 0; spec.hasHead() && t < batch.steps(); t++) {
                r.y[t][b] = parameters
                        .get("head.weight")
                        .operate(r.top[t][b])
                        .add(parameters.get("head.bias").getRowVector(0));
            }
        }
        return r;
    }

    private RealVector input(Batch batch, int t, int b) {
        int cell = t * batch.rows() + b;
        if (batch.ids() != null) {
            RealVector unit = Vectors.zeros(spec.inputSize());
            unit.setEntry(batch.ids()[cell], 1);
            return unit;
        }
        return Vectors.at(batch.x(), cell * spec.inputSize(), spec.inputSize());
    }

    private RealVector headBackward(OracleResult r, int t, int b) {
        RealVector dy = r.dy[t][b];
        if (dy == null) {
            return null;
        }
        r.add("head.weight", dy.outerProduct(r.top[t][b]));
        r.add("head.bias", Vectors.row(dy));
        return parameters.get("head.weight").preMultiply(dy);
    }
}
