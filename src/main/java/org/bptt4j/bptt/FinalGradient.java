package org.bptt4j.bptt;

import org.bptt4j.backend.Matrix;

/**
 * A gradient that enters at the final states.
 *
 * @param states ∂L/∂h_n [L·B, H]
 * @param ends where each sequence has its last valid step
 */
record FinalGradient(Matrix states, RowEnds ends) {
    /** {@code dStates} [steps·B, H] of layer {@code l} += ∂L/∂h_n of the rows that end in the stretch. */
    void addTo(Stretch stretch, int l, Matrix dStates) {
        long batch = ends.rows();
        ends.scatter(stretch, states.rows(l * batch, batch), dStates);
    }
}
