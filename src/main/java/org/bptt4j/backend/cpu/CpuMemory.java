package org.bptt4j.backend.cpu;

import java.util.HashSet;
import java.util.Set;
import org.bptt4j.backend.DeviceArray;
import org.bptt4j.backend.OutOfDeviceMemoryException;

/** The arrays of one CPU backend: allocates and frees them, and refuses closed ones and those of another backend. */
final class CpuMemory {
    /** The longest array that every JVM allows. */
    private static final long LONGEST = Integer.MAX_VALUE - 8;

    private final CpuBackend owner;
    private final Set<CpuArray> arrays = new HashSet<>();
    private long bytes;

    CpuMemory(CpuBackend owner) {
        this.owner = owner;
    }

    CpuArray allocate(DeviceArray.Type type, long length) {
        if (length > LONGEST) {
            throw new OutOfDeviceMemoryException(owner.name(), bytesOf(length), 4 * LONGEST, null);
        }
        try {
            CpuArray array = new CpuArray(owner, type, (int) length);
            arrays.add(array);
            bytes += 4 * length;
            return array;
        } catch (OutOfMemoryError e) {
            Runtime jvm = Runtime.getRuntime();
            long free = jvm.maxMemory() - jvm.totalMemory() + jvm.freeMemory();
            throw new OutOfDeviceMemoryException(owner.name(), 4 * length, free, e);
        }
    }

    /** Four for each element, and the largest number where that is too much for one. */
    private static long bytesOf(long length) {
        return length > Long.MAX_VALUE / 4 ? Long.MAX_VALUE : 4 * length;
    }

    void free(CpuArray array) {
        array.release();
        arrays.remove(array);
        bytes -= 4 * array.length();
    }

    void freeAll() {
        arrays.forEach(CpuArray::release);
        arrays.clear();
        bytes = 0;
    }

    long bytes() {
        return bytes;
    }

    /** Refuses arrays of another backend and closed ones. */
    CpuArray own(DeviceArray array) {
        if (array.backend() != owner) {
            throw new IllegalArgumentException("an array of another backend ("
                    + array.backend().name() + ") was handed to this one (" + owner.name()
                    + "); download and upload it");
        }
        CpuArray own = (CpuArray) array;
        if (own.isClosed()) {
            throw new IllegalStateException("an array of " + array.length() + " elements was used after close");
        }
        return own;
    }
}
