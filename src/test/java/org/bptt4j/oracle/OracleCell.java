package org.bptt4j.oracle;

import org.apache.commons.math3.linear.RealVector;
import org.bptt4j.spec.Cell;

/**
 * One step of a cell and its derivative, for one row. {@code A = W_ih·x + b_ih} and {@code P = W_hh·h_{t−1} + b_hh} come from
 * outside, and their gradients go there; both are the gates one after another.
 */
interface OracleCell {
    /** The gates' values, and whatever else the way back needs; then h_t, and c_t or null. */
    record Step(RealVector[] gates, RealVector h, RealVector c) {}

    /**
     * What reaches A, P, h_{t−1} beside the product (or null), and c_{t−1} (or null).
     */
    record Deltas(RealVector dA, RealVector dP, RealVector direct, RealVector dc) {}

    Step forward(RealVector a, RealVector p, RealVector h, RealVector c);

    /** From ∂L/∂h_t and ∂L/∂c_t, all that reaches them but through h_t for c_t; h and c are those before the step. */
    Deltas backward(Step step, RealVector h, RealVector c, RealVector dh, RealVector dc);

    static OracleCell of(Cell cell) {
        return switch (cell.name()) {
            case "tanh" -> new OraclePlain(Math::tanh, y -> 1 - y * y);
            case "relu" -> new OraclePlain(a -> Math.max(0, a), y -> y > 0 ? 1 : 0);
            case "gru" -> new OracleGru();
            case "lstm" -> new OracleLstm();
            default -> throw new IllegalArgumentException("the oracle knows no cell " + cell);
        };
    }
}
