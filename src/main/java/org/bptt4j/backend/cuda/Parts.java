package org.bptt4j.backend.cuda;

import org.bptt4j.backend.Precision;

/** What a backend consists of: everything that is opened, in order, and closed in reverse; or none of it if one fails. */
final class Parts implements AutoCloseable {
    final Device device;
    CudaMemory memory;
    Transfers transfers;
    Blas blas;
    Rows rows;
    Columns columns;
    WeightGradients weightGradients;
    Sweep sweep;
    Losses losses;
    Optimizers optimizers;
    private Kernels kernels;

    Parts(CudaBackend owner, int number, Sweep.Maker sweeps, Precision precision, int mostElements) {
        device = new Device(number);
        try {
            memory = new CudaMemory(owner, device);
            transfers = new Transfers(device);
            kernels = Kernels.common(device);
            blas = new Blas(device, memory, precision, mostElements);
            Partials partials = Partials.in(memory);
            rows = new Rows(kernels, memory);
            columns = new Columns(kernels, memory);
            weightGradients = new WeightGradients(precision, blas, kernels, memory);
            sweep = sweeps.make(blas, kernels, memory, device);
            losses = new Losses(kernels, partials);
            optimizers = new Optimizers(kernels, partials);
        } catch (RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    /** The card and the library, in the words of both. */
    String describe() {
        int capability = device.capability();
        int version = blas.version();
        return device.model() + ", compute capability " + capability / 10 + "." + capability % 10 + ", cuBLAS "
                + version / 10_000 + "." + version / 100 % 100;
    }

    @Override
    public void close() {
        if (sweep != null) {
            sweep.close();
        }
        if (blas != null) {
            blas.close();
        }
        if (kernels != null) {
            kernels.close();
        }
        if (transfers != null) {
            transfers.close();
        }
        memory.freeAll();
        device.close();
    }
}
