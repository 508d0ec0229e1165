package org.bptt4j.backend;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.ConcurrentModificationException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** Closing, once or twice, and threads. */
interface LifetimeContract extends Contract {
    @Test
    @Covers("close")
    default void closingTwiceIsHarmless() {
        DeviceArray array = kit().floats(1, 2, 3);
        array.close();
        array.close();
        assertEquals(0, backend().allocatedBytes());
        DeviceArray left = backend().allocate(10);
        backend().close();
        assertEquals(0, backend().allocatedBytes());
        left.close();
        backend().close();
    }

    @Test
    default void aClosedArrayIsRefusedByEveryOperation() {
        for (Operation operation : Operation.ALL) {
            for (int i = 0; i < operation.arguments().size(); i++) {
                Object[] arguments = operation.arguments(kit());
                Operation.array(arguments[i]).close();
                assertThrows(
                        IllegalStateException.class,
                        () -> operation.call().accept(backend(), arguments),
                        operation.name() + ", argument " + i);
            }
        }
    }

    @Test
    default void aClosedBackendRefusesEveryOperation() {
        for (Operation operation : Operation.ALL) {
            try (Kit other = new Kit(open(2))) {
                Object[] arguments = operation.arguments(other);
                other.backend.close();
                assertThrows(
                        IllegalStateException.class,
                        () -> operation.call().accept(other.backend, arguments),
                        operation.name());
                assertThrows(IllegalStateException.class, () -> other.backend.allocate(1));
                assertThrows(IllegalStateException.class, () -> other.backend.allocateInts(1));
                assertThrows(IllegalStateException.class, other.backend::synchronize);
            }
        }
    }

    /** Both threads call until one meets the other inside; the number of calls only ends a backend that never notices. */
    @Test
    default void twoThreadsAtOnceAreRefused() throws InterruptedException {
        Matrix a = kit().randomMatrix(150, 150);
        Matrix c = kit().randomMatrix(150, 150);
        AtomicReference<ConcurrentModificationException> seen = new AtomicReference<>();
        AtomicBoolean enough = new AtomicBoolean();
        Thread second = new Thread(() -> {
            while (seen.get() == null && !enough.get()) {
                keepRefusal(seen, () -> backend().synchronize());
            }
        });
        second.start();
        for (int calls = 0; calls < 10_000 && seen.get() == null; calls++) {
            keepRefusal(seen, () -> backend().gemm(Transpose.NO, a, Transpose.NO, a, false, c));
        }
        enough.set(true);
        second.join();
        assertNotNull(seen.get());
        assertTrue(seen.get().getMessage().contains("thread"), seen.get().getMessage());
    }

    private static void keepRefusal(AtomicReference<ConcurrentModificationException> seen, Runnable call) {
        try {
            call.run();
        } catch (ConcurrentModificationException e) {
            seen.set(e);
        }
    }

    @Test
    default void handingOverToAnotherThreadIsFine() throws InterruptedException {
        DeviceArray array = kit().floats(1, 2);
        Thread second = new Thread(() -> backend().upload(new float[] {5}, 0, 1, array, 1));
        second.start();
        second.join();
        assertArrayEquals(new float[] {1, 5}, kit().read(array));
    }

    /** A bad row number is the caller's fault, but must not turn up again in a later, correct call. */
    @Test
    default void aFailedOperationLeavesTheBackendUsable() {
        int rows = 9000;
        int[] bad = new int[rows];
        Arrays.fill(bad, Integer.MAX_VALUE / 64);
        Ints wrong = kit().ints(bad);
        Ints right = kit().ints(new int[rows]);
        Matrix from = kit().randomMatrix(2, 40);
        Matrix to = kit().randomMatrix(rows, 40);
        for (int attempt = 0; attempt < 3; attempt++) {
            assertThrows(RuntimeException.class, () -> backend().gatherRows(wrong, from, to));
            backend().gatherRows(right, from, to);
        }
        assertArrayEquals(kit().read(from)[0], kit().read(to)[rows - 1]);
    }
}
