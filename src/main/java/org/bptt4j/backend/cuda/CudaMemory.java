package org.bptt4j.backend.cuda;

import static jcuda.driver.JCudaDriver.cuMemAlloc;
import static jcuda.driver.JCudaDriver.cuMemFree;
import static jcuda.driver.JCudaDriver.cuMemGetInfo;
import static jcuda.driver.JCudaDriver.cuMemsetD32Async;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import jcuda.driver.CUresult;
import org.bptt4j.backend.DeviceArray;
import org.bptt4j.backend.DeviceException;
import org.bptt4j.backend.OutOfDeviceMemoryException;

/** The device memory of one backend: its arrays and the scratch of its operations. */
final class CudaMemory {
    /** Of which there is a copy on the host. */
    private static final long MOST_INTS = Integer.MAX_VALUE - 8;

    private final CudaBackend owner;
    private final Device device;
    private final Set<CudaArray> arrays = new LinkedHashSet<>();
    private final List<Address.Block> scratch = new ArrayList<>();
    private long bytes;

    CudaMemory(CudaBackend owner, Device device) {
        this.owner = owner;
        this.device = device;
    }

    /** Zeros, on the stream of the operations. */
    CudaArray allocate(DeviceArray.Type type, long length) {
        if (length > Long.MAX_VALUE / Float.BYTES) {
            throw outOfMemory(Long.MAX_VALUE);
        }
        if (type == DeviceArray.Type.INT && length > MOST_INTS) {
            throw new IllegalArgumentException(
                    length + " ints: more than a Java array holds, and so than can be uploaded");
        }
        Address.Block block = block(length * Float.BYTES);
        try {
            fill(block, Math.max(1, length), 0f);
            CudaArray array = new CudaArray(owner, type, length, block);
            arrays.add(array);
            bytes += length * Float.BYTES;
            return array;
        } catch (RuntimeException | OutOfMemoryError e) {
            cuMemFree(block);
            throw e;
        }
    }

    /** {@code count} elements from element {@code at} on become {@code value}, on the stream of the operations. */
    void fill(CudaArray array, long at, long count, float value) {
        if (count > 0) {
            fill(array.block().from(at * Float.BYTES), count, value);
        }
    }

    private void fill(Address.Block block, long count, float value) {
        int code = cuMemsetD32Async(block, Float.floatToRawIntBits(value), count, device.compute());
        Status.driver("cuMemsetD32Async", code);
        device.tally().fill();
    }

    /** Memory for the operations themselves, with anything in it; not counted among the arrays. */
    Address.Block scratch(long size) {
        Address.Block block = block(size);
        scratch.add(block);
        return block;
    }

    /** Waits for the work that may still use the block. */
    void freeScratch(Address.Block block) {
        scratch.remove(block);
        free(block);
    }

    private Address.Block block(long size) {
        Address.Block block = new Address.Block();
        int code = cuMemAlloc(block, Math.max(Float.BYTES, size));
        // No driver's documentation says which of the two it is for more than a card can have.
        if (code == CUresult.CUDA_ERROR_OUT_OF_MEMORY || code == CUresult.CUDA_ERROR_INVALID_VALUE && size > total()) {
            throw outOfMemory(size);
        }
        Status.driver("cuMemAlloc of " + size + " bytes", code);
        return block;
    }

    private static long total() {
        long[] total = new long[1];
        Status.driver("cuMemGetInfo", cuMemGetInfo(new long[1], total));
        return total[0];
    }

    private OutOfDeviceMemoryException outOfMemory(long asked) {
        long[] free = new long[1];
        Status.driver("cuMemGetInfo", cuMemGetInfo(free, new long[1]));
        return new OutOfDeviceMemoryException(owner.name(), asked, free[0], null);
    }

    /** Waits for the work that may still use the array. The array is closed whatever the driver says. */
    void free(CudaArray array) {
        free(forget(array));
    }

    private void free(Address.Block block) {
        DeviceException before = null;
        try {
            device.synchronize();
        } catch (DeviceException e) {
            before = e;
        }
        int code = cuMemFree(block);
        if (before != null) {
            throw before;
        }
        Status.driver("cuMemFree", code);
    }

    private Address.Block forget(CudaArray array) {
        arrays.remove(array);
        bytes -= array.length() * Float.BYTES;
        return array.release();
    }

    /** In reverse order of allocation, after all work is done or lost; codes are not looked at. */
    void freeAll() {
        List<CudaArray> open = new ArrayList<>(arrays);
        for (int i = open.size() - 1; i >= 0; i--) {
            cuMemFree(forget(open.get(i)));
        }
        for (int i = scratch.size() - 1; i >= 0; i--) {
            cuMemFree(scratch.get(i));
        }
        scratch.clear();
    }

    long bytes() {
        return bytes;
    }

    /** Refuses arrays of another backend and closed ones. */
    CudaArray own(DeviceArray array) {
        if (array.backend() != owner) {
            throw new IllegalArgumentException("an array of another backend ("
                    + array.backend().name() + ") was handed to this one (" + owner.name()
                    + "); download and upload it");
        }
        CudaArray own = (CudaArray) array;
        if (own.isClosed()) {
            throw new IllegalStateException("an array of " + array.length() + " elements was used after close");
        }
        return own;
    }
}
