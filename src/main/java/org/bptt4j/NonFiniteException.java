package org.bptt4j;

/**
 * A number that should be finite is infinite or NaN: a gradient, a loss, a parameter that was to be saved. The message names it, and
 * says what to do. What was to be changed or written by then is as it was.
 */
public class NonFiniteException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** With what is not finite, where, and what to do. */
    public NonFiniteException(String message) {
        super(message);
    }
}
