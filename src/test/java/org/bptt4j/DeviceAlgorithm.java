package org.bptt4j;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import org.bptt4j.backend.Backend;
import org.bptt4j.backend.SweepForm;
import org.bptt4j.backend.cuda.TestDevice;
import org.junit.jupiter.api.Nested;

/** What is true of the algorithm on the CPU is true on a device, by any form of the sweeps. */
abstract class DeviceAlgorithm extends DeviceTraining {
    private final boolean allBudgets;

    /** @param allBudgets of memory for each kind of training, or one of them in turn */
    DeviceAlgorithm(SweepForm form, boolean allBudgets) {
        super(form);
        this.allBudgets = allBudgets;
    }

    /** cuBLAS sums a window's rows as it sees fit: the same within rounding. */
    @Nested
    class OfMemory extends MemoryTest {
        @Override
        Backend open() {
            return TestDevice.open(form);
        }

        /** In turn: each truncation, of which there are five kinds in a row, meets all five budgets. */
        @Override
        long[] tried(Kind kind, long[] budgets) {
            int index = kinds().indexOf(kind);
            return allBudgets ? budgets : new long[] {budgets[(index + index / budgets.length) % budgets.length]};
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
