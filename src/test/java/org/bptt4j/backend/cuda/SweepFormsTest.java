package org.bptt4j.backend.cuda;

import org.bptt4j.backend.Backend;
import org.bptt4j.backend.SweepForm;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;

/** The contract with each form of the sweeps by itself; by default a shape's first sweep goes step by step. */
class SweepFormsTest {
    @Nested
    @Tag("card")
    class Steps extends CudaContract {
        @Override
        public Backend open(int threads) {
            return TestDevice.open(SweepForm.STEPS);
        }
    }

    @Nested
    @Tag("card")
    class Graphs extends CudaContract {
        @Override
        public Backend open(int threads) {
            return TestDevice.open(SweepForm.GRAPH);
        }
    }

    /** The nodes of a graph too come in any order that its edges allow. */
    @Nested
    class GraphsInAnyOrder extends AnyOrderTest {
        @Override
        public Backend open(int threads) {
            super.open(threads).close();
            return SoftDevice.open(SweepForm.GRAPH);
        }
    }
}
