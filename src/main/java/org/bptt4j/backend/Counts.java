package org.bptt4j.backend;

/**
 * What a backend has asked of its device since it was opened. The CPU, which has no device beside it, counts nothing.
 *
 * <p>Calls are counted when the host makes them, the work of a graph each time that it is launched.
 *
 * @param launches kernels of our own that the host launched one by one
 * @param graphLaunches graphs, each of which is one launch whatever it holds
 * @param productCalls products that the host asked the device's library for one by one
 * @param kernels kernels of our own in all, those in graphs included
 * @param products products by the device's library in all, those in graphs included
 * @param sweepProducts of these, h_t·W_hhᵀ and δ_t·W_hh of the recurrent sweeps
 * @param uploads copies from the host to the device
 * @param uploadedBytes of all these copies
 * @param downloads copies from the device to the host
 * @param downloadedBytes of all these copies
 * @param fills ranges of device memory that were set to one value by the driver
 * @param waits calls in which the host waited for the device
 */
public record Counts(
        long launches,
        long graphLaunches,
        long productCalls,
        long kernels,
        long products,
        long sweepProducts,
        long uploads,
        long uploadedBytes,
        long downloads,
        long downloadedBytes,
        long fills,
        long waits) {
    /** All zero. */
    public static final Counts NONE = new Counts(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

    /** What came between {@code earlier} and these. */
    public Counts minus(Counts earlier) {
        return new Counts(
                launches - earlier.launches,
                graphLaunches - earlier.graphLaunches,
                productCalls - earlier.productCalls,
                kernels - earlier.kernels,
                products - earlier.products,
                sweepProducts - earlier.sweepProducts,
                uploads - earlier.uploads,
                uploadedBytes - earlier.uploadedBytes,
                downloads - earlier.downloads,
                downloadedBytes - earlier.downloadedBytes,
                fills - earlier.fills,
                waits - earlier.waits);
    }

    /** What the host sent to the device to be run: kernels, graphs and products, one by one. */
    public long submissions() {
        return launches + graphLaunches + productCalls;
    }
}
