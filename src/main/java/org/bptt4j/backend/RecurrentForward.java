package org.bptt4j.backend;

import org.bptt4j.spec.Cell;
import org.bptt4j.spec.Require;

/**
 * The arguments of one forward sweep over S steps of one layer: for t = 0 … S−1 the {@link Cell}'s {@code (h_{t+1}, c_{t+1})} from {@code A_t},
 * {@code h_t·W_hhᵀ}, both biases, h_t and c_t (steps counted from the range's first).
 *
 * @param cell the formula
 * @param batch B
 * @param firstStep the absolute number of the range's first step; only compared with {@code lengths}
 * @param weight W_hh [G·H, H], in
 * @param biasIh b_ih [1, G·H], in
 * @param biasHh b_hh [1, G·H], in
 * @param gates [S·B, K·H], in: A = x·W_ihᵀ in the first G·H columns; out: what the backward sweep needs. For a {@link Cell#isPlain plain} cell it
 *     is the very memory of h_1 … h_S ({@code states} from row B), which is overwritten in place
 * @param states h [(S+1)·B, H], in: h_0; out: h_1 … h_S
 * @param cellStates c [(S+1)·B, H], in: c_0; out: c_1 … c_S. Null for a cell that has none
 * @param lengths [B] or null: row b of h and c is zero at every absolute step ≥ lengths[b]. What its gates keep there makes a backward sweep pass the
 *     gradient of its c on as it is, and δ zero, where no other gradient arrives
 * @param resets [S·B] or null: where it is not 0, a row begins anew: its h_t and c_t count as zero there, whatever they are, and stay as they are
 */
public record RecurrentForward(
        Cell cell,
        int batch,
        int firstStep,
        Matrix weight,
        Matrix biasIh,
        Matrix biasHh,
        Matrix gates,
        Matrix states,
        Matrix cellStates,
        Ints lengths,
        Ints resets) {
    public RecurrentForward {
        Require.given(cell, "cell");
        int hidden = weight.cols();
        Shapes.require("weight", weight, (long) cell.gates() * hidden, hidden);
        Shapes.require("biasIh", biasIh, 1, (int) weight.rows());
        Shapes.require("biasHh", biasHh, 1, (int) weight.rows());
        Shapes.requireSweep(cell, batch, gates, states, cellStates, hidden);
        if (lengths != null) {
            Shapes.require("lengths", lengths, batch);
        }
        if (resets != null) {
            Shapes.require("resets", resets, gates.rows());
        }
    }

    /** Of a plain cell. */
    public RecurrentForward(
            Cell cell,
            int batch,
            int firstStep,
            Matrix weight,
            Matrix biasIh,
            Matrix biasHh,
            Matrix gates,
            Matrix states,
            Ints lengths,
            Ints resets) {
        this(cell, batch, firstStep, weight, biasIh, biasHh, gates, states, null, lengths, resets);
    }

    /** Of a plain cell, without rows that begin anew. */
    public RecurrentForward(
            Cell cell,
            int batch,
            int firstStep,
            Matrix weight,
            Matrix biasIh,
            Matrix biasHh,
            Matrix gates,
            Matrix states,
            Ints lengths) {
        this(cell, batch, firstStep, weight, biasIh, biasHh, gates, states, null, lengths, null);
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
