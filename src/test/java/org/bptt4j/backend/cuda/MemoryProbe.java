package org.bptt4j.backend.cuda;

import static jcuda.driver.JCudaDriver.cuMemAlloc;
import static jcuda.driver.JCudaDriver.cuMemFree;
import static jcuda.driver.JCudaDriver.cuMemFreeHost;
import static jcuda.driver.JCudaDriver.cuMemHostAlloc;
import static jcuda.driver.JCudaDriver.cuMemcpyDtoDAsync;
import static jcuda.driver.JCudaDriver.cuMemcpyDtoHAsync;
import static jcuda.driver.JCudaDriver.cuMemcpyHtoDAsync;

import jcuda.Pointer;

/** How fast a card's memory is, and what a launch costs, by the driver's calls and the kernels that the backend uses. */
final class MemoryProbe implements AutoCloseable {
    private static final int COLS = 1024;
    private static final int LAUNCHES = 10_000;
    private static final int NODES = 1024;

    private final Device device;
    private final Measurement measure;
    private final Kernel fill;
    private final Kernel copy;
    private final long bytes;
    private final Address.Block from = new Address.Block();
    private final Address.Block to = new Address.Block();
    private final Pointer host = new Pointer();

    MemoryProbe(Device device, Kernels kernels, Measurement measure, long bytes) {
        this.device = device;
        this.measure = measure;
        this.bytes = bytes;
        fill = kernels.get("fill", 5);
        copy = kernels.get("copy", 6);
        Status.driver("cuMemAlloc", cuMemAlloc(from, bytes));
        Status.driver("cuMemAlloc", cuMemAlloc(to, bytes));
        Status.driver("cuMemHostAlloc", cuMemHostAlloc(host, bytes / 4, 0));
        fill(from, bytes);
        fill(to, bytes);
    }

    private void fill(Address.Block block, long length) {
        long rows = Math.max(1, length / COLS / Float.BYTES);
        long cols = Math.min(COLS, length / Float.BYTES);
        fill.pointer(block.address()).number(COLS).number(rows).number(cols).real(1);
        fill.overMatrix(rows, cols);
    }

    private void copy() {
        long rows = bytes / COLS / Float.BYTES;
        copy.pointer(from.address()).number(COLS).pointer(to.address()).number(COLS);
        copy.number(rows).number(COLS).overMatrix(rows, COLS);
    }

    private double median(Runnable work) {
        return measure.median(work, device::synchronize);
    }

    void bandwidths() {
        measure.bandwidth(
                "driver's copy on the device",
                2 * bytes,
                median(() -> Status.driver("cuMemcpyDtoDAsync", cuMemcpyDtoDAsync(to, from, bytes, device.compute()))));
        measure.bandwidth("kernel fill", bytes, median(() -> fill(to, bytes)));
        measure.bandwidth("kernel copy", 2 * bytes, median(this::copy));
        long part = bytes / 4;
        measure.bandwidth(
                "pinned host to device",
                part,
                median(() -> Status.driver("cuMemcpyHtoDAsync", cuMemcpyHtoDAsync(to, host, part, device.compute()))));
        measure.bandwidth(
                "device to pinned host",
                part,
                median(() ->
                        Status.driver("cuMemcpyDtoHAsync", cuMemcpyDtoHAsync(host, from, part, device.compute()))));
    }

    /** A kernel that writes one number, so many times. */
    private void tiny(int times) {
        for (int i = 0; i < times; i++) {
            fill(to, Float.BYTES);
        }
    }

    void launches() {
        int launches = measure.times(LAUNCHES);
        measure.each("launches in a stream", launches, median(() -> tiny(launches)));
        int waits = measure.times(LAUNCHES / 10);
        measure.each("a launch and a wait for it", waits, median(() -> {
            for (int i = 0; i < waits; i++) {
                tiny(1);
                device.synchronize();
            }
        }));
        int nodes = measure.times(NODES);
        int graphs = measure.times(10);
        try (Graphs graph = new Graphs(device)) {
            measure.each("nodes of a graph", (long) nodes * graphs, median(() -> {
                for (int i = 0; i < graphs; i++) {
                    graph.launch(nodes, () -> tiny(nodes));
                }
            }));
        }
        try (Graphs graph = new Graphs(device)) {
            measure.each("graphs of one node", launches, median(() -> {
                for (int i = 0; i < launches; i++) {
                    graph.launch(1, () -> tiny(1));
                }
            }));
        }
    }

    @Override
    public void close() {
        cuMemFreeHost(host);
        cuMemFree(to);
        cuMemFree(from);
    }
}
