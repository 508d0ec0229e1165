package org.bptt4j;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Set;

/** Counts the bytes that this thread, and every thread started after this object was made, allocate on the Java heap. */
final class AllocationCounter {
    private static final ThreadMXBean BEAN = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    /** Steps of one measurement. */
    private static final int STEPS = 25;
    /** Equal measurements in a row that are believed. */
    private static final int ENOUGH = 4;

    private final Thread me = Thread.currentThread();
    private final Set<Thread> others = Thread.getAllStackTraces().keySet();

    /** Bytes of one {@code step}, the mean of a few. */
    double mean(Runnable step) {
        long[] threads = Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread == me || !others.contains(thread))
                .mapToLong(Thread::getId)
                .toArray();
        long before = sum(threads);
        for (int s = 0; s < STEPS; s++) {
            step.run();
        }
        return (double) (sum(threads) - before) / STEPS;
    }

    /** Allocates nothing itself. */
    private static long sum(long[] threads) {
        long sum = 0;
        for (long thread : threads) {
            sum += BEAN.getThreadAllocatedBytes(thread);
        }
        return sum;
    }

    /**
     * Bytes of one {@code step} once they have settled. Before that, code that is interpreted makes objects which the compiled
     * code does without: above all every vector.
     *
     * @param most steps after which what is compiled at all must have been
     * @return {@code expected} as soon as 100 steps on end took it; else what the last few took
     */
    double settled(double expected, int most, Runnable step) {
        double bytes = -1;
        int equal = 0;
        for (int i = 0; i < most && equal < ENOUGH; i += STEPS) {
            bytes = mean(step);
            equal = bytes == expected ? equal + 1 : 0;
        }
        return bytes;
    }
}
