package org.bptt4j.oracle;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.commons.math3.linear.RealMatrix;
import org.apache.commons.math3.linear.RealVector;
import org.bptt4j.data.Batch;
import org.bptt4j.spec.Cell;
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
 * Where a row begins anew with step t, h_{t−1} is zero for that step and δ_t does not reach step t−1.
 * Layers are stacked: x_t of layer l+1 is h_t of layer l, and ∂L/∂h_t of layer l is W_ihᵀ·δ_t of layer l+1. Nothing of the
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
                layersBackward(r, batch, b, dTop, null, reach, Math.min(end, batch.length(b)));
            }
            start = end;
        }
        return r;
    }

    /** The recurrent layers alone, with ∂L/∂h of the top layer [T,B,H] and ∂L/∂h_n [L,B,H] from outside. */
    public OracleResult runLayers(Batch batch, float[] dOutputs, float[] dFinal) {
        OracleResult r = forward(batch);
        int hidden = spec.hiddenSize();
        for (int b = 0; b < batch.rows(); b++) {
            RealVector[] dTop = new RealVector[batch.steps()];
            for (int t = 0; t < batch.length(b); t++) {
                dTop[t] = Vectors.at(dOutputs, (t * batch.rows() + b) * hidden, hidden);
            }
            RealVector[] dLast = new RealVector[spec.layers()];
            for (int l = 0; l < spec.layers(); l++) {
                dLast[l] = Vectors.at(dFinal, (l * batch.rows() + b) * hidden, hidden);
            }
            layersBackward(r, batch, b, dTop, dLast, 0, batch.length(b));
        }
        return r;
    }

    /** θ − η·∂L/∂θ. */
    public Map<String, RealMatrix> updated(Map<String, RealMatrix> gradients, double learningRate) {
        Map<String, RealMatrix> next = new LinkedHashMap<>();
        parameters.forEach(
                (name, p) -> next.put(name, p.subtract(gradients.get(name).scalarMultiply(learningRate))));
        return next;
    }

    // ---- forward ----------------------------------------------------------------------------------------------------

    private OracleResult forward(Batch batch) {
        OracleResult r = new OracleResult(spec, batch, parameters);
        for (int b = 0; b < batch.rows(); b++) {
            for (int t = 0; t < batch.steps(); t++) {
                boolean padding = t >= batch.length(b);
                RealVector below = padding ? null : input(batch, t, b);
                for (int l = 0; l < spec.layers(); l++) {
                    if (!padding) {
                        RealVector a = weight("weight_hh", l)
                                .operate(before(r, batch, l, t, b))
                                .add(weight("weight_ih", l).operate(below))
                                .add(bias("bias_ih", l))
                                .add(bias("bias_hh", l));
                        below = a.map(this::f);
                        r.x[l][t][b] = l == 0 ? input(batch, t, b) : r.h[l - 1][t + 1][b];
                        r.h[l][t + 1][b] = below;
                        r.last[l][b] = below;
                    } else {
                        r.h[l][t + 1][b] = Vectors.zeros(spec.hiddenSize());
                    }
                }
                if (spec.hasHead()) {
                    RealVector h = r.h[spec.layers() - 1][t + 1][b];
                    r.y[t][b] = parameters
                            .get("head.weight")
                            .operate(h)
                            .add(parameters.get("head.bias").getRowVector(0));
                }
            }
        }
        return r;
    }

    /** h_{t−1} as step t sees it. */
    private RealVector before(OracleResult r, Batch batch, int l, int t, int b) {
        return beginsAnew(batch, t, b) ? Vectors.zeros(spec.hiddenSize()) : r.h[l][t][b];
    }

    private static boolean beginsAnew(Batch batch, int t, int b) {
        return batch.resets() != null && batch.resets()[t * batch.rows() + b];
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

    private double f(double a) {
        return spec.cell() == Cell.TANH ? Math.tanh(a) : Math.max(0, a);
    }

    /** f'(a) in terms of h = f(a). */
    private double slope(double h) {
        return spec.cell() == Cell.TANH ? 1 - h * h : h > 0 ? 1 : 0;
    }

    // ---- backward ---------------------------------------------------------------------------------------------------

    private RealVector headBackward(OracleResult r, int t, int b) {
        RealVector dy = r.dy[t][b];
        if (dy == null) {
            return null;
        }
        r.add("head.weight", dy.outerProduct(r.h[spec.layers() - 1][t + 1][b]));
        r.add("head.bias", Vectors.row(dy));
        return parameters.get("head.weight").preMultiply(dy);
    }

    /** From step end−1 down to step reach, every layer; dTop[t] null is no gradient from above. */
    private void layersBackward(
            OracleResult r, Batch batch, int b, RealVector[] dTop, RealVector[] dLast, int reach, int end) {
        List<RealVector> dh = new ArrayList<>();
        for (RealVector d : dTop) {
            dh.add(d == null ? Vectors.zeros(spec.hiddenSize()) : d);
        }
        for (int l = spec.layers() - 1; l >= 0; l--) {
            RealVector delta = null;
            for (int t = end - 1; t >= reach; t--) {
                RealVector arriving = dh.get(t);
                if (delta != null) {
                    arriving = beginsAnew(batch, t + 1, b)
                            ? arriving
                            : arriving.add(weight("weight_hh", l).preMultiply(delta));
                } else if (dLast != null) {
                    arriving = arriving.add(dLast[l]);
                }
                delta = arriving.ebeMultiply(r.h[l][t + 1][b].map(this::slope));
                r.add("rnn.weight_hh_l" + l, delta.outerProduct(before(r, batch, l, t, b)));
                r.add("rnn.weight_ih_l" + l, delta.outerProduct(r.x[l][t][b]));
                r.add("rnn.bias_ih_l" + l, Vectors.row(delta));
                r.add("rnn.bias_hh_l" + l, Vectors.row(delta));
                RealVector below = weight("weight_ih", l).preMultiply(delta);
                if (l > 0) {
                    dh.set(t, below);
                } else {
                    r.dx[t][b] = below;
                }
            }
            if (reach == 0 && delta != null) {
                r.dh0[l][b] = beginsAnew(batch, 0, b)
                        ? Vectors.zeros(spec.hiddenSize())
                        : weight("weight_hh", l).preMultiply(delta);
            }
        }
    }

    private RealMatrix weight(String name, int layer) {
        return parameters.get("rnn." + name + "_l" + layer);
    }

    private RealVector bias(String name, int layer) {
        return weight(name, layer).getRowVector(0);
    }
}
