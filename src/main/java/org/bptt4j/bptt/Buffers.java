package org.bptt4j.bptt;

import java.util.ArrayList;
import java.util.List;
import org.bptt4j.backend.Backend;
import org.bptt4j.backend.DeviceArray;
import org.bptt4j.backend.Ints;
import org.bptt4j.backend.Matrix;

/**
 * Device memory that grows when a batch needs more and is kept otherwise, so that a steady training loop allocates nothing.
 * Freed in reverse order of allocation.
 */
final class Buffers implements AutoCloseable {
    private final Backend backend;
    private final List<Slot> slots = new ArrayList<>();

    Buffers(Backend backend) {
        this.backend = backend;
    }

    /** A place for one array. */
    final class Slot {
        private DeviceArray array;

        /** A matrix [rows, cols] in this slot's memory. What was there before is kept only if it did not have to grow. */
        Matrix matrix(long rows, int cols) {
            long needed = Math.multiplyExact(rows, (long) cols);
            if (array == null || array.length() < needed) {
                close();
                array = backend.allocate(needed);
            }
            return Matrix.of(array, rows, cols);
        }

        /** {@code count} ints in this slot's memory. */
        Ints ints(long count) {
            if (array == null || array.length() < count) {
                close();
                array = backend.allocateInts(count);
            }
            return new Ints(array, 0, count);
        }

        private void close() {
            if (array != null) {
                array.close();
                array = null;
            }
        }
    }

    Slot slot() {
        Slot slot = new Slot();
        slots.add(slot);
        return slot;
    }

    /** {@code count} slots. */
    List<Slot> slots(int count) {
        List<Slot> list = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            list.add(slot());
        }
        return list;
    }

    @Override
    public void close() {
        for (int i = slots.size() - 1; i >= 0; i--) {
            slots.get(i).close();
        }
    }
}
