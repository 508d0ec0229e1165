package org.bptt4j.bptt;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import org.bptt4j.backend.Backend;
import org.bptt4j.backend.DeviceArray;
import org.bptt4j.backend.Ints;
import org.bptt4j.backend.Matrix;

/**
 * Device memory that grows when a batch needs more and is kept otherwise, and the views of it, which are made once for a shape:
 * a steady training loop allocates nothing, neither on the device nor here. Freed in reverse order of allocation.
 */
final class Buffers implements AutoCloseable {
    private final Backend backend;
    private final List<Slot> slots = new ArrayList<>();
    /** Counts what makes views useless: another shape, and memory that moved. */
    private long generation;

    Buffers(Backend backend) {
        this.backend = backend;
    }

    /** The shape of what lies in the memory changes: all {@link Views} are made again. */
    void reshape() {
        generation++;
    }

    /** A place for one array. */
    final class Slot {
        private DeviceArray array;

        /** An array of at least {@code count} floats. What was there before is kept only if it did not have to grow. */
        DeviceArray floats(long count) {
            if (makesRoom(count)) {
                array = backend.allocate(count);
            }
            return array;
        }

        /** An array of at least {@code count} ints. */
        DeviceArray ints(long count) {
            if (makesRoom(count)) {
                array = backend.allocateInts(count);
            }
            return array;
        }

        /** A matrix [rows, cols] in this slot's memory. */
        Matrix matrix(long rows, int cols) {
            return Matrix.of(floats(Math.multiplyExact(rows, (long) cols)), rows, cols);
        }

        /** {@code count} ints in this slot's memory. */
        Ints view(long count) {
            return new Ints(ints(count), 0, count);
        }

        private boolean makesRoom(long count) {
            if (array != null && array.length() >= count) {
                return false;
            }
            close();
            reshape();
            return true;
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

    /** What somebody needs to see of the memory for one segment, for each segment: made when it is first asked for. */
    final class Views<V> {
        private final IntFunction<V> maker;
        private final List<V> made = new ArrayList<>();
        private long madeIn;

        private Views(IntFunction<V> maker) {
            this.maker = maker;
        }

        V get(int segment) {
            if (madeIn != generation) {
                made.clear();
                madeIn = generation;
            }
            while (made.size() <= segment) {
                made.add(null);
            }
            V views = made.get(segment);
            if (views == null) {
                views = maker.apply(segment);
                made.set(segment, views);
            }
            return views;
        }
    }

    <V> Views<V> views(IntFunction<V> maker) {
        return new Views<>(maker);
    }

    @Override
    public void close() {
        for (int i = slots.size() - 1; i >= 0; i--) {
            slots.get(i).close();
        }
    }
}
