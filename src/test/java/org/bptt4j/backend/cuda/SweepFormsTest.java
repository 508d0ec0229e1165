package org.bptt4j.backend.cuda;

import org.bptt4j.backend.Backend;
import org.bptt4j.backend.SweepForm;
import org.bptt4j.softgpu.SoftGpu;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;

/** The contract with each form of the sweeps by itself; by default a shape's first sweep goes step by step. */
class SweepFormsTest {
    @Nested
    class Steps extends CudaBackendTest {
        @Override
        public Backend open(int threads) {
            return SoftDevice.open(SweepForm.STEPS);
        }
    }

    @Nested
    class Graphs extends CudaBackendTest {
        @Override
        public Backend open(int threads) {
            return SoftDevice.open(SweepForm.GRAPH);
        }
    }

    /** The nodes of a graph too come in any order that its edges allow. */
    @Nested
    class GraphsInAnyOrder extends Graphs {
        @Override
        public Backend open(int threads) {
            Backend backend = super.open(threads);
            SoftGpu.set("order", "random");
            SoftGpu.set("streams", "random");
            return backend;
        }

        @AfterEach
        void inOrderAgain() {
            SoftGpu.restoreDefaults();
        }
    }
}
