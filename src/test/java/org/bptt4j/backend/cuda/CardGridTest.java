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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CardGridTest {
    @TempDir
    Path folder;

    /** A row of tanh by all forms: 4 of the card; layers, products and steps; and 5 that need tensor cores, with the peak in TF32. */
    @Test
    void aRowIsMeasuredByAllFormsAndNoTimeOfASoftwareDeviceIsTold() throws IOException {
        SoftDevice.require();
        PrintStream out = new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8);
        CardRun run = new CardRun(folder.resolve("results"), 1000, out, CardBackends::isLost, code -> {});
        List<CardRow> rows = CardGrid.run(run, 1, out);
        assertEquals(List.of("tanh 4,6,5,9"), rows.stream().map(CardRow::shape).toList());
        assertEquals(0, run.count(CardRun.State.FAILED), () -> results(run));
        assertEquals(6, run.count(CardRun.State.NOT_OFFERED), () -> results(run));
        assertEquals(14, run.count(CardRun.State.OK), () -> results(run));
        for (Map<String, Object> line : run.results()) {
            boolean simulated = line.get("state").equals("ok") && !"cpu".equals(line.get("form"));
            assertEquals(simulated, line.containsKey("simulated") && !"cpu".equals(line.get("form")), line.toString());
            assertTrue(
                    line.keySet().stream().noneMatch(name -> name.endsWith("ms") || name.contains("per_s")),
                    line.toString());
        }
        Leaks.assertNone("after the grid");
    }

    private static String results(CardRun run) {
        try {
            return run.results().toString();
        } catch (IOException e) {
            return e.toString();
        }
    }
}
