package org.bptt4j.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class BatchTest {
    private static void refused(String word, Runnable call) {
        String message = assertThrows(IllegalArgumentException.class, call::run).getMessage();
        assertTrue(message.contains(word), message);
    }

    @Test
    void shapesMustFit() {
        refused("T = 0", () -> Batch.dense(0, 1, 1, new float[0]));
        refused("B = 0", () -> Batch.symbols(1, 0, new int[0]));
        refused("input size 0", () -> Batch.dense(1, 1, 0, new float[0]));
        refused("needs 2 × 3 × 4 = 24", () -> Batch.dense(2, 3, 4, new float[23]));
        refused("needs 2 × 3 = 6", () -> Batch.symbols(2, 3, new int[7]));
        refused("= 10000000000", () -> Batch.dense(100_000, 100_000, 1, new float[1]));
        Batch batch = Batch.symbols(2, 3, new int[6]);
        refused("needs 3", () -> batch.withLengths(new int[2]));
        refused("resets [T,B] has 5 elements, needs 2 × 3 = 6", () -> batch.withResets(new boolean[5]));
        refused("length 0 of row 1", () -> batch.withLengths(new int[] {1, 0, 2}));
        refused("length 3 of row 2", () -> batch.withLengths(new int[] {1, 1, 3}));
    }

    @Test
    void whatIsAddedLeavesTheRest() {
        float[] x = new float[12];
        Batch batch = Batch.dense(2, 3, 2, x).withLengths(new int[] {1, 2, 1}).withTargets(new int[6]);
        assertEquals(2, batch.steps());
        assertEquals(3, batch.rows());
        assertEquals(2, batch.inputSize());
        assertEquals(1, batch.length(2));
        assertEquals(6, batch.classes().length);
        assertNull(batch.resets());
        boolean[] mask = new boolean[6];
        Batch anew = batch.withResets(mask);
        for (Batch b : List.of(
                anew,
                anew.continuing(),
                anew.withTargets(new int[6]),
                anew.withTargets(new float[6]),
                anew.withLengths(new int[] {1, 1, 1}),
                anew.withInitialState(new float[3]))) {
            assertSame(mask, b.resets());
        }
        assertNull(batch.values());
        assertNull(batch.withTargets(new float[1]).classes());
        assertFalse(batch.isContinuing());
        Batch next = batch.continuing();
        assertTrue(next.isContinuing() && next.x() == x && next.length(0) == 1 && next.classes() != null);
    }

    /** A state is carried over or given, not both: what was said last holds. */
    @Test
    void theStateIsCarriedOrGiven() {
        Batch batch = Batch.symbols(1, 1, new int[1]);
        Batch given = batch.continuing().withInitialState(new float[1]);
        assertFalse(given.isContinuing());
        assertEquals(1, given.initialState().length);
        assertNull(given.continuing().initialState());
    }

    @Test
    void paddingIsZeroInACopy() {
        float[] x = {1, 2, 3, 4, 5, 6, 7, 8};
        Batch batch = Batch.dense(4, 1, 2, x).withLengths(new int[] {3});
        float[] copy = {9, 9, 9, 9, 9, 9, 9, 9, 9};
        batch.copyWithoutPadding(x, 2, 0, 4, copy);
        assertArrayEquals(new float[] {1, 2, 3, 4, 5, 6, 0, 0, 9}, copy);
        Arrays.fill(copy, 9);
        batch.copyWithoutPadding(x, 2, 2, 4, copy);
        assertArrayEquals(new float[] {5, 6, 0, 0, 9, 9, 9, 9, 9}, copy);
        assertEquals(8, x[7]);
        assertFalse(batch.isPadding(2));
        assertTrue(batch.isPadding(3));
    }
}
