package org.bptt4j.backend.cpu;

import java.util.function.IntFunction;
import org.bptt4j.backend.OutOfDeviceMemoryException;

/**
 * Memory of the operations themselves, made when it is first needed and kept. A heap that is too small for it is an {@link
 * OutOfDeviceMemoryException} like that of an array.
 */
final class Workspace {
    /** The longest array that every JVM allows. */
    static final long LONGEST = Integer.MAX_VALUE - 8;

    private Workspace() {}

    /** {@code memory}, or a new array if that is null or shorter than {@code least}. */
    static float[] floats(float[] memory, long least) {
        return memory != null && memory.length >= least ? memory : array(least, Float.BYTES, float[]::new);
    }

    /** {@code memory}, or a new array if that is null or shorter than {@code least}. */
    static double[] doubles(double[] memory, long least) {
        return memory != null && memory.length >= least ? memory : array(least, Double.BYTES, double[]::new);
    }

    /** An array of {@code length} elements of so many bytes. */
    static <A> A array(long length, int bytes, IntFunction<A> maker) {
        if (length > LONGEST) {
            long asked = length > Long.MAX_VALUE / bytes ? Long.MAX_VALUE : bytes * length;
            throw new OutOfDeviceMemoryException("cpu", asked, bytes * LONGEST, null);
        }
        try {
            return maker.apply((int) length);
        } catch (OutOfMemoryError e) {
            throw outOfMemory(bytes * length, e);
        }
    }

    static OutOfDeviceMemoryException outOfMemory(long asked, OutOfMemoryError e) {
        Runtime jvm = Runtime.getRuntime();
        long free = jvm.maxMemory() - jvm.totalMemory() + jvm.freeMemory();
        return new OutOfDeviceMemoryException("cpu", asked, free, e);
    }
}
