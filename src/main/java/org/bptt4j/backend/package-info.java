/**
 * The seam between the algorithm and the hardware.
 *
 * <p>{@link org.bptt4j.backend.Backend} has about two dozen coarse operations; a recurrent sweep over a range of steps is one
 * of them. {@link org.bptt4j.backend.Backends} finds the implementations and says why one cannot run.
 *
 * <p>One alphabet throughout: T time steps, B batch rows, I inputs, H hidden units, G gates per unit, O outputs, L layers.
 * Matrices are row-major and time-major: {@code x [T·B, I]}, {@code h [(T+1)·B, H]} with rows 0 … B−1 the initial state.
 */
package org.bptt4j.backend;
