package org.bptt4j.backend;

/**
 * Slots of the small float array in which a training step leaves what the host may read afterwards. It stays on the device
 * until then, so that clipping and updating never wait for the host.
 */
public final class Report {
    /** The plain sum of the terms of the loss, not scaled: every loss operation adds to it, the host divides. */
    public static final int LOSS = 0;
    /** The global norm of the gradients before clipping. */
    public static final int NORM = 1;
    /** The factor by which norm clipping multiplied the gradients, in (0, 1]. */
    public static final int COEFFICIENT = 2;
    /** Sticky: 1 once a gradient was not finite; every later update is a no-op until the host clears it. */
    public static final int NON_FINITE = 3;
    /** Number of updates made: every {@link Backend#update} that was not a no-op adds 1. */
    public static final int UPDATES = 4;
    /** Sticky: 1 once value clipping changed an element. */
    public static final int CLAMPED = 5;
    /** Number of slots. */
    public static final int LENGTH = 6;

    private Report() {}
}
