package org.bptt4j.backend.cpu;

import java.util.List;
import java.util.Map;
import org.bptt4j.backend.Backend;
import org.bptt4j.backend.Minimal;
import org.bptt4j.spec.Cell;

/** The CPU backend with each of its kernels, for tests. */
public final class CpuBackends {
    public static final List<String> NAMES = List.of("vector", "scalar");

    /** The table entry of a cell that does not come with the library. */
    private static final Map<Cell, CpuCell> MORE = Map.of(Minimal.CELL, new MinimalCell());

    private CpuBackends() {}

    public static Backend open(String kernels, int threads) {
        return new CpuBackend(kernels.equals("vector") ? new VectorKernels() : new ScalarKernels(), threads, MORE);
    }
}
