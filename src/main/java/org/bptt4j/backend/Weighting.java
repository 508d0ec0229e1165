package org.bptt4j.backend;

/**
 * What the terms of a loss are multiplied with; null is 1 everywhere.
 *
 * @param rows s [R, 1], a weight for each row
 * @param outputs w [1, O], a weight for each class or output
 * @param smoothing ε of a cross-entropy's label smoothing, 0 … 1
 */
public record Weighting(Matrix rows, Matrix outputs, float smoothing) {
    /** Nothing is weighted. */
    public static final Weighting NONE = new Weighting(null, null, 0f);

    /** Whether no term is changed. */
    public boolean isNone() {
        return rows == null && outputs == null && smoothing == 0;
    }
}
