package org.bptt4j.backend.cuda;

import static jcuda.driver.JCudaDriver.cuEventCreate;
import static jcuda.driver.JCudaDriver.cuEventDestroy;
import static jcuda.driver.JCudaDriver.cuEventRecord;
import static jcuda.driver.JCudaDriver.cuEventSynchronize;
import static jcuda.driver.JCudaDriver.cuMemFreeHost;
import static jcuda.driver.JCudaDriver.cuMemHostAlloc;

import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import jcuda.Pointer;
import jcuda.driver.CUevent;
import jcuda.driver.CUevent_flags;
import jcuda.driver.CUresult;
import jcuda.driver.CUstream;
import org.bptt4j.backend.DeviceException;

/**
 * Host memory that the card reads and writes by itself, filled from the front by one copy after the other, and an event behind
 * the last of them.
 */
final class Pinned implements AutoCloseable {
    private final Address.Host pointer;
    private final CUevent done = new CUevent();
    private final FloatBuffer floats;
    private final IntBuffer ints;
    /** Elements that copies under way may still use. */
    private int used;

    /** Room for {@code length} elements of four bytes. */
    Pinned(int length) {
        long bytes = (long) length * Float.BYTES;
        pointer = allocate(bytes);
        int code = cuEventCreate(done, CUevent_flags.CU_EVENT_DISABLE_TIMING);
        if (code != CUresult.CUDA_SUCCESS) {
            cuMemFreeHost(pointer);
            Status.driver("cuEventCreate", code);
        }
        floats = pointer.getByteBuffer(0, bytes).order(ByteOrder.nativeOrder()).asFloatBuffer();
        ints = pointer.getByteBuffer(0, bytes).order(ByteOrder.nativeOrder()).asIntBuffer();
    }

    /** Pinned memory by itself, which its owner gives back. */
    static Address.Host allocate(long bytes) {
        Address.Host memory = new Address.Host();
        int code = cuMemHostAlloc(memory, bytes, 0);
        if (code == CUresult.CUDA_ERROR_OUT_OF_MEMORY) {
            throw new DeviceException(
                    "cuMemHostAlloc of " + bytes + " bytes",
                    CUresult.stringFor(code),
                    "the host cannot pin so much memory; use a smaller batch or fewer steps");
        }
        Status.driver("cuMemHostAlloc of " + bytes + " bytes", code);
        return memory;
    }

    int length() {
        return floats.capacity();
    }

    /** Elements behind those that copies under way may use. */
    int room() {
        return floats.capacity() - used;
    }

    /** Takes the next {@code count} elements and returns the index of the first. */
    int take(int count) {
        int at = used;
        used += count;
        return at;
    }

    FloatBuffer floats() {
        return floats;
    }

    IntBuffer ints() {
        return ints;
    }

    /** Of element {@code index}. */
    Pointer pointer(int index) {
        return pointer.withByteOffset((long) index * Float.BYTES);
    }

    /** All copies from here are behind those that {@code stream} holds now. */
    void mark(CUstream stream) {
        Status.driver("cuEventRecord", cuEventRecord(done, stream));
    }

    /** Waits until all copies from here are done, and begins anew. Returns whether there were any. */
    boolean reuse() {
        boolean waits = used > 0;
        if (waits) {
            Status.driver("cuEventSynchronize", cuEventSynchronize(done));
            used = 0;
        }
        return waits;
    }

    /** After all work is done or lost; codes are not looked at. */
    @Override
    public void close() {
        cuEventDestroy(done);
        cuMemFreeHost(pointer);
    }
}
