package org.bptt4j.bptt;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.bptt4j.backend.Backend;
import org.bptt4j.backend.DeviceArray;
import org.bptt4j.backend.Ints;
import org.bptt4j.backend.Matrix;
import org.bptt4j.spec.Sizes;

/**
 * Device memory that grows when a batch needs more and is kept otherwise, and the views of it, which are made once for a shape:
 * a steady training loop allocates nothing, neither on the device nor here. Freed in reverse order of allocation.
 */
final class Buffers implements AutoCloseable {
    private final Backend backend;
    private final List<Slot> slots = new ArrayList<>();
    /** Counts what makes views useless: another shape, and memory that moved. */
    private long generation;
    /** Which of the two arrays of a slot for two batches is in use. */
    private int side;

    Buffers(Backend backend) {
        this.backend = backend;
    }

    /** The shape of what lies in the memory changes: all {@link Views} are made again. */
    void reshape() {
        generation++;
    }

    /** Goes over to the other batch's side of the slots that have two, and back. */
    void turn() {
        side = 1 - side;
    }

    /** 0 or 1. */
    int side() {
        return side;
    }

    /** A place for one array, or for one on each side. */
    final class Slot {
        private final DeviceArray[] arrays;

        private Slot(int sides) {
            arrays = new DeviceArray[sides];
        }

        private int current() {
            return arrays.length == 1 ? 0 : side;
        }

        /** An array of at least {@code count} floats. What was there before is kept only if it did not have to grow. */
        DeviceArray floats(long count) {
            if (makesRoom(count)) {
                arrays[current()] = backend.allocate(count);
            }
            return arrays[current()];
        }

        /** An array of at least {@code count} ints. */
        DeviceArray ints(long count) {
            if (makesRoom(count)) {
                arrays[current()] = backend.allocateInts(count);
            }
            return arrays[current()];
        }

        /** A matrix [rows, cols] in this slot's memory. */
        Matrix matrix(long rows, int cols) {
            return Matrix.of(floats(Sizes.product(rows, cols)), rows, cols);
        }

        /** {@code count} ints in this slot's memory. */
        Ints view(long count) {
            return new Ints(ints(count), 0, count);
        }

        private boolean makesRoom(long count) {
            DeviceArray array = arrays[current()];
            if (array != null && array.length() >= count) {
                return false;
            }
            close(current());
            reshape();
            return true;
        }

        private void close(int which) {
            if (arrays[which] != null) {
                arrays[which].close();
                arrays[which] = null;
            }
        }

        private void close() {
            for (int which = arrays.length - 1; which >= 0; which--) {
                close(which);
            }
        }
    }

    Slot slot() {
        return slot(1);
    }

    /** For what comes up while the batch before it is still in use: one array on each side. */
    Slot twoSidedSlot() {
        return slot(2);
    }

    private Slot slot(int sides) {
        Slot slot = new Slot(sides);
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

    /** What somebody needs to see of the memory for one stretch, for each stretch and side: made when it is first asked for. */
    final class Views<V> {
        private final Function<Stretch, V> maker;
        private final List<List<V>> sides = List.of(new ArrayList<>(), new ArrayList<>());
        private long madeIn;

        private Views(Function<Stretch, V> maker) {
            this.maker = maker;
        }

        V get(Stretch stretch) {
            if (madeIn != generation) {
                sides.get(0).clear();
                sides.get(1).clear();
                madeIn = generation;
            }
            List<V> made = sides.get(side);
            while (made.size() <= stretch.number()) {
                made.add(null);
            }
            V views = made.get(stretch.number());
            if (views == null) {
                views = maker.apply(stretch);
                made.set(stretch.number(), views);
            }
            return views;
        }
    }

    <V> Views<V> views(Function<Stretch, V> maker) {
        return new Views<>(maker);
    }

    /** Bytes of all memory that is held. */
    long bytes() {
        long elements = 0;
        for (Slot slot : slots) {
            for (DeviceArray array : slot.arrays) {
                elements += array == null ? 0 : array.length();
            }
        }
        return elements * Float.BYTES;
    }

    /** Frees everything, to be made again when it is asked for. */
    @Override
    public void close() {
        for (int i = slots.size() - 1; i >= 0; i--) {
            slots.get(i).close();
        }
        reshape();
    }
}
