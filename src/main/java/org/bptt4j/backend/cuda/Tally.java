package org.bptt4j.backend.cuda;

import org.bptt4j.backend.Counts;

/**
 * Counts what one backend asks of the driver and of cuBLAS; see {@link Counts} for what each number means. Ticked behind the call,
 * so that what was refused is not counted.
 */
final class Tally {
    private long launches;
    private long graphLaunches;
    private long productCalls;
    /** Those below are of graphs only. */
    private long graphKernels;

    private long graphProducts;
    private long graphSweepProducts;
    /** Outside of graphs. */
    private long sweepProductCalls;

    private long uploads;
    private long uploadedBytes;
    private long downloads;
    private long downloadedBytes;
    private long fills;
    private long waits;

    /** What one graph holds. */
    record Held(long kernels, long products, long sweepProducts) {}

    void launch() {
        launches++;
    }

    void product() {
        productCalls++;
    }

    /** One of the products counted by {@link #product} is a recurrent sweep's. */
    void ofSweep() {
        sweepProductCalls++;
    }

    void upload(long bytes) {
        uploads++;
        uploadedBytes += bytes;
    }

    void download(long bytes) {
        downloads++;
        downloadedBytes += bytes;
    }

    void fill() {
        fills++;
    }

    void waited() {
        waits++;
    }

    // ---- graphs -----------------------------------------------------------------------------------------------------

    /** Runs {@code calls}, which the driver records and does not run: they are not counted, but returned. */
    Held held(Runnable calls) {
        long kernels = launches;
        long products = productCalls;
        long sweepProducts = sweepProductCalls;
        try {
            calls.run();
            return new Held(launches - kernels, productCalls - products, sweepProductCalls - sweepProducts);
        } finally {
            launches = kernels;
            productCalls = products;
            sweepProductCalls = sweepProducts;
        }
    }

    void launchGraph(Held held) {
        graphLaunches++;
        graphKernels += held.kernels;
        graphProducts += held.products;
        graphSweepProducts += held.sweepProducts;
    }

    // ---- all of it --------------------------------------------------------------------------------------------------

    Counts counts() {
        return new Counts(
                launches,
                graphLaunches,
                productCalls,
                launches + graphKernels,
                productCalls + graphProducts,
                sweepProductCalls + graphSweepProducts,
                uploads,
                uploadedBytes,
                downloads,
                downloadedBytes,
                fills,
                waits);
    }
}
