package org.bptt4j.backend.cuda;

import org.bptt4j.backend.Backend;
import org.bptt4j.softgpu.SoftGpu;

/** CUDA backends on the software device whose sweeps are persistent kernels of one form, and nothing else. */
final class PersistentBackends {
    private PersistentBackends() {}

    /** On a device that is wide enough for several slices and several groups of them at the tests' small sizes. */
    static Backend open(PersistentPlan.Form form) {
        SoftDevice.open().close();
        SoftGpu.set("multiprocessors", 12);
        return new CudaBackend(
                0, (blas, kernels, memory, device) -> new PersistentSweep(memory, device, form), Blas.MOST_ROWS);
    }
}
