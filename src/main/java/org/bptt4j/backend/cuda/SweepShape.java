package org.bptt4j.backend.cuda;

import static org.bptt4j.backend.cuda.Inside.address;

import org.bptt4j.backend.RecurrentBackward;
import org.bptt4j.backend.RecurrentForward;
import org.bptt4j.spec.Cell;

/**
 * All that the launches of one step depend on: sweeps of one shape have the same steps, wherever their states are and however many.
 *
 * @param forward or backward
 * @param batch B
 * @param hidden H
 * @param weight the address of W_hh [G·H, H]
 * @param weightStride of W_hh
 */
record SweepShape(boolean forward, Cell cell, int batch, int hidden, long weight, int weightStride) {
    static SweepShape of(RecurrentForward f) {
        long weight = address(f.weight());
        return new SweepShape(
                true, f.cell(), f.batch(), f.hidden(), weight, f.weight().stride());
    }

    static SweepShape of(RecurrentBackward f) {
        long weight = address(f.weight());
        return new SweepShape(
                false, f.cell(), f.batch(), f.hidden(), weight, f.weight().stride());
    }
}
