package org.bptt4j.backend;

import java.util.Objects;
import org.bptt4j.spec.Cell;

/**
 * The arguments of one backward sweep over S steps of one layer, the error recursion
 * {@code δ_t = (∂L/∂h_{t+1} + δ_{t+1}·W_hh) ∘ f'(a_t)} for t = S−1 … 0, with f' taken from the saved output.
 *
 * @param cell f
 * @param batch B
 * @param weight W_hh [G·H, H], in
 * @param gates [S·B, G·H], in: what the forward sweep left there
 * @param states h [(S+1)·B, H], in
 * @param dStates [S·B, H], in: ∂L/∂h_1 … ∂L/∂h_S from the head or the layer above
 * @param dGates [S·B, G·H], out: δ, the gradient of the pre-activations. For the cells of one gate it is the very memory of
 *     {@code dStates}, overwritten in place
 * @param carry [B, H], in: what reaches h_S from later steps; out: δ_0·W_hh, the gradient that reaches h_0
 * @param resets [S·B] or null, those of the forward sweep: where one is not 0, δ_t of that row does not reach the step before, and
 *     so at the first step its carry is zero
 */
public record RecurrentBackward(
        Cell cell,
        int batch,
        Matrix weight,
        Matrix gates,
        Matrix states,
        Matrix dStates,
        Matrix dGates,
        Matrix carry,
        Ints resets) {
    public RecurrentBackward {
        Objects.requireNonNull(cell, "cell");
        int hidden = weight.cols();
        Shapes.require("weight", weight, (long) cell.gates() * hidden, hidden);
        Shapes.requireSweep(cell, batch, gates, states, hidden);
        Shapes.require("dStates", dStates, gates.rows(), hidden);
        Shapes.require("dGates", dGates, gates.rows(), gates.cols());
        Shapes.require("carry", carry, batch, hidden);
        if (cell.gates() == 1 && !dGates.equals(dStates)) {
            throw new IllegalArgumentException("dGates of a " + cell + " cell must be the memory of dStates");
        }
        if (resets != null) {
            Shapes.require("resets", resets, gates.rows());
        }
    }

    /** A sweep in which no row begins anew. */
    public RecurrentBackward(
            Cell cell,
            int batch,
            Matrix weight,
            Matrix gates,
            Matrix states,
            Matrix dStates,
            Matrix dGates,
            Matrix carry) {
        this(cell, batch, weight, gates, states, dStates, dGates, carry, null);
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
