package org.bptt4j.backend.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class SpinBarrierTest {
    @Test
    void nobodyPassesBeforeAllHaveCome() {
        int parties = 3;
        int rounds = 2000;
        int[] counts = new int[parties];
        int[] seen = new int[parties];
        SpinBarrier barrier = new SpinBarrier(parties);
        try (Workers workers = new Workers(parties)) {
            workers.run(parties, (part, parts) -> {
                for (int round = 1; round <= rounds; round++) {
                    counts[part] = round;
                    barrier.await();
                    for (int count : counts) {
                        seen[part] += count == round ? 1 : 0;
                    }
                    barrier.await();
                }
            });
        }
        for (int n : seen) {
            assertEquals(parties * rounds, n);
        }
    }

    @Test
    void aBarrierOfOneHoldsNobodyEvenIfSharedByMany() {
        SpinBarrier barrier = new SpinBarrier(1);
        int[] passed = new int[2];
        try (Workers workers = new Workers(2)) {
            workers.run(2, (part, parts) -> {
                for (int i = 0; i < 2_000_000; i++) {
                    barrier.await();
                    passed[part]++;
                }
            });
        }
        assertEquals(4_000_000, passed[0] + passed[1]);
    }

    @Test
    void aPartyThatFailsReleasesTheOthers() {
        SpinBarrier barrier = new SpinBarrier(2);
        CountDownLatch waiting = new CountDownLatch(1);
        try (Workers workers = new Workers(2)) {
            assertThrows(
                    IllegalStateException.class,
                    () -> workers.run(2, (part, parts) -> {
                        if (part == 0) {
                            waiting.countDown();
                            barrier.await();
                        } else {
                            awaitQuietly(waiting);
                            barrier.breakUp();
                        }
                    }));
        }
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
