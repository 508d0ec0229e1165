package org.bptt4j.backend;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.bptt4j.spec.Clipping;
import org.junit.jupiter.api.Test;

/** Arrays: zeros at first, copies in and out, counted, refused beyond their ends. */
interface MemoryContract extends Contract {
    @Test
    @Covers({"allocate", "download", "allocatedBytes"})
    default void newFloatsAreZeroAndCounted() {
        for (int length : new int[] {0, 1, 7, 8, 9, 1000, 100_003}) {
            // What was there before must not shine through.
            try (DeviceArray dirty = backend().allocate(length)) {
                backend().fill(new Matrix(dirty, 0, length, 1, 1), 5f);
            }
            try (DeviceArray array = backend().allocate(length)) {
                assertEquals(DeviceArray.Type.FLOAT, array.type());
                assertEquals(length, array.length());
                assertEquals(4L * length, backend().allocatedBytes());
                assertArrayEquals(new float[length], kit().read(array));
            }
            assertEquals(0, backend().allocatedBytes());
        }
    }

    @Test
    @Covers({"allocateInts", "upload(int[])", "gatherRows"})
    default void newIntsAreZeroAndUploadsLandWhereTheyShould() {
        DeviceArray array = backend().allocateInts(5);
        assertEquals(DeviceArray.Type.INT, array.type());
        assertEquals(20, backend().allocatedBytes());
        backend().upload(new int[] {99, 3, 2, 99}, 1, 2, array, 2);
        // Ints cannot be downloaded: rows of numbers tell what they are.
        Matrix numbers = kit().matrix(new float[][] {{10}, {11}, {12}, {13}});
        Matrix to = kit().randomMatrix(5, 1);
        backend().gatherRows(new Ints(array, 0, 5), numbers, to);
        assertArrayEquals(new float[][] {{10}, {10}, {13}, {12}, {10}}, kit().read(to));
        array.close();
    }

    @Test
    @Covers({"upload(float[])", "download", "synchronize"})
    default void uploadsAndDownloadsTakeRanges() {
        DeviceArray array = kit().floats(0, 1, 2, 3, 4, 5, 6);
        float[] host = {-1, -2, -3, -4};
        backend().upload(host, 1, 2, array, 4);
        host[1] = 77; // may be reused at once
        float[] back = {9, 9, 9, 9, 9, 9};
        backend().download(array, 3, back, 1, 4);
        assertArrayEquals(new float[] {9, 3, -2, -3, 6, 9}, back);
        backend().upload(host, 4, 0, array, 7);
        backend().download(array, 7, back, 6, 0);
        backend().synchronize();
        assertArrayEquals(new float[] {0, 1, 2, 3, -2, -3, 6}, kit().read(array));
    }

    @Test
    @Covers({"upload(float[])", "upload(int[])", "download"})
    default void copiesBeyondAnEndAreRefused() {
        DeviceArray floats = kit().floats(1, 2, 3);
        DeviceArray ints = kit().ints(1).array();
        float[] four = new float[4];
        refused(() -> backend().upload(four, 0, 4, floats, 0));
        refused(() -> backend().upload(four, 0, 2, floats, 2));
        refused(() -> backend().upload(four, 3, 2, floats, 0));
        refused(() -> backend().upload(four, -1, 2, floats, 0));
        refused(() -> backend().upload(four, 0, -1, floats, 0));
        refused(() -> backend().upload(four, 0, 1, floats, -1));
        refused(() -> backend().upload(four, 0, 1, floats, 1L << 40));
        refused(() -> backend().upload(new int[4], 0, 4, ints, 0));
        refused(() -> backend().upload(new int[1], 0, 2, ints, 0));
        refused(() -> backend().download(floats, 1, four, 0, 3));
        refused(() -> backend().download(floats, 0, four, 2, 3));
        assertArrayEquals(new float[] {1, 2, 3}, kit().read(floats));
    }

    @Test
    default void theWrongTypeIsRefused() {
        DeviceArray floats = kit().floats(1, 2, 3);
        DeviceArray ints = kit().ints(1).array();
        refused(() -> backend().upload(new int[1], 0, 1, floats, 0));
        refused(() -> backend().upload(new float[1], 0, 1, ints, 0));
        refused(() -> backend().download(ints, 0, new float[1], 0, 1));
        refused(() -> backend().globalNorm(ints, kit().report()));
        refused(() -> backend().clip(Clipping.NONE, ints, kit().report()));
    }

    private static void refused(Runnable call) {
        String message = assertThrows(IllegalArgumentException.class, call::run).getMessage();
        assertTrue(message != null && message.length() > 10, "says what is wrong: " + message);
    }

    @Test
    @Covers("allocate")
    default void tooMuchIsRefusedWithNumbersAndNegativeAsNonsense() {
        assertThrows(IllegalArgumentException.class, () -> backend().allocate(-1));
        long length = 1L << 50;
        String message = assertThrows(
                        OutOfDeviceMemoryException.class, () -> backend().allocate(length))
                .getMessage();
        assertTrue(message.contains(Long.toString(4 * length)), message);
        assertEquals(0, backend().allocatedBytes());
    }

    @Test
    @Covers({"name", "description", "rowsPerPass", "runsBehind", "simulated"})
    default void itSaysWhatItIs() {
        assertTrue(backend().rowsPerPass() > 0);
        assertEquals(!backend().name().equals("cpu"), backend().runsBehind());
        assertFalse(backend().simulated() && backend().name().equals("cpu"));
        assertFalse(backend().name().isBlank());
        assertTrue(
                backend().description().contains(backend().name().split(":", -1)[0]),
                backend().description());
        try (Backend real = open(1);
                DeviceArray array = real.allocate(1)) {
            assertSame(real, array.backend());
        }
    }

    @Test
    @Covers("counts")
    default void aDeviceCountsWhatItIsAsked() {
        DeviceArray array = kit().floats(new float[10]);
        Counts before = backend().counts();
        backend().upload(new float[7], 0, 7, array, 3);
        backend().fill(new Matrix(array, 0, 2, 5, 5), 1f);
        backend().fill(new Matrix(array, 0, 2, 4, 5), 1f);
        backend().download(array, 0, new float[10], 0, 10);
        Counts counts = backend().counts().minus(before);
        if (backend().name().equals("cpu")) {
            assertEquals(Counts.NONE, counts);
            return;
        }
        assertEquals(new Counts(1, 0, 0, 1, 0, 0, 1, 28, 1, 40, 1, 1), counts);
        assertEquals(1, counts.submissions());
    }
}
