package org.bptt4j.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Notices that the process is asked to end (Ctrl-C, SIGTERM) and holds it until the run has saved its state, or has said why it
 * could not, or for a while.
 */
final class Interrupt implements AutoCloseable {
    /** A step of a very long sequence may take minutes; then the last state that was saved has to do. */
    private static final long PATIENCE_SECONDS = 30;

    /** Of the run in this process; null where none trains. */
    private static volatile Interrupt current;

    private final CountDownLatch finished = new CountDownLatch(1);
    private final Thread hook = new Thread(this::hold, "bptt4j-interrupt");
    private volatile boolean requested;

    @SuppressWarnings("StaticAssignmentInConstructor") // a run begins, and ends with letGo
    Interrupt() {
        current = this;
        Runtime.getRuntime().addShutdownHook(hook);
    }

    private void hold() {
        requested = true;
        try {
            if (!finished.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                System.err.println("the step under way takes too long: the state saved last stands");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Whether to stop after this step. */
    boolean requested() {
        return requested;
    }

    /** Training is over. A process that is asked to end goes on until {@link #letGo}: there may be an error to print. */
    @Override
    public void close() {
        if (!requested) {
            try {
                Runtime.getRuntime().removeShutdownHook(hook);
            } catch (IllegalStateException e) {
                // The process has begun to end just now.
            }
        }
    }

    /** Everything is said: a process that is asked to end may do so. */
    static void letGo() {
        Interrupt last = current;
        if (last != null) {
            last.finished.countDown();
        }
    }
}
