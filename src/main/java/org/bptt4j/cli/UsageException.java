package org.bptt4j.cli;

/** Wrong usage or bad input: exit code 2. The message says what, where and what to do. */
final class UsageException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    UsageException(String message) {
        super(message);
    }
}
