package org.bptt4j.backend.cuda;

import org.bptt4j.backend.Backend;
import org.bptt4j.backend.SweepForm;
import org.bptt4j.backend.SweepsContract;
import org.bptt4j.softgpu.SoftGpu;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;

/**
 * The contract's sweeps in each form by itself; by default a shape's first sweep goes step by step. What does not hang on the form is in
 * the full run only.
 */
class SweepFormsTest {
    @AfterEach
    void restore() {
        if (!TestDevice.isCard()) {
            SoftGpu.restoreDefaults();
        }
    }

    @Nested
    class Steps extends SweepsContract {
        @Override
        public Backend open(int threads) {
            return TestDevice.open(SweepForm.STEPS);
        }
    }

    @Nested
    class Graphs extends SweepsContract {
        @Override
        public Backend open(int threads) {
            return TestDevice.open(SweepForm.GRAPH);
        }
    }

    /** The nodes of a graph too come in any order that its edges allow. */
    @Nested
    class GraphsInAnyOrder extends SweepsContract {
        @Override
        public Backend open(int threads) {
            return AnyOrderTest.inAnyOrder(() -> SoftDevice.open(SweepForm.GRAPH));
        }
    }

    @Nested
    @Tag("card")
    @Tag("full")
    class AllWithSteps extends CudaContract {
        @Override
        public Backend open(int threads) {
            return TestDevice.open(SweepForm.STEPS);
        }
    }

    @Nested
    @Tag("card")
    @Tag("full")
    class AllWithGraphs extends CudaContract {
        @Override
        public Backend open(int threads) {
            return TestDevice.open(SweepForm.GRAPH);
        }
    }

    @Nested
    @Tag("full")
    class AllWithGraphsInAnyOrder extends CudaContract {
        @Override
        public Backend open(int threads) {
            return AnyOrderTest.inAnyOrder(() -> SoftDevice.open(SweepForm.GRAPH));
        }
    }
}
