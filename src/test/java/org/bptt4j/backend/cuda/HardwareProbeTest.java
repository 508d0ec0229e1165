package org.bptt4j.backend.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class HardwareProbeTest {
    @Test
    void onTheSoftwareDeviceItCountsAndTellsNoTimes() {
        SoftDevice.require();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        HardwareProbe.run(new PrintStream(bytes, true, StandardCharsets.UTF_8));
        List<String> lines = bytes.toString(StandardCharsets.UTF_8).lines().toList();
        assertTrue(lines.get(0).contains("\"model\":\"Software CUDA device"), lines.get(0));
        assertEquals(5 + 4 + 1 + 5 * 2, lines.size() - 1, String.join("\n", lines));
        for (String line : lines.subList(1, lines.size())) {
            assertTrue(line.endsWith("\"note\":\"a software device: no times\"}"), line);
        }
        Leaks.assertNone("after the probe");
    }
}
