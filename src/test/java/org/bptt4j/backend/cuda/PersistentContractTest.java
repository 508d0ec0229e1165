package org.bptt4j.backend.cuda;

import java.util.List;
import org.bptt4j.backend.Backend;
import org.bptt4j.backend.SweepsContract;
import org.bptt4j.softgpu.SoftGpu;
import org.bptt4j.spec.Cell;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;

/**
 * The contract's sweeps with each form of the persistent sweep, with blocks and warps in order and in one that chance chooses. What does
 * not hang on the form is in the full run only.
 */
class PersistentContractTest {
    /** A card has what it has; the software device gets enough for several slices, and several groups of them, at the contract's small sizes. */
    @BeforeEach
    void widen() {
        if (!TestDevice.isCard()) {
            SoftGpu.set("multiprocessors", 12);
        }
    }

    @AfterEach
    void restore() {
        if (!TestDevice.isCard()) {
            SoftGpu.restoreDefaults();
        }
    }

    @Nested
    class Single extends SweepsContract {
        @Override
        public Backend open(int threads) {
            return PersistentBackends.single();
        }

        @Override
        public List<Cell> cells() {
            return Cell.plain();
        }
    }

    @Nested
    class Sliced extends SweepsContract {
        @Override
        public Backend open(int threads) {
            return PersistentBackends.sliced();
        }

        @Override
        public List<Cell> cells() {
            return Cell.plain();
        }
    }

    @Nested
    class SingleInAnyOrder extends SweepsContract {
        @Override
        public Backend open(int threads) {
            return AnyOrderTest.inAnyOrder(PersistentBackends::single);
        }

        @Override
        public List<Cell> cells() {
            return Cell.plain();
        }
    }

    @Nested
    class SlicedInAnyOrder extends SweepsContract {
        @Override
        public Backend open(int threads) {
            return AnyOrderTest.inAnyOrder(PersistentBackends::sliced);
        }

        @Override
        public List<Cell> cells() {
            return Cell.plain();
        }
    }

    @Nested
    @Tag("card")
    @Tag("full")
    class AllWithSingle extends CudaContract {
        @Override
        public Backend open(int threads) {
            return PersistentBackends.single();
        }

        @Override
        public List<Cell> cells() {
            return Cell.plain();
        }
    }

    @Nested
    @Tag("card")
    @Tag("full")
    class AllWithSliced extends CudaContract {
        @Override
        public Backend open(int threads) {
            return PersistentBackends.sliced();
        }

        @Override
        public List<Cell> cells() {
            return Cell.plain();
        }
    }

    @Nested
    @Tag("full")
    class AllWithSingleInAnyOrder extends CudaContract {
        @Override
        public Backend open(int threads) {
            return AnyOrderTest.inAnyOrder(PersistentBackends::single);
        }

        @Override
        public List<Cell> cells() {
            return Cell.plain();
        }
    }

    @Nested
    @Tag("full")
    class AllWithSlicedInAnyOrder extends CudaContract {
        @Override
        public Backend open(int threads) {
            return AnyOrderTest.inAnyOrder(PersistentBackends::sliced);
        }

        @Override
        public List<Cell> cells() {
            return Cell.plain();
        }
    }
}
