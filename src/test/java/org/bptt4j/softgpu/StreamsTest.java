package org.bptt4j.softgpu;

import static jcuda.driver.JCudaDriver.cuCtxSynchronize;
import static jcuda.driver.JCudaDriver.cuEventCreate;
import static jcuda.driver.JCudaDriver.cuEventQuery;
import static jcuda.driver.JCudaDriver.cuEventRecord;
import static jcuda.driver.JCudaDriver.cuMemHostAlloc;
import static jcuda.driver.JCudaDriver.cuMemcpyDtoDAsync;
import static jcuda.driver.JCudaDriver.cuMemcpyDtoHAsync;
import static jcuda.driver.JCudaDriver.cuMemcpyHtoDAsync;
import static jcuda.driver.JCudaDriver.cuMemsetD32;
import static jcuda.driver.JCudaDriver.cuMemsetD32Async;
import static jcuda.driver.JCudaDriver.cuStreamCreate;
import static jcuda.driver.JCudaDriver.cuStreamQuery;
import static jcuda.driver.JCudaDriver.cuStreamSynchronize;
import static jcuda.driver.JCudaDriver.cuStreamWaitEvent;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteOrder;
import java.nio.IntBuffer;
import jcuda.Pointer;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUevent;
import jcuda.driver.CUresult;
import jcuda.driver.CUstream;
import jcuda.driver.CUstream_flags;
import jcuda.driver.JCudaDriver;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Work happens when it is waited for, and in an order that is legal but not the kindest. */
@SuppressWarnings("try") // a Lab is there while it is open
class StreamsTest {
    private static CUstream stream(int flags) {
        CUstream stream = new CUstream();
        Lab.check(cuStreamCreate(stream, flags));
        return stream;
    }

    private static CUstream nonBlocking() {
        return stream(CUstream_flags.CU_STREAM_NON_BLOCKING);
    }

    private static IntBuffer pinned(Pointer pointer, int count) {
        Lab.check(cuMemHostAlloc(pointer, 4L * count, 0));
        return pointer.getByteBuffer(0, 4L * count)
                .order(ByteOrder.nativeOrder())
                .asIntBuffer();
    }

    @Test
    void pinnedMemoryIsReadWhenTheCopyRuns() {
        try (Lab lab = new Lab()) {
            CUstream stream = nonBlocking();
            Pointer host = new Pointer();
            IntBuffer values = pinned(host, 1);
            CUdeviceptr device = Lab.allocate(4);
            values.put(0, 7);
            Lab.check(cuMemcpyHtoDAsync(device, host, 4, stream));
            values.put(0, 8);
            Lab.check(cuStreamSynchronize(stream));
            assertEquals(8, Lab.ints(device, 1)[0], "reused too early");
            assertEquals(1, SoftGpu.counter("copy.htod.async.pinned"));
            assertEquals(4, SoftGpu.counter("copy.htod.async.pinned.bytes"));
        }
    }

    @Test
    void pageableMemoryIsReadAtTheCall() {
        try (Lab lab = new Lab()) {
            CUstream stream = nonBlocking();
            int[] host = {7};
            CUdeviceptr device = Lab.allocate(4);
            Lab.check(cuMemcpyHtoDAsync(device, Pointer.to(host), 4, stream));
            host[0] = 8;
            Lab.check(cuStreamSynchronize(stream));
            Lab.check(cuMemcpyDtoHAsync(Pointer.to(host), device, 4, stream));
            assertEquals(7, host[0], "back without a wait, as from pageable memory");
        }
    }

    @Test
    void theHostSeesNothingBeforeItWaits() {
        try (Lab lab = new Lab()) {
            CUstream stream = nonBlocking();
            Pointer host = new Pointer();
            IntBuffer values = pinned(host, 1);
            values.put(0, 1);
            Lab.check(cuMemcpyDtoHAsync(host, Lab.upload(5), 4, stream));
            assertEquals(1, values.get(0));
            assertEquals(CUresult.CUDA_ERROR_NOT_READY, cuStreamQuery(stream));
            assertEquals(0, cuStreamQuery(stream));
            assertEquals(5, values.get(0));
            assertEquals(2, SoftGpu.counter("query.stream"));
        }
    }

    /** A synchronous copy goes through the default stream, which does not wait for streams that do not block. */
    @Test
    void aSynchronousCopyWaitsForBlockingStreamsOnly() {
        try (Lab lab = new Lab()) {
            CUdeviceptr device = Lab.upload(1);
            Lab.check(cuMemsetD32Async(device, 2, 1, nonBlocking()));
            assertEquals(1, Lab.ints(device, 1)[0]);
            Lab.check(cuCtxSynchronize());
            assertEquals(2, Lab.ints(device, 1)[0]);
            Lab.check(cuMemsetD32Async(device, 3, 1, stream(CUstream_flags.CU_STREAM_DEFAULT)));
            assertEquals(3, Lab.ints(device, 1)[0]);
            Lab.check(cuMemsetD32(device, 4, 1));
            CUstream blocking = stream(CUstream_flags.CU_STREAM_DEFAULT);
            CUdeviceptr copy = Lab.allocate(4);
            Lab.check(cuMemcpyDtoDAsync(copy, device, 4, blocking));
            Lab.check(cuStreamSynchronize(blocking));
            assertEquals(4, Lab.ints(copy, 1)[0], "a blocking stream waits for the default one");
        }
    }

    /** One stream makes, another uses: right with an event between them, wrong without in one of the orders. */
    private static int produced(String order, boolean ordered, boolean waitForProducer) {
        try (Lab lab = new Lab("streams=" + order)) {
            CUstream producer = nonBlocking(), consumer = nonBlocking();
            CUdeviceptr source = Lab.upload(1), target = Lab.upload(0);
            Lab.check(cuMemsetD32Async(source, 2, 1, producer));
            CUevent event = new CUevent();
            Lab.check(cuEventCreate(event, 2));
            Lab.check(cuEventRecord(event, producer));
            if (ordered) {
                Lab.check(cuStreamWaitEvent(consumer, event, 0));
            }
            Lab.check(cuMemcpyDtoDAsync(target, source, 4, consumer));
            Lab.check(waitForProducer ? cuStreamSynchronize(producer) : cuStreamSynchronize(consumer));
            Lab.check(cuCtxSynchronize());
            return Lab.ints(target, 1)[0];
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"lazy", "eager", "random"})
    void eventsOrderStreams(String order) {
        assertEquals(2, produced(order, true, false));
        assertEquals(2, produced(order, true, true));
    }

    @Test
    void aForgottenEventShows() {
        assertEquals(1, produced("lazy", false, false));
        assertEquals(1, produced("eager", false, true));
    }

    @Test
    void eventsCanBeAskedAndWaitedFor() {
        try (Lab lab = new Lab()) {
            CUstream stream = nonBlocking();
            CUdeviceptr device = Lab.upload(1);
            CUevent event = new CUevent();
            Lab.check(cuEventCreate(event, 0));
            assertEquals(0, cuEventQuery(event), "never recorded");
            Lab.check(cuMemsetD32Async(device, 2, 1, stream));
            Lab.check(cuEventRecord(event, stream));
            Lab.check(cuMemsetD32Async(device, 3, 1, stream));
            assertEquals(CUresult.CUDA_ERROR_NOT_READY, cuEventQuery(event));
            Lab.check(JCudaDriver.cuEventSynchronize(event));
            assertEquals(2, Lab.ints(device, 1)[0], "what comes after the event has not run");
            Lab.check(cuStreamSynchronize(stream));
            assertArrayEquals(new int[] {3}, Lab.ints(device, 1));
            assertEquals(1, SoftGpu.counter("sync.event"));
            assertEquals(1, SoftGpu.counter("sync.stream"));
        }
    }
}
