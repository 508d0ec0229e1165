package org.bptt4j.backend.cuda;

import org.bptt4j.backend.Backend;
import org.bptt4j.softgpu.SoftGpu;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;

/** The contract with each form of the persistent sweep, with blocks and warps in order and in one that chance chooses. */
class PersistentContractTest {
    @Nested
    class Single extends CudaBackendTest {
        @Override
        public Backend open(int threads) {
            return PersistentBackends.open(PersistentPlan.Form.SINGLE);
        }

        @AfterEach
        void restore() {
            SoftGpu.restoreDefaults();
        }
    }

    @Nested
    class Sliced extends CudaBackendTest {
        @Override
        public Backend open(int threads) {
            return PersistentBackends.open(PersistentPlan.Form.SLICED);
        }

        @AfterEach
        void restore() {
            SoftGpu.restoreDefaults();
        }
    }

    @Nested
    class SingleInAnyOrder extends AnyOrderTest {
        @Override
        public Backend open(int threads) {
            super.open(threads).close();
            return PersistentBackends.open(PersistentPlan.Form.SINGLE);
        }
    }

    @Nested
    class SlicedInAnyOrder extends AnyOrderTest {
        @Override
        public Backend open(int threads) {
            super.open(threads).close();
            return PersistentBackends.open(PersistentPlan.Form.SLICED);
        }
    }
}
