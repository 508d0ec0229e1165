package org.bptt4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.bptt4j.backend.Backend;
import org.bptt4j.backend.Backends;
import org.bptt4j.backend.Counts;
import org.bptt4j.backend.Report;
import org.bptt4j.backend.SweepForm;
import org.bptt4j.backend.cuda.SoftDevice;
import org.bptt4j.softgpu.SoftGpu;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The benchmark on a device: on the software device counts without a time, on what passes for a card both. */
class BenchDeviceTest {
    private static final String SMALL = "2,9,4,5,6,relu,2";
    private static final String[] WITHHELD = {"ms", "ms_min", "gflops", "peak_gflops"};

    @TempDir
    Path folder;

    @BeforeEach
    void needsTheSoftwareDevice() {
        SoftDevice.require();
    }

    private Path json() {
        return folder.resolve("bench.jsonl");
    }

    private CliRun bench(String... more) {
        List<String> arguments =
                new ArrayList<>(List.of("bench", "--threads", "1", "--cuda-libraries", SoftGpu.FOLDER.toString()));
        arguments.addAll(List.of("--json", json().toString()));
        arguments.addAll(List.of(more));
        return CliRun.of(arguments);
    }

    /** The counts are those of the software device, and no column, line or field has a time. */
    @ParameterizedTest
    @EnumSource(SweepForm.class)
    void theSoftwareDeviceHasCountsInPlaceOfTimes(SweepForm form) throws IOException {
        SoftGpu.reset();
        CliRun run = bench("--backend", "cuda", "--sweep", Names.of(form), "--config", SMALL);
        run.assertDone();
        List<String> lines = run.out().lines().toList();
        assertEquals(3, lines.size(), run.out());
        assertTrue(lines.get(0).contains("simulated"), run.out());
        assertFalse(run.out().matches("(?s).*(\\bms\\b|GFLOP|%|faster|\\d\\.\\d).*"), run.out());
        assertTrue(lines.get(2).startsWith("cuda:0 " + Names.of(form)), run.out());
        Map<String, String> object = BenchCommandTest.parse(Files.readString(json()));
        for (String field : WITHHELD) {
            assertNull(object.get(field), field);
        }
        assertEquals("true", object.get("simulated"));
        assertEquals(Names.of(form), object.get("sweep"));
        assertEquals(Integer.toString(Report.LENGTH * Float.BYTES), object.get("bytes_down"));
        assertEquals("1", object.get("waits"));
        boolean graphs = form == SweepForm.GRAPH || form == SweepForm.AUTO;
        assertEquals(graphs ? "8" : "0", object.get("graph_launches"), "8 steps and 1, two layers, both ways");
        String sweepProducts = form == SweepForm.PERSISTENT ? "0" : Integer.toString(2 * 2 * 9);
        assertEquals(sweepProducts, object.get("sweep_products"));
        assertEquals(2, SoftGpu.counter("copy.dtoh.async.pinned"), "one step of warm-up and one that is counted");
    }

    @Test
    void besideTheSoftwareDeviceTheCpuHasItsTimes() throws IOException {
        CliRun run = bench("--config", SMALL, "--config", "3,4,5,6,7");
        run.assertDone();
        List<String> lines = run.out().lines().toList();
        assertEquals(3 + 1 + 3, lines.size(), run.out());
        assertTrue(lines.get(1).startsWith("cpu ") && lines.get(2).startsWith("cpu "), run.out());
        assertFalse(run.out().contains("faster"), run.out());
        List<String> objects = Files.readAllLines(json());
        assertEquals(4, objects.size());
        assertTrue(Double.parseDouble(BenchCommandTest.parse(objects.get(0)).get("ms")) > 0);
        assertNull(BenchCommandTest.parse(objects.get(1)).get("ms"));
    }

    /** H = 3000 is more than persistent kernels hold: the row says so, the others are measured. */
    @Test
    void aRowThatIsRefusedSaysSo() throws IOException {
        String[] where = {"--backend", "cuda", "--sweep", "persistent"};
        CliRun run = bench(where[0], where[1], where[2], where[3], "--config", "1,1,1,3000,1", "--config", "2,3,4,5,6");
        run.assertDone();
        List<String> lines = run.out().lines().toList();
        assertTrue(lines.get(2).contains("no persistent kernel for B 1, H 3000"), run.out());
        List<String> objects = Files.readAllLines(json());
        assertTrue(BenchCommandTest.parse(objects.get(0)).get("refused").contains("H 3000"));
        assertNull(BenchCommandTest.parse(objects.get(0)).get("launches"));
        assertNull(BenchCommandTest.parse(objects.get(1)).get("refused"));
        CliRun none = bench(where[0], where[1], where[2], where[3], "--config", "1,1,1,3000,1");
        assertEquals(1, none.exitCode(), "nothing was measured");
    }

    /** A backend that calls itself a card is timed in turn with the CPU, and held against it. */
    @Test
    void aCardHasTimesAndCountsAndIsHeldAgainstTheCpu() throws IOException {
        Counts step = new Counts(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12);
        try (BenchPlace cpu = new BenchPlace(Backends.select("cpu"), SweepForm.AUTO, 1, 100);
                BenchPlace card = new BenchPlace(card(step), SweepForm.GRAPH, 1, 50)) {
            List<BenchResult> results = BenchRow.measure(List.of(cpu, card), BenchConfig.parse("2,3,4,5,6"));
            BenchResult result = results.get(1);
            assertTrue(result.times().ms() >= result.times().msMin()
                    && result.times().msMin() > 0);
            assertEquals(step, result.counts());
            assertNull(results.get(0).counts());
            Map<String, String> object = BenchCommandTest.parse(BenchJson.line(result));
            assertEquals("50.0", object.get("peak_gflops"));
            assertEquals("graph", object.get("sweep"));
            assertEquals("false", object.get("simulated"));
            assertEquals("2", object.get("graph_launches"));
            assertTrue(BenchTable.times(result).startsWith("cuda:7 graph"), BenchTable.times(result));
            String verdict = BenchVerdict.of(results).orElseThrow();
            assertTrue(verdict.startsWith("cuda:7 is ") && verdict.endsWith("the one row measured"), verdict);
            assertTrue(BenchVerdict.of(results.subList(0, 1)).isEmpty());
            assertTrue(BenchVerdict.of(results.subList(1, 2)).isEmpty());
        }
    }

    /** The CPU under another name, counting the same for each time that it is asked. */
    private static Backend card(Counts each) {
        Backend cpu = Backends.select("cpu");
        int[] asked = new int[1];
        return (Backend) Proxy.newProxyInstance(
                Backend.class.getClassLoader(), new Class<?>[] {Backend.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("name")) {
                        return "cuda:7";
                    }
                    if (method.getName().equals("counts")) {
                        return asked[0]++ == 0 ? Counts.NONE : each;
                    }
                    try {
                        return method.invoke(cpu, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    @Test
    void theRateOfAProduct() {
        try (Backend cpu = Backends.select("cpu")) {
            long before = cpu.allocatedBytes();
            double gflops = BenchProduct.gflops(cpu, 64);
            assertTrue(gflops > 0.01 && gflops < 1e6, "GFLOP/s: " + gflops);
            assertEquals(before, cpu.allocatedBytes());
        }
    }
}
