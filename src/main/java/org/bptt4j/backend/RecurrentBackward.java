package org.bptt4j.backend;

import org.bptt4j.spec.Cell;
import org.bptt4j.spec.Require;

/**
 * The arguments of one backward sweep over S steps of one layer, the error recursion for t = S−1 … 0: from {@code ∂L/∂h_{t+1}} and what arrives from step
 * t+1 the {@link Cell}'s δ_t, the gradients of A_t and of the product {@code P_t = h_t·W_hhᵀ}; and on to h_t through {@code δ_t·W_hh}. For a plain cell
 * {@code δ_t = (∂L/∂h_{t+1} + δ_{t+1}·W_hh) ∘ f'(a_t)}, with f' taken from the saved output.
 *
 * @param cell the formula
 * @param batch B
 * @param weight W_hh [G·H, H], in
 * @param gates [S·B, K·H], in: what the forward sweep left there
 * @param states h [(S+1)·B, H], in
 * @param cellStates c [(S+1)·B, H], in; null for a cell that has none
 * @param dStates [S·B, H], in: ∂L/∂h_1 … ∂L/∂h_S from the head or the layer above
 * @param dGates [S·B, G·H], out: the gradient of A. For a {@link Cell#isPlain plain} cell it is the very memory of {@code dStates}, overwritten in place
 * @param dProducts [S·B, G·H], out: the gradient of P; the very memory of {@code dGates} if no gate of the cell is {@link Cell#separate separate}
 * @param carry [B, H], in: what reaches h_S from later steps; out: the gradient that reaches h_0
 * @param cellCarry [B, H], in: what reaches c_S from later steps; out: the gradient that reaches c_0. Null for a cell that has none
 * @param resets [S·B] or null, those of the forward sweep: where one is not 0, nothing of that row reaches the step before, and so at the first step
 *     what it carries is zero
 */
public record RecurrentBackward(
        Cell cell,
        int batch,
        Matrix weight,
        Matrix gates,
        Matrix states,
        Matrix cellStates,
        Matrix dStates,
        Matrix dGates,
        Matrix dProducts,
        Matrix carry,
        Matrix cellCarry,
        Ints resets) {
    public RecurrentBackward {
        Require.given(cell, "cell");
        int hidden = weight.cols();
        Shapes.require("weight", weight, (long) cell.gates() * hidden, hidden);
        Shapes.requireSweep(cell, batch, gates, states, cellStates, hidden);
        Shapes.require("dStates", dStates, gates.rows(), hidden);
        Shapes.require("dGates", dGates, gates.rows(), cell.gates() * hidden);
        Shapes.require("dProducts", dProducts, gates.rows(), cell.gates() * hidden);
        Shapes.require("carry", carry, batch, hidden);
        Shapes.requireCellState("cellCarry", cell, cellCarry, batch, hidden);
        if (cell.isPlain() && !dGates.equals(dStates)) {
            throw new IllegalArgumentException("dGates of a " + cell + " cell must be the memory of dStates");
        }
        if (cell.separate() == 0 && !dProducts.equals(dGates)) {
            throw new IllegalArgumentException("dProducts of a " + cell + " cell must be the memory of dGates");
        }
        if (resets != null) {
            Shapes.require("resets", resets, gates.rows());
        }
    }

    /** Of a plain cell: δ takes the memory of ∂L/∂h. */
    public RecurrentBackward(
            Cell cell,
            int batch,
            Matrix weight,
            Matrix gates,
            Matrix states,
            Matrix dStates,
            Matrix carry,
            Ints resets) {
        this(cell, batch, weight, gates, states, null, dStates, dStates, dStates, carry, null, resets);
    }

    /** S, the number of steps. */
    public int steps() {
        return (int) (gates.rows() / batch);
    }

    /** H. */
    public int hidden() {
        return weight.cols();
    }
}
