package org.bptt4j.backend.cpu;

import java.util.HashSet;
import java.util.Set;
import org.bptt4j.backend.DeviceArray;

/** The arrays of one CPU backend: allocates and frees them, and refuses closed ones and those of another backend. */
final class CpuMemory {
    private final CpuBackend owner;
    private final Set<CpuArray> arrays = new HashSet<>();
    private long bytes;

    CpuMemory(CpuBackend owner) {
        this.owner = owner;
    }

    CpuArray allocate(DeviceArray.Type type, long length) {
        CpuArray array = new CpuArray(owner, type, length);
        arrays.add(array);
        bytes += Float.BYTES * length;
        return array;
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
