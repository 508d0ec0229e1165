package org.bptt4j.backend.cpu;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Lets the threads of one sweep wait for each other between two steps, which are too short to park. Everything written before
 * {@link #await} is seen by the others after it.
 */
final class SpinBarrier {
    /** Spins before a thread offers its processor: without it, more threads than processors would stall for time slices. */
    private static final int SPINS = 1000;

    private final int parties;
    private final AtomicInteger arrived = new AtomicInteger();
    private volatile int generation;
    private volatile boolean broken;

    SpinBarrier(int parties) {
        this.parties = parties;
    }

    /** Whether it is one for {@code count} parties and none of them has failed. */
    boolean serves(int count) {
        return parties == count && !broken;
    }

    /** Called by a party that failed and will not come again: the others throw in place of waiting for ever. */
    void breakUp() {
        broken = true;
    }

    /** Returns when all parties have called it; throws an {@link IllegalStateException} once one has failed. */
    void await() {
        if (parties == 1) {
            return;
        }
        int mine = generation;
        if (arrived.incrementAndGet() == parties) {
            arrived.set(0);
            generation = mine + 1;
            return;
        }
        for (int spins = 0; generation == mine; spins++) {
            if (broken) {
                throw new IllegalStateException("another thread of this sweep failed");
            }
            if (spins < SPINS) {
                Thread.onSpinWait();
            } else {
                Thread.yield();
            }
        }
    }
}
