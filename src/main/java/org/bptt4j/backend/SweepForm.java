package org.bptt4j.backend;

/**
 * How a device runs a recurrent sweep. All forms compute the same, but for
 * {@link #PERSISTENT} beside {@link Precision#TF32}; {@code auto} takes the one that suits the sweep.
 */
public enum SweepForm {
    AUTO,
    /** The host launches the operations of every step. */
    STEPS,
    /** The operations of many steps are recorded once and launched together. */
    GRAPH,
    /** One kernel walks all steps with the weights on the chip, and multiplies in float32 whatever the {@link Precision}. */
    PERSISTENT
}
