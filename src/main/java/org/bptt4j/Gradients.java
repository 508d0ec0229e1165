package org.bptt4j;

/**
 * Loss, outputs and gradients of one batch at the present parameters.
 *
 * @param loss the mean divides by the valid targets of the whole batch
 * @param outputs y [T,B,O]
 * @param finalState h_n [L,B,H]
 * @param gradientNorm global norm of the parameters' gradients before clipping
 * @param x ∂L/∂x [T,B,I]; null with truncation or symbol ids
 * @param initialState ∂L/∂h0 [L,B,H]; null with truncation
 */
public record Gradients(
        double loss, float[] outputs, float[] finalState, double gradientNorm, float[] x, float[] initialState) {}
