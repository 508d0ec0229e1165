package org.bptt4j.backend.cuda;

import org.bptt4j.backend.Backend;
import org.bptt4j.backend.Precision;

/** CUDA backends whose sweeps are persistent kernels of one form. */
public final class PersistentBackends {
    private PersistentBackends() {}

    /** W_hh in each block; H ≤ 192 on the software device as it is by itself. */
    public static Backend single() {
        return open(PersistentPlan.Form.SINGLE);
    }

    /** W_hh in slices, also where it would fit in one block. */
    public static Backend sliced() {
        return open(PersistentPlan.Form.SLICED);
    }

    static Backend open(PersistentPlan.Form form) {
        TestDevice.open().close();
        return new CudaBackend(
                0,
                (blas, kernels, memory, device) -> new PersistentSweep(memory, device, form),
                Precision.FLOAT32,
                Blas.MOST_ELEMENTS);
    }
}
