package org.bptt4j.backend.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.bptt4j.card.CardRun;
import org.bptt4j.softgpu.SoftGpu;
import org.bptt4j.spec.Cell;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CardSmokeTest {
    @TempDir
    Path folder;

    @AfterEach
    void restore() {
        SoftGpu.restoreDefaults();
    }

    private CardRun run() throws IOException {
        PrintStream out = new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8);
        return new CardRun(folder.resolve("results"), 1000, out, CardBackends::isLost, code -> {});
    }

    /** Twelve combinations of forms and precisions: LSTM has no persistent kernels, and the device no tensor cores. */
    @Test
    void eachCombinationIsRightOrNotOffered() throws IOException {
        SoftDevice.require();
        CardRun run = run();
        CardSmoke.run(run, List.of(Cell.LSTM), System.out);
        assertEquals(2, run.count(CardRun.State.OK));
        assertEquals(10, run.count(CardRun.State.NOT_OFFERED));
        Map<String, Object> first = run.results().get(0);
        assertEquals("smoke graph lstm float32", first.get("item"));
        assertEquals(3.0, first.get("cases"));
        double worst = (double) first.get("worst");
        assertTrue(worst > 0 && worst < 1e-4, "worst " + worst);
        assertTrue(((String) run.results().get(1).get("why")).startsWith("no persistent kernel for the cell lstm"));
        Leaks.assertNone("after the smoke");
    }

    /** A kernel that fails is FAILED, in the very form that refuses other cells. */
    @Test
    void whatFailsIsNotCalledRefused() throws IOException {
        SoftDevice.require();
        CardRun run = run();
        SoftGpu.fail("launch", 30);
        CardSmoke.run(run, List.of(Cell.TANH), System.out);
        assertEquals(1, run.count(CardRun.State.FAILED));
        Map<String, Object> failed = run.results().stream()
                .filter(line -> line.get("state").equals("FAILED"))
                .findFirst()
                .orElseThrow();
        assertTrue(((String) failed.get("why")).startsWith("DeviceException: "), failed.toString());
        assertEquals(3, run.count(CardRun.State.OK));
    }
}
