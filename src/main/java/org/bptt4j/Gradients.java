package org.bptt4j;

/**
 * Loss, outputs and gradients of one batch at the present parameters.
 *
 * @param loss the mean divides by the valid targets of the whole batch
 * @param outputs y [T,B,O]
 * @param finalState h_n [L·D,B,H]
 * @param finalCellState c_n [L·D,B,H]; null if the cell has none
 * @param gradientNorm global norm of the parameters' gradients before clipping
 * @param x ∂L/∂x [T,B,I]; null with truncation or symbol ids
 * @param initialState ∂L/∂h0 [L·D,B,H]; null with truncation
 * @param initialCellState ∂L/∂c0 [L·D,B,H]; null with truncation or if the cell has none
 */
public record Gradients(
        double loss,
        float[] outputs,
        float[] finalState,
        float[] finalCellState,
        double gradientNorm,
        float[] x,
        float[] initialState,
        float[] initialCellState) {
    /** Its two figures, and how many elements the arrays have. */
    @Override
    public String toString() {
        return "loss " + loss + ", gradient norm " + gradientNorm + " (" + outputs.length + " outputs, "
                + finalState.length + " elements of h_n" + (x == null ? "" : ", ∂L/∂x of " + x.length) + ")";
    }
}
