package org.bptt4j.backend.cuda;

import org.bptt4j.backend.Backend;
import org.bptt4j.backend.RecurrentBackward;
import org.bptt4j.backend.RecurrentForward;
import org.bptt4j.softgpu.SoftGpu;

/** CUDA backends on the software device whose sweeps are persistent kernels of one form, and nothing else. */
final class PersistentBackends {
    private PersistentBackends() {}

    /** On a device that is wide enough for several slices and several groups of them at the tests' small sizes. */
    static Backend open(PersistentPlan.Form form) {
        SoftDevice.open().close();
        SoftGpu.set("multiprocessors", 12);
        return new CudaBackend(
                0,
                Blas.MOST_ROWS,
                (device, memory, blas, kernels) -> new PersistentSweep(device, memory, form, new Refusal()));
    }

    /** A shape that does not fit is the test's mistake. */
    private static final class Refusal implements Sweep {
        @Override
        public void forward(RecurrentForward f) {
            throw new AssertionError("H " + f.hidden() + " fits no persistent kernel");
        }

        @Override
        public void backward(RecurrentBackward f) {
            throw new AssertionError("H " + f.hidden() + " fits no persistent kernel");
        }
    }
}
