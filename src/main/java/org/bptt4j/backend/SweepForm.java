package org.bptt4j.backend;

/** How a device runs a recurrent sweep. All forms compute the same; {@code auto} takes the one that suits the sweep. */
public enum SweepForm {
    AUTO,
    /** The host launches the operations of every step. */
    STEPS,
    /** The operations of many steps are recorded once and launched together. */
    GRAPH,
    /** One kernel walks all steps with the weights on the chip. */
    PERSISTENT
}
