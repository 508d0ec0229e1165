package org.bptt4j.backend.cpu;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.bptt4j.backend.OutOfDeviceMemoryException;

/**
 * A pool of threads that all run the same job, each its own part; the caller runs part 0 and returns when all are done.
 *
 * <p>The parts of a training step follow each other within microseconds, so an idle worker spins briefly before it parks. A part
 * whose worker has not begun when the caller is through with its own is taken back by the caller: it never waits for a thread
 * that the system has not woken or has no processor for.
 */
final class Workers implements AutoCloseable {
    /** A job that can be split: part {@code part} of {@code parts}. */
    interface Job {
        void run(int part, int parts);
    }

    /** About 50 µs of spinning before a worker parks. */
    private static final int SPINS = 2000;

    private final Worker[] workers;
    private final AtomicInteger running = new AtomicInteger();
    /** None where there are more threads than processors: a spinning one would keep the others from working. */
    private final int spins;

    private volatile Throwable failure;

    Workers(int threads) {
        spins = threads <= Runtime.getRuntime().availableProcessors() ? SPINS : 0;
        workers = new Worker[threads - 1];
        int started = 0;
        try {
            for (; started < workers.length; started++) {
                workers[started] = new Worker(started + 1);
                workers[started].start();
            }
        } catch (RuntimeException | Error e) {
            // One that did not start must not be waited for.
            Arrays.stream(workers, 0, started).forEach(worker -> worker.submit(null, 0));
            throw e;
        }
    }

    /** Number of threads, the caller's included. */
    int threads() {
        return workers.length + 1;
    }

    /** Runs {@code parts} ≤ {@link #threads} parts of {@code job}; an exception of any part is thrown here. */
    void run(int parts, Job job) {
        if (parts == 1) {
            job.run(0, 1);
            return;
        }
        running.set(parts - 1);
        for (int i = 1; i < parts; i++) {
            workers[i - 1].submit(job, parts);
        }
        Throwable thrown;
        try {
            job.run(0, parts);
            for (int i = 1; i < parts; i++) {
                workers[i - 1].runIfWaiting();
            }
        } finally {
            for (int i = 0; running.get() > 0; i++) {
                if (i < spins) {
                    Thread.onSpinWait();
                } else {
                    Thread.yield();
                }
            }
            // Cleared also when the caller's own part failed: the next job must not inherit it.
            thrown = failure;
            failure = null;
        }
        if (thrown instanceof OutOfDeviceMemoryException e) {
            throw e;
        }
        if (thrown != null) {
            throw new IllegalStateException("a worker thread failed", thrown);
        }
    }

    @Override
    public void close() {
        for (Worker worker : workers) {
            worker.submit(null, 0);
        }
    }

    private final class Worker extends Thread {
        private final int part;
        private Job job;
        private int parts;
        /** Whether a part waits to be run; who sets it to false runs it. */
        private final AtomicBoolean waiting = new AtomicBoolean();

        private volatile boolean parked;

        Worker(int part) {
            super("bptt4j-cpu-" + part);
            this.part = part;
            setDaemon(true);
        }

        void submit(Job next, int count) {
            job = next;
            parts = count;
            waiting.set(true);
            if (parked) {
                LockSupport.unpark(this);
            }
        }

        /** Runs the part that waits, if there is one, on the thread that calls this. */
        boolean runIfWaiting() {
            if (!waiting.compareAndSet(true, false)) {
                return true;
            }
            Job mine = job;
            job = null;
            if (mine == null) {
                return false;
            }
            try {
                mine.run(part, parts);
            } catch (RuntimeException | Error e) {
                if (failure == null) {
                    failure = e;
                }
            } finally {
                running.decrementAndGet();
            }
            return true;
        }

        @Override
        public void run() {
            do {
                await();
            } while (runIfWaiting());
        }

        private void await() {
            for (int i = 0; !waiting.get(); i++) {
                if (i < spins) {
                    Thread.onSpinWait();
                } else {
                    // The second look at "waiting" closes the gap between the first and "parked".
                    parked = true;
                    while (!waiting.get()) {
                        LockSupport.park(this);
                    }
                    parked = false;
                }
            }
        }
    }
}
