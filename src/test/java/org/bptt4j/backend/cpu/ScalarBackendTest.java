package org.bptt4j.backend.cpu;

import org.bptt4j.backend.Backend;
import org.bptt4j.backend.BackendContract;

/** The contract for the CPU backend with scalar kernels. */
class ScalarBackendTest extends BackendContract {
    @Override
    public Backend open(int threads) {
        return CpuBackends.open("scalar", threads);
    }
}
