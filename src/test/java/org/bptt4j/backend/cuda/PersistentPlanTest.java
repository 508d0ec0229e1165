package org.bptt4j.backend.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The table of docs/persistent.md, on cards as their makers describe them. */
class PersistentPlanTest {
    private static final int[] BATCHES = {1, 2, 7, 32, 64, 129, 1000, 100_000};

    private static Device.Limits limits(int multiprocessors, int kibibytes) {
        return new Device.Limits(multiprocessors, 65_536, kibibytes << 10, true);
    }

    /** Every unit of every row is in exactly one block, and blocks keep within the card. */
    @ParameterizedTest
    @CsvSource({"1, 64", "4, 64", "40, 64", "108, 163", "132, 227", "128, 99"})
    void aPlanCoversTheLayer(int multiprocessors, int kibibytes) {
        Device.Limits limits = limits(multiprocessors, kibibytes);
        for (PersistentPlan.Form form : PersistentPlan.Form.values()) {
            for (int batch : BATCHES) {
                for (int hidden = 1; hidden <= 2600; hidden += hidden < 300 ? 1 : 53) {
                    PersistentPlan.Fit fit = PersistentPlan.of(form, limits, batch, hidden);
                    assertTrue((fit.plan() == null) == (fit.misfit() != null));
                    if (fit.plan() != null) {
                        check(fit.plan(), limits, batch, hidden);
                    }
                }
            }
        }
    }

    private static void check(PersistentPlan p, Device.Limits limits, int batch, int hidden) {
        String what = "B " + batch + ", H " + hidden + ": " + p;
        assertTrue(p.width() >= hidden, what);
        assertTrue((long) p.rows() * p.groups() >= batch && (long) p.rows() * (p.groups() - 1) < batch, what);
        assertTrue(p.units() * p.slices() >= hidden && p.units() * (p.slices() - 1) < hidden, what);
        assertTrue(p.shared() <= limits.shared(), what);
        if (p.form() == PersistentPlan.Form.SINGLE) {
            assertEquals(1, p.slices(), what);
        } else {
            assertEquals(0, p.units() % 8, what);
            assertTrue(p.slices() * p.groups() <= limits.multiprocessors(), what);
        }
    }

    /** The widest layer of each form: up to it all fit, beyond it none. */
    @ParameterizedTest
    @CsvSource({
        "40, 64, SINGLE, 192",
        "108, 163, SINGLE, 256",
        "132, 227, SINGLE, 256",
        "128, 99, SINGLE, 256",
        "40, 64, SLICED, 1280",
        "108, 163, SLICED, 2560",
        "132, 227, SLICED, 2560",
        "128, 99, SLICED, 2560"
    })
    void theWidestLayer(int multiprocessors, int kibibytes, PersistentPlan.Form form, int widest) {
        Device.Limits limits = limits(multiprocessors, kibibytes);
        for (int hidden = 1; hidden <= 2600; hidden++) {
            PersistentPlan.Fit fit = PersistentPlan.of(form, limits, 64, hidden);
            assertEquals(hidden <= widest, fit.plan() != null, "H " + hidden + ": " + fit);
        }
    }

    @Test
    void oneBlockComesBeforeSlices() {
        Device.Limits limits = limits(40, 64);
        assertEquals(
                PersistentPlan.Form.SINGLE,
                PersistentPlan.of(limits, 1, 192).plan().form());
        assertEquals(
                PersistentPlan.Form.SLICED,
                PersistentPlan.of(limits, 1, 193).plan().form());
    }

    @Test
    void theReasonIsNamed() {
        PersistentPlan.Fit tooWide = PersistentPlan.of(limits(132, 227), 1, 2561);
        assertNull(tooWide.plan());
        assertEquals("H 2561 is over 256, the most for one block; in slices, H 2561 is over 2560", tooWide.misfit());
        PersistentPlan.Fit alone = PersistentPlan.of(new Device.Limits(132, 65_536, 227 << 10, false), 1, 257);
        assertTrue(alone.misfit().endsWith("cannot launch blocks that wait for each other"), alone.misfit());
        PersistentPlan.Fit narrow = PersistentPlan.of(PersistentPlan.Form.SINGLE, limits(40, 64), 1, 256);
        assertTrue(narrow.misfit().contains("67584 bytes of shared memory"), narrow.misfit());
    }
}
