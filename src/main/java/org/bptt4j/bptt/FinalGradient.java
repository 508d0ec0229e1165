package org.bptt4j.bptt;

import org.bptt4j.backend.Ints;
import org.bptt4j.backend.Matrix;

/**
 * A gradient that enters at the final states.
 *
 * @param states ∂L/∂h_n [L·B, H]
 * @param lastRows [B]: the row of each sequence's last valid step among the steps [T·B]
 */
record FinalGradient(Matrix states, Ints lastRows) {}
