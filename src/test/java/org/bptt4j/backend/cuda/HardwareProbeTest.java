package org.bptt4j.backend.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.bptt4j.card.CardRun;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HardwareProbeTest {
    @TempDir
    Path folder;

    @Test
    void onTheSoftwareDeviceItCountsAndTellsNoTimes() throws IOException {
        SoftDevice.require();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
        CardRun run = new CardRun(folder.resolve("results"), 1000, out, CardBackends::isLost, code -> {});
        HardwareProbe.run(run, out);
        assertEquals(7, run.count(CardRun.State.OK));
        List<String> lines = bytes.toString(StandardCharsets.UTF_8)
                .lines()
                .filter(line -> line.startsWith("{"))
                .toList();
        assertTrue(lines.get(0).contains("\"model\":\"Software CUDA device"), lines.get(0));
        assertEquals(5 + 4 + 1 + 5 * 2, lines.size() - 1, String.join("\n", lines));
        for (String line : lines.subList(1, lines.size())) {
            assertTrue(line.endsWith("\"note\":\"a software device: no times\"}"), line);
        }
        Leaks.assertNone("after the probe");
    }
}
