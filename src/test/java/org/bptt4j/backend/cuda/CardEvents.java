package org.bptt4j.backend.cuda;

import static jcuda.driver.JCudaDriver.cuEventCreate;
import static jcuda.driver.JCudaDriver.cuEventDestroy;
import static jcuda.driver.JCudaDriver.cuEventElapsedTime;
import static jcuda.driver.JCudaDriver.cuEventRecord;
import static jcuda.driver.JCudaDriver.cuEventSynchronize;

import jcuda.driver.CUevent;
import jcuda.driver.CUevent_flags;

/** Marks in a device's stream of operations, and the time that it takes from one to another. */
final class CardEvents implements AutoCloseable {
    private final Device device;
    private final CUevent[] events;

    CardEvents(Device device, int count) {
        this.device = device;
        events = new CUevent[count];
        device.bind();
        for (int i = 0; i < count; i++) {
            events[i] = new CUevent();
            Status.driver("cuEventCreate", cuEventCreate(events[i], CUevent_flags.CU_EVENT_DEFAULT));
        }
    }

    /** Mark {@code i} lies behind all that is queued now. */
    void mark(int i) {
        Status.driver("cuEventRecord", cuEventRecord(events[i], device.compute()));
    }

    /** Waits until the device has come to mark {@code i}. */
    void await(int i) {
        Status.driver("cuEventSynchronize", cuEventSynchronize(events[i]));
    }

    /** Milliseconds of the device from one mark to another that it has come to. */
    double ms(int from, int to) {
        float[] ms = new float[1];
        Status.driver("cuEventElapsedTime", cuEventElapsedTime(ms, events[from], events[to]));
        return ms[0];
    }

    @Override
    public void close() {
        for (CUevent event : events) {
            cuEventDestroy(event);
        }
    }
}
