package org.bptt4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import org.bptt4j.backend.Backend;
import org.bptt4j.backend.Backends;
import org.bptt4j.backend.Precision;
import org.bptt4j.spec.Cell;
import org.junit.jupiter.api.Test;

class FixtureDeviationTest {
    /** The root mean square of 3, 4 and 0 is 5/√3. */
    @Test
    void theLargestErrorIsAShareOfTheRootMeanSquare() {
        double rms = 5 / Math.sqrt(3);
        FixtureDeviation d = FixtureDeviation.of("a", new double[] {3, 4, 0}, new float[] {3, 4.5f, 0.25f}, 0.1);
        assertEquals(0.5 / rms, d.error(), 1e-12);
        assertEquals(5 / rms, d.ofAllowed(), 1e-12);
        assertFalse(d.isAllowed());
        assertTrue(FixtureDeviation.of("a", new double[] {3, 4, 0}, new float[] {3, 4.5f, 0.25f}, 0.2)
                .isAllowed());
    }

    @Test
    void whatIsNoNumberOrMissingIsWrong() {
        double[] truth = {1, 2};
        FixtureDeviation nan = FixtureDeviation.of("nan", truth, new float[] {Float.NaN, 2}, 1);
        FixtureDeviation missing = FixtureDeviation.of("missing", truth, null, 1);
        FixtureDeviation right = FixtureDeviation.of("right", truth, new float[] {1, 2}, 1);
        assertFalse(nan.isAllowed());
        assertFalse(missing.isAllowed());
        assertTrue(right.isAllowed());
        assertEquals("nan", right.orWorse(nan).where());
        assertEquals("nan", nan.orWorse(right).where());
        assertEquals(
                "missing is missing or of another length",
                right.orWorse(missing).where());
    }

    @Test
    void aFixtureIsComputedAsPyTorchDid() throws IOException {
        try (Backend backend = Backends.select("cpu")) {
            FixtureDeviation d = FixtureDeviation.of("pair-lstm-l1-bi-t1-b2-i17-h5-o1", backend, Precision.FLOAT32);
            assertTrue(d.isAllowed() && d.error() > 0, d.toString());
        }
        assertEquals(
                "pair-lstm-l1-bi-t1-b2-i17-h5-o1",
                FixtureDeviation.names(Cell.LSTM).get(0)); // of one step
    }
}
