package org.bptt4j.backend.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every part is run once, by whomever; a failure is told once; threads without work use no processor. */
@Timeout(60)
class WorkersTest {
    private static final long LITTLE_NANOS = 20_000_000;

    private final Set<Thread> before = new HashSet<>(Thread.getAllStackTraces().keySet());

    /** The threads started since this test began. */
    private List<Thread> started() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(t -> !before.contains(t) && t.getName().startsWith("bptt4j-cpu-"))
                .toList();
    }

    /** More threads than any machine of ours has processors: the caller takes parts back. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 64})
    void everyPartOfEveryJobRunsOnce(int threads) {
        AtomicIntegerArray runs = new AtomicIntegerArray(threads);
        try (Workers workers = new Workers(threads)) {
            for (int round = 0; round < 3000; round++) {
                int count = 1 + round % threads;
                workers.run(count, (part, parts) -> {
                    assertEquals(count, parts);
                    runs.incrementAndGet(part);
                });
                for (int part = 0; part < threads; part++) {
                    assertEquals(part < count ? 1 : 0, runs.getAndSet(part, 0), "runs of part " + part);
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void aFailureIsToldOnce(int failing) {
        RuntimeException failure = new IllegalArgumentException("part " + failing);
        try (Workers workers = new Workers(3)) {
            for (int round = 0; round < 100; round++) {
                RuntimeException told = assertThrows(
                        RuntimeException.class,
                        () -> workers.run(3, (part, parts) -> {
                            if (part == failing) {
                                throw failure;
                            }
                        }));
                assertSame(failure, failing == 0 ? told : told.getCause());
                workers.run(3, (part, parts) -> {});
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 64})
    void threadsWithoutWorkSleep(int threads) throws InterruptedException {
        ThreadMXBean bean = ManagementFactory.getThreadMXBean();
        try (Workers workers = new Workers(threads)) {
            List<Thread> started = started();
            assertEquals(threads - 1, started.size());
            for (int round = 0; round < 100; round++) {
                workers.run(threads, (part, parts) -> {});
            }
            for (Thread thread : started) {
                while (thread.getState() != Thread.State.WAITING) {
                    Thread.sleep(1);
                }
            }
            long[] used = started.stream()
                    .mapToLong(t -> bean.getThreadCpuTime(t.getId()))
                    .toArray();
            Thread.sleep(100);
            for (int i = 0; i < used.length; i++) {
                long more = bean.getThreadCpuTime(started.get(i).getId()) - used[i];
                assertTrue(more < LITTLE_NANOS, more + " ns of processor time without work");
            }
        }
    }

    @Test
    void closeEndsTheThreads() throws InterruptedException {
        List<Thread> started;
        try (Workers workers = new Workers(4)) {
            workers.run(4, (part, parts) -> {});
            started = started();
            assertEquals(3, started.size());
        }
        for (Thread thread : started) {
            thread.join();
        }
    }
}
