package org.bptt4j.backend;

import java.util.Objects;
import org.bptt4j.spec.Cell;

/**
 * The arguments of one forward sweep over S steps of one layer: for t = 0 … S−1
 * {@code h_{t+1} = f(A_t + b_ih + b_hh + h_t·W_hhᵀ)} (steps counted from the range's first).
 *
 * @param cell f
 * @param batch B
 * @param firstStep the absolute number of the range's first step; only compared with {@code lengths}
 * @param weight W_hh [G·H, H], in
 * @param biasIh b_ih [1, G·H], in
 * @param biasHh b_hh [1, G·H], in
 * @param gates [S·B, G·H], in: A = x·W_ihᵀ; out: what the backward sweep needs. For the cells of one gate it is the very
 *     memory of h_1 … h_S ({@code states} from row B), which is overwritten in place
 * @param states h [(S+1)·B, H], in: h_0; out: h_1 … h_S
 * @param lengths [B] or null: row b is zero at every absolute step ≥ lengths[b]
 * @param resets [S·B] or null: where it is not 0, a row begins anew. Its h_t·W_hhᵀ counts as zero there, whatever h_t is, and
 *     h_t itself stays
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
        Ints lengths,
        Ints resets) {
    public RecurrentForward {
        Objects.requireNonNull(cell, "cell");
        int hidden = weight.cols();
        Shapes.require("weight", weight, (long) cell.gates() * hidden, hidden);
        Shapes.require("biasIh", biasIh, 1, (int) weight.rows());
        Shapes.require("biasHh", biasHh, 1, (int) weight.rows());
        Shapes.requireSweep(cell, batch, gates, states, hidden);
        if (lengths != null) {
            Shapes.require("lengths", lengths, batch);
        }
        if (resets != null) {
            Shapes.require("resets", resets, gates.rows());
        }
    }

    /** A sweep in which no row begins anew. */
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
        this(cell, batch, firstStep, weight, biasIh, biasHh, gates, states, lengths, null);
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
