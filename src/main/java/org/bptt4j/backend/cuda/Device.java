package org.bptt4j.backend.cuda;

import static jcuda.driver.JCudaDriver.cuCtxSetCurrent;
import static jcuda.driver.JCudaDriver.cuDeviceGet;
import static jcuda.driver.JCudaDriver.cuDeviceGetAttribute;
import static jcuda.driver.JCudaDriver.cuDeviceGetName;
import static jcuda.driver.JCudaDriver.cuDevicePrimaryCtxRelease;
import static jcuda.driver.JCudaDriver.cuDevicePrimaryCtxRetain;
import static jcuda.driver.JCudaDriver.cuStreamCreate;
import static jcuda.driver.JCudaDriver.cuStreamDestroy;
import static jcuda.driver.JCudaDriver.cuStreamQuery;
import static jcuda.driver.JCudaDriver.cuStreamSynchronize;

import java.nio.charset.StandardCharsets;
import jcuda.driver.CUcontext;
import jcuda.driver.CUdevice;
import jcuda.driver.CUdevice_attribute;
import jcuda.driver.CUresult;
import jcuda.driver.CUstream;
import jcuda.driver.CUstream_flags;

/** One card: its primary context, which other libraries of the process share, and two streams of our own. */
final class Device implements AutoCloseable {
    private final CUdevice device = new CUdevice();
    private final CUcontext context = new CUcontext();
    private final int number;
    /** Where the operations run. */
    private final CUstream compute;
    /** Where uploads run, so that they need not wait for the operations. */
    private final CUstream copy;

    private final Arguments arguments;
    private final Tally tally = new Tally();

    Device(int number) {
        this.number = number;
        Status.driver("cuDeviceGet", cuDeviceGet(device, number));
        Status.driver("cuDevicePrimaryCtxRetain", cuDevicePrimaryCtxRetain(context, device));
        Arguments slots = null;
        CUstream first = null;
        try {
            bind();
            slots = new Arguments();
            first = stream();
            copy = stream();
        } catch (RuntimeException e) {
            if (first != null) {
                cuStreamDestroy(first);
            }
            if (slots != null) {
                slots.close();
            }
            release();
            throw e;
        }
        arguments = slots;
        compute = first;
    }

    private static CUstream stream() {
        CUstream stream = new CUstream();
        Status.driver("cuStreamCreate", cuStreamCreate(stream, CUstream_flags.CU_STREAM_NON_BLOCKING));
        return stream;
    }

    /** Contexts belong to threads, and other libraries may have left theirs: every entry begins with this. */
    void bind() {
        Status.driver("cuCtxSetCurrent", cuCtxSetCurrent(context));
    }

    int number() {
        return number;
    }

    CUstream compute() {
        return compute;
    }

    CUstream copy() {
        return copy;
    }

    /** Of all launches on {@link #compute}. */
    Arguments arguments() {
        return arguments;
    }

    /** What is asked of this device through us. */
    Tally tally() {
        return tally;
    }

    /** Waits for all work of both streams. */
    void synchronize() {
        waitFor(copy);
        waitFor(compute);
    }

    /** Waits for all work of one of the streams. */
    void waitFor(CUstream stream) {
        Status.driver("cuStreamSynchronize", cuStreamSynchronize(stream));
        tally.waited();
    }

    /** Throws what an earlier operation failed with, if one did: cuBLAS would only say that its own call failed. */
    void requireAlive(String call) {
        int code = cuStreamQuery(compute);
        // The last one says that calls are being recorded: nobody can tell then.
        if (code != CUresult.CUDA_ERROR_NOT_READY && code != CUresult.CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED) {
            Status.driver(call + " after an operation that", code);
        }
    }

    /** As the card calls itself. */
    String model() {
        return model(device);
    }

    /** The same for a device that is not opened. */
    static String model(CUdevice device) {
        byte[] bytes = new byte[256];
        Status.driver("cuDeviceGetName", cuDeviceGetName(bytes, bytes.length, device));
        int end = 0;
        while (end < bytes.length && bytes[end] != 0) {
            end++;
        }
        return new String(bytes, 0, end, StandardCharsets.UTF_8);
    }

    /** Compute capability times ten: 75 for Turing, 90 for Hopper. */
    int capability() {
        return capability(device);
    }

    /** The same for a device that is not opened. */
    static int capability(CUdevice device) {
        return 10 * attribute(device, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR)
                + attribute(device, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR);
    }

    /** What a block of a persistent kernel may use. */
    Limits limits() {
        return new Limits(
                attribute(device, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT),
                attribute(device, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_MAX_REGISTERS_PER_BLOCK),
                attribute(device, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_BLOCK_OPTIN),
                attribute(device, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COOPERATIVE_LAUNCH) != 0);
    }

    /**
     * @param registers of 32 bits that one block may use
     * @param shared memory in bytes that one block may use if it asks
     * @param cooperative whether blocks can be launched that wait for each other
     */
    record Limits(int multiprocessors, int registers, int shared, boolean cooperative) {}

    /** The same of any attribute. */
    static int attribute(CUdevice device, int which) {
        int[] value = new int[1];
        Status.driver("cuDeviceGetAttribute", cuDeviceGetAttribute(value, which, device));
        return value[0];
    }

    /** Whatever went wrong before, the streams and this hold on the context are given back: codes are not looked at. */
    @Override
    public void close() {
        cuStreamDestroy(copy);
        cuStreamDestroy(compute);
        arguments.close();
        release();
    }

    /** Not with the context current: giving it back does not take it from the thread. */
    private void release() {
        cuCtxSetCurrent(new CUcontext());
        cuDevicePrimaryCtxRelease(device);
    }
}
