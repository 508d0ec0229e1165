package org.bptt4j.oracle;

import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.RealMatrix;
import org.apache.commons.math3.linear.RealVector;
import org.bptt4j.data.Batch;
import org.bptt4j.spec.RnnSpec;

/** What {@link Oracle} computed for one batch; arrays are indexed [layer][step][row], a padded step's entries are null or 0. */
public final class OracleResult {
    final RealVector[][][] x;
    final RealVector[][][] h;
    final RealVector[][] last;
    final RealVector[][] y;
    final RealVector[][] dy;
    final RealVector[][] dx;
    final RealVector[][] dh0;
    double loss;
    private final RnnSpec spec;
    private final Map<String, RealMatrix> gradients = new LinkedHashMap<>();

    OracleResult(RnnSpec spec, Batch batch, Map<String, RealMatrix> parameters) {
        this.spec = spec;
        x = new RealVector[spec.layers()][batch.steps()][batch.rows()];
        h = new RealVector[spec.layers()][batch.steps() + 1][batch.rows()];
        last = new RealVector[spec.layers()][batch.rows()];
        y = new RealVector[batch.steps()][batch.rows()];
        dy = new RealVector[batch.steps()][batch.rows()];
        dx = new RealVector[batch.steps()][batch.rows()];
        dh0 = new RealVector[spec.layers()][batch.rows()];
        for (int l = 0; l < spec.layers(); l++) {
            for (int b = 0; b < batch.rows(); b++) {
                h[l][0][b] = batch.initialState() == null
                        ? Vectors.zeros(spec.hiddenSize())
                        : Vectors.at(
                                batch.initialState(), (l * batch.rows() + b) * spec.hiddenSize(), spec.hiddenSize());
            }
        }
        parameters.forEach((name, p) ->
                gradients.put(name, new Array2DRowRealMatrix(p.getRowDimension(), p.getColumnDimension())));
    }

    void add(String parameter, RealMatrix term) {
        gradients.put(parameter, gradients.get(parameter).add(term));
    }

    public double loss() {
        return loss;
    }

    /** Gradients by name; that of a bias is one row. */
    public Map<String, RealMatrix> gradients() {
        return gradients;
    }

    /** y [T,B,O]. */
    public double[] outputs() {
        return Vectors.flat(y, spec.outputSize());
    }

    /** h_1 … h_T of the top layer [T,B,H]. */
    public double[] topStates() {
        RealVector[][] top = new RealVector[y.length][];
        System.arraycopy(h[spec.layers() - 1], 1, top, 0, y.length);
        return Vectors.flat(top, spec.hiddenSize());
    }

    /** h_n [L,B,H]. */
    public double[] finalState() {
        return Vectors.flat(last, spec.hiddenSize());
    }

    /** ∂L/∂x [T,B,I]. */
    public double[] dX() {
        return Vectors.flat(dx, spec.inputSize());
    }

    /** ∂L/∂h0 [L,B,H]. */
    public double[] dH0() {
        return Vectors.flat(dh0, spec.hiddenSize());
    }
}
