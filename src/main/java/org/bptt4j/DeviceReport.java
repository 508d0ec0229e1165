package org.bptt4j;

import org.bptt4j.backend.Backend;
import org.bptt4j.backend.DeviceArray;
import org.bptt4j.backend.Report;

/** The report of a step on the device, and what the host has read of it: {@link Report}. */
final class DeviceReport implements AutoCloseable {
    private final Backend backend;
    private final DeviceArray array;
    private final float[] host = new float[Report.LENGTH];

    DeviceReport(Backend backend) {
        this.backend = backend;
        this.array = backend.allocate(Report.LENGTH);
    }

    DeviceArray array() {
        return array;
    }

    /** A step begins: no loss, nothing clipped, nothing found. */
    void clear() {
        host[Report.LOSS] = 0;
        host[Report.NORM] = 0;
        host[Report.COEFFICIENT] = 1;
        host[Report.NON_FINITE] = 0;
        host[Report.UPDATES] = 0;
        host[Report.CLAMPED] = 0;
        backend.upload(host, 0, Report.LENGTH, array, 0);
    }

    /** Waits for what is under way, and reads. */
    void read() {
        backend.download(array, 0, host, 0, Report.LENGTH);
    }

    /** A slot as it was when it was read. */
    float get(int slot) {
        return host[slot];
    }

    @Override
    public void close() {
        array.close();
    }
}
