package org.bptt4j;

import org.bptt4j.bptt.NonFiniteSearch.Culprit;

/**
 * A number that should be finite is infinite or NaN: a gradient, a loss, a parameter that was to be saved. The message names it, and
 * says what to do. What was to be changed or written by then is as it was.
 */
public class NonFiniteException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** What to do about {@code culprit}; {@code otherwise} if that is none of the caller's own numbers, or null. */
    static String advice(Culprit culprit, String otherwise) {
        if (culprit != null && culprit.isGiven()) {
            return "It is so in the batch: give finite numbers there, and fill in missing values before";
        }
        if (culprit != null && culprit.what().startsWith("parameter ")) {
            return "Set the parameter anew, or take what was saved before";
        }
        return otherwise;
    }

    /** With what is not finite, where, and what to do. */
    public NonFiniteException(String message) {
        super(message);
    }
}
