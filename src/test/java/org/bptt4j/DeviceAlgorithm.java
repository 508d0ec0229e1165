package org.bptt4j;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import org.bptt4j.backend.Backend;
import org.bptt4j.backend.SweepForm;
import org.bptt4j.backend.cuda.TestDevice;
import org.junit.jupiter.api.Nested;

/** What is true of the algorithm on the CPU is true on a device, by any form of the sweeps. */
abstract class DeviceAlgorithm extends DeviceTraining {
    DeviceAlgorithm(SweepForm form) {
        super(form);
    }

    /** cuBLAS sums a window's rows as it sees fit: the same within rounding. */
    @Nested
    class OfMemory extends MemoryTest {
        @Override
        Backend open() {
            return TestDevice.open(form);
        }

        @Override
        void assertSame(float[] expected, float[] actual, String what) {
            double squares = 0;
            for (float e : expected) {
                squares += (double) e * e;
            }
            double rms = Math.sqrt(squares / Math.max(1, expected.length));
            assertArrayEquals(expected, actual, (float) (1e-4 * rms + 1e-9), what);
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
