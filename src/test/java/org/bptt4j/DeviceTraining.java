package org.bptt4j;

import org.bptt4j.backend.Backend;
import org.bptt4j.backend.SweepForm;
import org.bptt4j.backend.cuda.TestDevice;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.extension.ExtendWith;

/** What is true of training on the CPU is true on a device, by any form of the sweeps. */
@ExtendWith(RefusedCells.class)
abstract class DeviceTraining {
    final SweepForm form;

    DeviceTraining(SweepForm form) {
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
    class OfResets extends ResetsTest {
        @Override
        Backend open() {
            return TestDevice.open(form);
        }
    }
}
