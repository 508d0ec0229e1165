package org.bptt4j.benchmarks.block;

import java.util.Arrays;
import java.util.Map;
import org.bptt4j.benchmarks.Data;
import org.bptt4j.spec.Cell;

/**
 * Our gates and biases as oneDNN has them. Its LSTM has our order (i, f, g, o). Its GRU has z before r, and the same
 * h' = z ∘ h + (1 − z) ∘ n. It has one bias, the sum of ours; but where the reset gate comes after the product, a fourth block
 * of rows for the one inside of the gate.
 *
 * @param resetFirst for a GRU: whether the reset gate comes before the product
 */
record OneDnnGates(Cell cell, boolean resetFirst, int hidden) {
    /** Blocks of H biases. */
    int biases() {
        return cell.gates() + (hasInnerBias() ? 1 : 0);
    }

    private boolean hasInnerBias() {
        return cell.equals(Cell.GRU) && !resetFirst;
    }

    /** An array of our gates' rows in its order. */
    float[] theirs(float[] rows) {
        if (!cell.equals(Cell.GRU)) {
            return rows;
        }
        int block = rows.length / cell.gates();
        float[] swapped = rows.clone();
        System.arraycopy(rows, 0, swapped, block, block);
        System.arraycopy(rows, block, swapped, 0, block);
        return swapped;
    }

    /** The reverse: a swap either way. */
    float[] ours(float[] rows) {
        return theirs(rows);
    }

    /** Its bias of our two. */
    float[] bias(float[] ih, float[] hh) {
        float[] sum = Data.sum(ih, hh);
        if (!hasInnerBias()) {
            return theirs(sum);
        }
        float[] bias = Arrays.copyOf(theirs(sum), 4 * hidden);
        System.arraycopy(ih, 2 * hidden, bias, 2 * hidden, hidden);
        System.arraycopy(hh, 2 * hidden, bias, 3 * hidden, hidden);
        return bias;
    }

    /** Adds the gradients of our biases to {@code results}: of both where it has both, else of b_ih, which is that of the sum. */
    void addBiases(float[] gradient, Map<String, float[]> results) {
        float[] ih = ours(Arrays.copyOf(gradient, cell.gates() * hidden));
        results.put(Block.BIAS_IH, ih);
        if (hasInnerBias()) {
            float[] hh = ih.clone();
            System.arraycopy(gradient, 3 * hidden, hh, 2 * hidden, hidden);
            results.put(Block.BIAS_HH, hh);
        }
    }
}
