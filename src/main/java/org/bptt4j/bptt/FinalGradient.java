package org.bptt4j.bptt;

import org.bptt4j.backend.Matrix;

/**
 * A gradient that enters at the final states.
 *
 * @param states ∂L/∂h_n [L·D·B, H], or null for zeros
 * @param cellStates ∂L/∂c_n [L·D·B, H], or null for zeros
 * @param ends where each sequence has its last valid step
 */
record FinalGradient(Matrix states, Matrix cellStates, RowEnds ends) {
    /** {@code dStates} [steps·B, H] of sweep {@code k} += ∂L/∂h_n of the rows that end in the stretch. */
    void addTo(Stretch stretch, int k, Matrix dStates) {
        if (states == null) {
            return;
        }
        long batch = ends.rows();
        ends.scatter(stretch, states.rows(k * batch, batch), dStates);
    }
}
