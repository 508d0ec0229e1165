package org.bptt4j;

import org.bptt4j.backend.Backend;
import org.bptt4j.backend.cuda.SoftDevice;
import org.junit.jupiter.api.Nested;

/** What is true of the algorithm on the CPU is true on the software device. */
class CudaAlgorithmTest {
    @Nested
    class OfTrainer extends TrainerTest {
        @Override
        Backend open() {
            return SoftDevice.open();
        }
    }

    @Nested
    class OfNonFinite extends NonFiniteTest {
        @Override
        Backend open() {
            return SoftDevice.open();
        }
    }

    @Nested
    class OfRnn extends RnnTest {
        @Override
        Backend open() {
            return SoftDevice.open();
        }
    }

    @Nested
    class OfRnnSession extends RnnSessionTest {
        @Override
        Backend open() {
            return SoftDevice.open();
        }
    }

    @Nested
    class OfRefusedBatches extends RefusedBatchesTest {
        @Override
        Backend open() {
            return SoftDevice.open();
        }
    }
}
