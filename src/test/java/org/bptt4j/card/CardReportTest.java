package org.bptt4j.card;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CardReportTest {
    @TempDir
    Path folder;

    private String report(String... lines) throws IOException {
        Path file = Files.write(folder.resolve("results"), List.of(lines));
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        CardReport.print(JsonLines.read(file), new PrintStream(bytes, true, StandardCharsets.UTF_8));
        return bytes.toString(StandardCharsets.UTF_8);
    }

    private static String layer(String form, String numbers) {
        return "{\"item\":\"layer " + form + "\",\"kind\":\"layer\",\"row\":\"lstm 8,100,64,128\",\"form\":\"" + form
                + "\",\"precision\":\"float32\",\"cell\":\"lstm\",\"B\":8,\"T\":100,\"I\":64,\"H\":128," + numbers
                + "}";
    }

    /**
     * The sweep's products: 2·800·512·128 = 104,857,600 operations, at 1,000 GFLOP/s 0.1048576 ms; its bytes: W_hh 65,536 floats and 800 rows
     * of (4 + 1 + 4 + 1)·128, 4,358,144 in all, at 100 GB/s 0.0436 ms. Two of the larger in 0.5 + 0.75 ms are 16.8 %.
     */
    @Test
    void timesAreBesideTheLeastPossibleAndBesideCudnns() throws IOException {
        String report = report(
                "{\"item\":\"peak\",\"kind\":\"peak\",\"precision\":\"float32\",\"gflops\":1000}",
                "{\"item\":\"bandwidth\",\"kind\":\"bandwidth\",\"gb_per_s\":100}",
                layer(
                        "graph",
                        "\"input_ms\":0.1,\"forward_ms\":0.5,\"backward_ms\":0.75,\"weights_ms\":0.2,\"dx_ms\":0.05"),
                layer("steps", "\"input_ms\":0.1,\"forward_ms\":1,\"backward_ms\":2,\"weights_ms\":0.2,\"dx_ms\":0.05"),
                layer("single", "\"state\":\"not offered\",\"why\":\"no kernel\""),
                "{\"kind\":\"cudnn\",\"row\":\"lstm 8,100,64,128\",\"precision\":\"float32\",\"forward_ms\":0.5,\"both_ms\":1.0}",
                "{\"kind\":\"cudnn\",\"row\":\"lstm 8,100,64,128\",\"precision\":\"float32\",\"forward_ms\":0.4,\"both_ms\":0.8}",
                "{\"kind\":\"cudnn\",\"row\":\"lstm 8,100,64,128\",\"precision\":\"tf32\",\"forward_ms\":0.1,\"both_ms\":0.2}",
                "{\"kind\":\"step\",\"row\":\"lstm 8,100,64,128\",\"form\":\"graph\",\"precision\":\"float32\",\"step_ms\":3.5}");
        assertEquals(
                List.of("0.500", "0.750", "0.600", "1.600", "16.8%", "0.400", "0.800", "1.50", "2.00", "3.500"),
                numbers(report, "graph"));
        assertEquals(List.of("not", "offered"), numbers(report, "single").subList(0, 2));
        assertTrue(report.contains("lstm 8,100,64,128      graph 1.250, steps 3.000"), report);
        assertTrue(report.contains("1 not offered\n  layer single: no kernel\n"), report);
        assertTrue(report.contains("\n0 FAILED\n"), report);
    }

    private static List<String> numbers(String report, String form) {
        String line = report.lines()
                .filter(l -> l.contains("float32  " + form))
                .findFirst()
                .orElseThrow(() -> new AssertionError(report));
        return List.of(
                line.substring(line.indexOf(form) + form.length()).strip().split(" +", -1));
    }

    @Test
    void correctnessIsATableOfFormsAndCells() throws IOException {
        String report = report(
                "{\"item\":\"a\",\"kind\":\"smoke\",\"state\":\"ok\",\"form\":\"graph\",\"precision\":\"tf32\",\"cell\":\"gru\",\"worst\":0.0015}",
                "{\"item\":\"b\",\"kind\":\"smoke\",\"state\":\"FAILED\",\"why\":\"off\",\"form\":\"graph\",\"precision\":\"tf32\",\"cell\":\"lstm\",\"worst\":2.5}");
        assertTrue(report.contains("graph    tf32"), report);
        assertTrue(report.contains(" ok 1.5e-03         FAILED 2.5e+00"), report);
        assertTrue(report.contains("1 FAILED\n  b: off\n"), report);
    }
}
