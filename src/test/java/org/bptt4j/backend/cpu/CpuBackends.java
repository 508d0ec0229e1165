package org.bptt4j.backend.cpu;

import java.util.List;
import org.bptt4j.backend.Backend;

/** The CPU backend with each of its kernels, for tests. */
public final class CpuBackends {
    public static final List<String> NAMES = List.of("vector", "scalar");

    private CpuBackends() {}

    public static Backend open(String kernels, int threads) {
        return new CpuBackend(kernels.equals("vector") ? new VectorKernels() : new ScalarKernels(), threads);
    }
}
