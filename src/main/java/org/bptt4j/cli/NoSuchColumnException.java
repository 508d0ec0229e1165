package org.bptt4j.cli;

/** A table lacks a column that is to be read; who chose the column can say why. */
final class NoSuchColumnException extends UsageException {
    private static final long serialVersionUID = 1;

    NoSuchColumnException(String message) {
        super(message);
    }
}
