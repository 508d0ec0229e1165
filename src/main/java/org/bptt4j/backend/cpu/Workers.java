package org.bptt4j.backend.cpu;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * A pool of threads that all run the same job, each its own part; the caller runs part 0 and returns when all are done.
 *
 * <p>The parts of a training step follow each other within microseconds, so an idle worker spins briefly before it parks.
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
    private volatile Throwable failure;

    Workers(int threads) {
        workers = new Worker[threads - 1];
        for (int i = 0; i < workers.length; i++) {
            workers[i] = new Worker(i + 1);
            workers[i].start();
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
        } finally {
            for (int spins = 0; running.get() > 0; spins++) {
                if (spins < SPINS) {
                    Thread.onSpinWait();
                } else {
                    Thread.yield();
                }
            }
            // Cleared also when the caller's own part failed: the next job must not inherit it.
            thrown = failure;
            failure = null;
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
        private volatile boolean ready;
        private volatile boolean parked;

        Worker(int part) {
            super("bptt4j-cpu-" + part);
            this.part = part;
            setDaemon(true);
        }

        void submit(Job next, int count) {
            job = next;
            parts = count;
            ready = true;
            if (parked) {
                LockSupport.unpark(this);
            }
        }

        @Override
        public void run() {
            while (true) {
                await();
                ready = false;
                Job mine = job;
                job = null;
                if (mine == null) {
                    return;
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
            }
        }

        private void await() {
            for (int spins = 0; !ready; spins++) {
                if (spins < SPINS) {
                    Thread.onSpinWait();
                } else {
                    // The second look at "ready" closes the gap between the first and "parked".
                    parked = true;
                    while (!ready) {
                        LockSupport.park(this);
                    }
                    parked = false;
                }
            }
        }
    }
}
