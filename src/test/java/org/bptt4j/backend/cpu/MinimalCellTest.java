package org.bptt4j.backend.cpu;

import org.bptt4j.backend.Backend;
import org.bptt4j.backend.MinimalContract;
import org.junit.jupiter.api.Nested;

/** The contract of sweeps for the cell that tests add to the CPU backend. */
class MinimalCellTest {
    @Nested
    class OnVectorKernels extends MinimalContract {
        @Override
        public Backend open(int threads) {
            return CpuBackends.open("vector", threads);
        }
    }

    @Nested
    class OnScalarKernels extends MinimalContract {
        @Override
        public Backend open(int threads) {
            return CpuBackends.open("scalar", threads);
        }
    }
}
