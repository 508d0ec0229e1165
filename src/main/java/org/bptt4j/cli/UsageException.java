package org.bptt4j.cli;

/** Wrong usage or bad input: the message says in a line or two what, where, and what to do. The command ends with code 2. */
class UsageException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    UsageException(String message) {
        super(message);
    }

    UsageException(String message, Throwable cause) {
        super(message, cause);
    }
}
