package org.bptt4j.backend.cpu;

import org.bptt4j.backend.Backend;
import org.bptt4j.backend.BackendContract;

/** The contract for the CPU backend with vector kernels. */
class VectorBackendTest extends BackendContract {
    @Override
    public Backend open(int threads) {
        return CpuBackends.open("vector", threads);
    }
}
