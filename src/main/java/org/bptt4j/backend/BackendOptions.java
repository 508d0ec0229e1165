package org.bptt4j.backend;

/**
 * What can be said when a backend is opened.
 *
 * @param threads CPU threads, or 0 for one per processor
 */
public record BackendOptions(int threads) {
    /** Leaves every choice to the backend. */
    public static final BackendOptions DEFAULT = new BackendOptions(0);

    public BackendOptions {
        if (threads < 0) {
            throw new IllegalArgumentException("threads " + threads + ": must be 0 (one per processor) or more");
        }
    }
}
