package org.bptt4j.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class PrefetchingSourceTest {
    /** Five batches an epoch; batch n of epoch e holds the id 10e + n. */
    private static class Numbers implements BatchSource {
        final Set<Thread> threads = ConcurrentHashMap.newKeySet();
        long epoch = -1;
        int made;

        @Override
        public void start(long to) {
            threads.add(Thread.currentThread());
            epoch = to;
            made = 0;
        }

        @Override
        public Batch next() {
            threads.add(Thread.currentThread());
            return made == 5 ? null : Batch.symbols(1, 1, new int[] {(int) (10 * epoch) + made++});
        }
    }

    private static int id(Batch batch) {
        return batch.ids()[0];
    }

    @Test
    void givesTheSameBatchesOfEveryEpoch() {
        Numbers numbers = new Numbers();
        try (PrefetchingSource source = new PrefetchingSource(numbers)) {
            for (int epoch = 0; epoch < 3; epoch++) {
                source.start(epoch);
                for (int n = 0; n < 5; n++) {
                    assertEquals(10 * epoch + n, id(source.next()));
                }
                assertNull(source.next());
                assertNull(source.next());
            }
        }
        assertEquals(1, numbers.threads.size());
        assertFalse(numbers.threads.contains(Thread.currentThread()));
    }

    @Test
    void startDropsWhatWasMadeAhead() {
        try (PrefetchingSource source = new PrefetchingSource(new Numbers())) {
            source.start(0);
            assertEquals(0, id(source.next()));
            source.start(4);
            assertEquals(40, id(source.next()));
        }
    }

    @Test
    void skipsWhatItMadeAheadToo() {
        try (PrefetchingSource source = new PrefetchingSource(new Numbers())) {
            for (int skipped = 0; skipped < 8; skipped++) {
                new SourcePosition(2, skipped).seek(source);
                if (skipped < 5) {
                    assertEquals(20 + skipped, id(source.next()));
                } else {
                    assertNull(source.next());
                }
            }
            source.start(1);
            source.next();
            source.skip(2);
            assertEquals(13, id(source.next()));
        }
    }

    @Test
    void theNextBatchIsMadeWhileTheOneBeforeIsInUse() throws InterruptedException {
        CountDownLatch second = new CountDownLatch(2);
        Numbers numbers = new Numbers() {
            @Override
            public Batch next() {
                second.countDown();
                return super.next();
            }
        };
        try (PrefetchingSource source = new PrefetchingSource(numbers)) {
            source.start(0);
            assertEquals(0, id(source.next()));
            assertTrue(second.await(30, TimeUnit.SECONDS), "nobody asked for the second batch");
        }
    }

    @Test
    void anErrorArrivesWhereItsBatchWouldHave() {
        RuntimeException broken = new IllegalStateException("broken");
        Numbers numbers = new Numbers() {
            @Override
            public Batch next() {
                if (epoch == 0 && made == 1) {
                    throw broken;
                }
                return super.next();
            }
        };
        try (PrefetchingSource source = new PrefetchingSource(numbers)) {
            source.start(0);
            assertEquals(0, id(source.next()));
            for (int call = 0; call < 2; call++) {
                assertSame(broken, assertThrows(RuntimeException.class, source::next));
            }
            assertTrue(
                    Arrays.stream(broken.getStackTrace())
                            .anyMatch(f -> f.getClassName().contains("PrefetchingSourceTest")),
                    "the stack is not the source's");
            new SourcePosition(0, 3).seek(source);
            assertSame(broken, assertThrows(RuntimeException.class, source::next));
            source.start(1);
            assertEquals(10, id(source.next()));
        }
    }

    @Test
    void closingEndsTheThread() throws InterruptedException {
        Numbers numbers = new Numbers();
        PrefetchingSource source = new PrefetchingSource(numbers);
        source.start(0);
        assertEquals(0, id(source.next()));
        source.close();
        source.close();
        Thread worker = numbers.threads.iterator().next();
        worker.join(30_000);
        assertFalse(worker.isAlive());
        assertThrows(IllegalStateException.class, () -> source.start(1));
    }

    @Test
    void anInterruptedCallerGetsItsBatchAndStaysInterrupted() {
        try (PrefetchingSource source = new PrefetchingSource(new Numbers())) {
            source.start(0);
            Thread.currentThread().interrupt();
            assertArrayEquals(new int[] {0}, source.next().ids());
            assertTrue(Thread.interrupted());
        }
    }

    @Test
    void startComesFirst() {
        try (PrefetchingSource source = new PrefetchingSource(new Numbers())) {
            assertThrows(IllegalStateException.class, source::next);
            assertThrows(IllegalStateException.class, () -> source.skip(1));
        }
    }
}
