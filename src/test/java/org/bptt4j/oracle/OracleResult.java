package org.bptt4j.oracle;

import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.RealMatrix;
import org.apache.commons.math3.linear.RealVector;
import org.bptt4j.data.Batch;
import org.bptt4j.spec.RnnSpec;

/** What {@link Oracle} computed for one batch; sweep l·D + d is direction d of layer l, and a padded step's entries are null. */
public final class OracleResult {
    /** What each layer reads, [layer][row][step]. */
    final RealVector[][][] x;
    /** [sweep][step][row], and the states that each step began with. */
    final OracleCell.Step[][][] steps;

    final RealVector[][][] hBefore;
    final RealVector[][][] cBefore;
    /** [sweep][row]. */
    final RealVector[][] h0;

    final RealVector[][] c0;
    final RealVector[][] last;
    final RealVector[][] lastCell;
    final RealVector[][] dh0;
    final RealVector[][] dc0;
    /** [step][row]; in padding the top layer's is zeros. */
    final RealVector[][] top;

    final RealVector[][] y;
    final RealVector[][] dy;
    final RealVector[][] dx;
    double loss;
    private final RnnSpec spec;
    private final Map<String, RealMatrix> gradients = new LinkedHashMap<>();

    OracleResult(RnnSpec spec, Batch batch, Map<String, RealMatrix> parameters) {
        this.spec = spec;
        int sweeps = spec.sweeps();
        int rows = batch.rows();
        x = new RealVector[spec.layers()][rows][];
        steps = new OracleCell.Step[sweeps][batch.steps()][rows];
        hBefore = new RealVector[sweeps][batch.steps()][rows];
        cBefore = new RealVector[sweeps][batch.steps()][rows];
        h0 = states(batch.initialState(), sweeps, rows);
        c0 = states(batch.initialCellState(), sweeps, rows);
        last = new RealVector[sweeps][rows];
        lastCell = new RealVector[sweeps][rows];
        dh0 = new RealVector[sweeps][rows];
        dc0 = new RealVector[sweeps][rows];
        top = new RealVector[batch.steps()][rows];
        y = new RealVector[batch.steps()][rows];
        dy = new RealVector[batch.steps()][rows];
        dx = new RealVector[batch.steps()][rows];
        parameters.forEach((name, p) ->
                gradients.put(name, new Array2DRowRealMatrix(p.getRowDimension(), p.getColumnDimension())));
    }

    /** Zeros where there are none. */
    private RealVector[][] states(float[] given, int sweeps, int rows) {
        int hidden = spec.hiddenSize();
        RealVector[][] states = new RealVector[sweeps][rows];
        for (int i = 0; i < sweeps * rows; i++) {
            states[i / rows][i % rows] = given == null ? Vectors.zeros(hidden) : Vectors.at(given, i * hidden, hidden);
        }
        return states;
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

    /** What the top layer gives [T,B,D·H]. */
    public double[] topStates() {
        return Vectors.flat(top, spec.layerOutputSize());
    }

    /** h_n [L·D,B,H]. */
    public double[] finalState() {
        return Vectors.flat(last, spec.hiddenSize());
    }

    /** c_n [L·D,B,H]; zeros if the cell has none. */
    public double[] finalCellState() {
        return Vectors.flat(lastCell, spec.hiddenSize());
    }

    /** ∂L/∂x [T,B,I]. */
    public double[] dX() {
        return Vectors.flat(dx, spec.inputSize());
    }

    /** ∂L/∂h0 [L·D,B,H]. */
    public double[] dH0() {
        return Vectors.flat(dh0, spec.hiddenSize());
    }

    /** ∂L/∂c0 [L·D,B,H]; zeros if the cell has none. */
    public double[] dC0() {
        return Vectors.flat(dc0, spec.hiddenSize());
    }
}
