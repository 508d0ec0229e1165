package org.bptt4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.bptt4j.backend.cuda.SoftDevice;
import org.bptt4j.softgpu.SoftGpu;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where there is a card, the commands that know their sizes leave small work on the CPU; here the card is the software device. */
class AutoBackendTest {
    private static final String LIBRARIES = SoftGpu.FOLDER.toString();

    @TempDir
    Path folder;

    @BeforeEach
    void thereIsACard() {
        SoftDevice.require();
        SoftGpu.load();
    }

    @AfterEach
    void restore() {
        SoftGpu.restoreDefaults();
    }

    private CliRun run(String... args) {
        List<String> all = new ArrayList<>(List.of(args));
        all.addAll(List.of("--cuda-libraries", LIBRARIES));
        CliRun run = CliRun.of(all);
        run.assertDone();
        return run;
    }

    private String out(String name) {
        return folder.resolve(name).toString();
    }

    private String backendOf(String run) throws IOException {
        Map<String, Object> json =
                Json.read(Files.readAllBytes(folder.resolve(run).resolve("run.json")));
        return (String) ((Map<?, ?>) json.get("backend")).get("name");
    }

    /** In a process of its own, whose error stream has the log line. */
    @Test
    void theBundledSeriesStaysOnTheCpuAndSaysSoOnce() throws IOException, InterruptedException {
        Path err = folder.resolve("err");
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        List<String> command = new ArrayList<>(List.of(java, "--add-modules", "jdk.incubator.vector"));
        command.add("-Dorg.slf4j.simpleLogger.defaultLogLevel=info"); // as in the distribution, not as in tests
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
        command.addAll(List.of("train", "--steps", "1", "--out", out("run"), "--cuda-libraries", LIBRARIES));
        Process process =
                new ProcessBuilder(command).redirectError(err.toFile()).start();
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), printed + Files.readString(err));
        assertEquals("cpu", backendOf("run"));
        List<String> lines = Files.readAllLines(err).stream()
                .filter(line -> line.contains("backend cpu"))
                .toList();
        assertEquals(1, lines.size(), Files.readString(err));
        String line = lines.get(0);
        assertTrue(line.startsWith("INFO backend cpu ("), line);
        assertTrue(line.contains("a training step (16 rows of 120 steps, tanh of 64 units) is estimated at "), line);
        assertTrue(line.contains(" ms on cuda:0 (Software CUDA device"), line);
        assertTrue(line.endsWith("--backend cuda takes it at once"), line);
        assertFalse(line.contains("Backend" + "s."), line);
    }

    @Test
    void evaluatingAndGeneratingDoToo() throws IOException {
        Path text = Files.writeString(folder.resolve("text.txt"), "the quick brown fox jumps over\n".repeat(40));
        String[] net = {"--hidden", "5", "--unroll", "8", "--batch", "2"};
        List<String> train = new ArrayList<>(List.of("train", "--text", text.toString(), "--steps", "2"));
        train.addAll(List.of("--out", out("run")));
        train.addAll(List.of(net));
        SoftGpu.reset();
        run(train.toArray(new String[0]));
        run("evaluate", "--model", out("run"), "--text", text.toString());
        run("generate", "--model", out("run"), "--length", "3");
        assertEquals("cpu", backendOf("run"));
        assertEquals(0, SoftGpu.sum("launch"), "launches on the card");
    }

    /** It looks at what is there: its own network would not need a card. */
    @Test
    void doctorTrainsOnTheCard() {
        CliRun run = run("doctor");
        assertTrue(run.out().contains("two steps on cuda:0"), run.out());
    }

    /** The run was the card's before; auto weighs anew, and says that the last bits will differ. */
    @Test
    void aRunThatGoesOnElsewhereSaysSo() throws IOException {
        run("train", "--steps", "2", "--hidden", "4", "--unroll", "8", "--backend", "cuda", "--out", out("run"));
        assertEquals("cuda:0", backendOf("run"));
        CliRun again = run("train", "--resume", out("run"), "--steps", "3");
        assertEquals("cpu", backendOf("run"));
        assertTrue(
                again.err().contains("computed by cuda:0 so far and goes on with cpu")
                        && again.err().contains("--backend cuda:0 chooses"),
                again.err());
    }
}
