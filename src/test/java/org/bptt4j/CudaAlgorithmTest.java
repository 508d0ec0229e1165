package org.bptt4j;

import org.bptt4j.backend.Backend;
import org.bptt4j.backend.SweepForm;
import org.bptt4j.backend.cuda.TestDevice;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** What is true of the algorithm on the CPU is true on a device, by every form of the sweeps. */
@Tag("card")
@ParameterizedClass
@EnumSource
class CudaAlgorithmTest {
    private final SweepForm form;

    CudaAlgorithmTest(SweepForm form) {
        this.form = form;
    }

    @Nested
    class OfTrainer extends TrainerTest {
        @Override
        Backend open() {
            return TestDevice.open(form);
        }
    }

    @Nested
    class OfNonFinite extends NonFiniteTest {
        @Override
        Backend open() {
            return TestDevice.open(form);
        }
    }

    @Nested
    class OfRnn extends RnnTest {
        @Override
        Backend open() {
            return TestDevice.open(form);
        }
    }

    @Nested
    class OfRnnSession extends RnnSessionTest {
        @Override
        Backend open() {
            return TestDevice.open(form);
        }
    }

    @Nested
    class OfRefusedBatches extends RefusedBatchesTest {
        @Override
        Backend open() {
            return TestDevice.open(form);
        }
    }
}
