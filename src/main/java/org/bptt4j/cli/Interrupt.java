package org.bptt4j.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Notices that the process is asked to end (Ctrl-C, SIGTERM) and holds it until the run has saved its state, or for a while. */
final class Interrupt implements AutoCloseable {
    /** A step of a very long sequence may take minutes; then the last state that was saved has to do. */
    private static final long PATIENCE_SECONDS = 30;

    private final CountDownLatch saved = new CountDownLatch(1);
    private final Thread hook = new Thread(this::hold, "bptt4j-interrupt");
    private volatile boolean requested;

    Interrupt() {
        Runtime.getRuntime().addShutdownHook(hook);
    }

    private void hold() {
        requested = true;
        try {
            if (!saved.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
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

    /** Everything is saved: the process may end. */
    @Override
    public void close() {
        saved.countDown();
        if (!requested) {
            try {
                Runtime.getRuntime().removeShutdownHook(hook);
            } catch (IllegalStateException e) {
                // The process has begun to end just now, with nothing left to be saved.
            }
        }
    }
}
