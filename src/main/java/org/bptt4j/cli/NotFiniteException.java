package org.bptt4j.cli;

/** A result is not a finite number: a failure in the work. The message says which, where, and what to do. */
final class NotFiniteException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    NotFiniteException(String message) {
        super(message);
    }
}
