package org.bptt4j.backend.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Map;
import org.bptt4j.backend.Backend;
import org.bptt4j.backend.BackendUnavailableException;
import org.bptt4j.backend.Minimal;
import org.bptt4j.backend.MinimalContract;
import org.bptt4j.backend.SweepForm;
import org.bptt4j.softgpu.SoftGpu;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A cell that is one file of kernels and one {@link org.bptt4j.spec.Cell}: the contract of sweeps holds for it, and nothing else has heard of it. */
class OwnCellTest {
    @Nested
    @Tag("card")
    class Steps extends MinimalContract {
        @Override
        public Backend open(int threads) {
            return OwnCell.open(SweepForm.STEPS);
        }
    }

    @Nested
    @Tag("card")
    class Graphs extends MinimalContract {
        @Override
        public Backend open(int threads) {
            return OwnCell.open(SweepForm.GRAPH);
        }
    }

    @Test
    void theBitsOfGraphsAreThoseOfSingleSteps() {
        float[] expected = swept(SweepForm.STEPS);
        assertArrayEquals(expected, swept(SweepForm.GRAPH));
        assertArrayEquals(expected, swept(SweepForm.AUTO));
    }

    private static float[] swept(SweepForm form) {
        try (Backend backend = OwnCell.open(form);
                SweepData data = new SweepData(backend, Minimal.CELL, 31, 2, 5, null)) {
            data.sweep();
            data.reset();
            data.sweep();
            return data.read();
        }
    }

    @Test
    void aCellWithoutKernelsIsRefused() {
        TestDevice.require();
        Map<String, Long> before = TestDevice.isCard() ? Map.of() : Leaks.alive();
        try (Backend backend = TestDevice.open();
                SweepData data = new SweepData(backend, Minimal.CELL, 2, 1, 3, null)) {
            assertEquals(
                    "no kernel minimal_forward for the cell minimal among those of the CUDA backend; use the backend cpu, or"
                            + " another cell",
                    assertThrows(BackendUnavailableException.class, () -> data.forward(0, 2))
                            .getMessage());
            assertThrows(BackendUnavailableException.class, () -> data.backward(0, 2));
        }
        if (!TestDevice.isCard()) {
            assertEquals(before, Leaks.alive(), "after a refusal");
            SoftGpu.restoreDefaults();
        }
    }
}
