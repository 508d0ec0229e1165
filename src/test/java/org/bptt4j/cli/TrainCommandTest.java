package org.bptt4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.bptt4j.ModelFile;
import org.bptt4j.Rnn;
import org.bptt4j.backend.Backend;
import org.bptt4j.backend.Backends;
import org.bptt4j.backend.cuda.SoftDevice;
import org.bptt4j.softgpu.SoftGpu;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** Small runs from the first update to the last file, and what evaluate and generate make of them. */
class TrainCommandTest {
    @TempDir
    Path folder;

    private CliRun train(String... options) {
        List<String> args = new ArrayList<>(List.of("train", "--hidden", "8", "--progress", "plain"));
        args.addAll(List.of(options));
        CliRun result = CliRun.of(args.toArray(String[]::new));
        assertEquals(0, result.exitCode(), result::err);
        return result;
    }

    private static CliRun run(String... args) {
        CliRun result = CliRun.of(args);
        assertEquals(0, result.exitCode(), result::err);
        return result;
    }

    private String out(String name) {
        return folder.resolve(name).toString();
    }

    private Path text() throws IOException {
        return Files.writeString(
                folder.resolve("text.txt"), "the quick brown fox jumps over the lazy dog\n".repeat(60));
    }

    private static void assertFiles(Path run, String last) {
        for (String name :
                List.of("model.safetensors", "run.json", "metrics.jsonl", "loss.png", "gradients.png", last)) {
            assertTrue(Files.exists(run.resolve(name)), name);
        }
        assertTrue(Files.exists(run.resolve("checkpoints/latest.safetensors")));
    }

    /** On the bundled series, ten updates with the same losses but for rounding. */
    @Test
    void theSoftwareDeviceFollowsTheCpu() throws IOException {
        SoftDevice.require();
        train("--steps", "10", "--backend", "cpu", "--out", out("cpu"));
        String libraries = SoftGpu.FOLDER.toString();
        train("--steps", "10", "--backend", "cuda", "--cuda-libraries", libraries, "--out", out("cuda"));
        List<Double> cpu = losses("cpu");
        List<Double> cuda = losses("cuda");
        assertEquals(cpu.size(), cuda.size());
        assertTrue(cpu.size() > 1, "losses: " + cpu);
        for (int i = 0; i < cpu.size(); i++) {
            assertEquals(cpu.get(i), cuda.get(i), 1e-4 * cpu.get(i), "loss " + i);
        }
        assertTrue(Files.readString(folder.resolve("cuda/run.json")).contains("cuda:0"));
    }

    private List<Double> losses(String run) throws IOException {
        return Files.readAllLines(folder.resolve(run).resolve("metrics.jsonl")).stream()
                .filter(line -> line.contains("\"loss\":"))
                .map(line -> Double.valueOf(line.replaceAll(".*\"loss\":([^,}]*).*", "$1")))
                .toList();
    }

    @Test
    void theBundledSeriesNeedsNoOption() throws IOException {
        CliRun result = train("--steps", "10", "--out", out("run"));
        assertTrue(result.out().contains("RMSE of 'sunspots'"), result.out());
        assertTrue(result.out().contains("persistence forecast 18.06"), result.out());
        assertTrue(result.err().contains("update 10 of 10"), result.err());
        Path run = folder.resolve("run");
        assertFiles(run, "forecast.png");
        List<String> lines = Files.readAllLines(run.resolve("metrics.jsonl"));
        assertTrue(
                lines.get(0)
                        .matches(
                                "\\{\"event\":\"train\",\"step\":1,\"loss\":.*,\"grad_norm\":.*,\"clipped\":.*,\"lr\":.*,"
                                        + "\"seconds\":.*,\"steps_per_second\":.*,\"tokens_per_second\":.*}"),
                lines.get(0));
        assertTrue(
                lines.stream()
                        .anyMatch(
                                line -> line.matches(
                                        "\\{\"event\":\"eval\",\"step\":10,\"part\":\"test\",\"kept_step\":10,\"loss\":.*,\"rmse\":.*,\"persistence_rmse\":18.05.*}")),
                lines.toString());
        assertTrue(lines.get(lines.size() - 1).startsWith("{\"event\":\"end\",\"step\":10"));
        String json = Files.readString(run.resolve("run.json"));
        for (String name : List.of("\"hidden\" : 8", "\"seed\" : 1", "\"backend\"", "\"final\"", "\"java\"")) {
            assertTrue(json.contains(name), name);
        }
        String held = result.out().lines().findFirst().orElseThrow();
        assertTrue(run("evaluate", "--model", run.toString()).out().contains(held));
    }

    @Test
    void aTableIsEvaluatedInItsOwnScaling() throws IOException {
        StringBuilder csv = new StringBuilder("when,a,b\n");
        for (int i = 0; i < 100; i++) {
            csv.append("d")
                    .append(i)
                    .append(',')
                    .append(Math.sin(i))
                    .append(',')
                    .append(i % 7)
                    .append('\n');
        }
        Path file = Files.writeString(folder.resolve("table.csv"), csv);
        CliRun result = train(
                "--csv",
                file.toString(),
                "--columns",
                "a,b",
                "--target",
                "a",
                "--steps",
                "4",
                "--loss-at",
                "last",
                "--out",
                out("run"));
        assertTrue(result.out().contains("held-out fifth (20 rows): RMSE of 'a'"), result.out());
        String again =
                run("evaluate", "--model", out("run"), "--csv", file.toString()).out();
        assertTrue(again.startsWith(result.out().lines().findFirst().orElseThrow()), again);
    }

    @Test
    void aTextIsSampledAndGenerated() throws IOException {
        CliRun result = train(
                "--text", text().toString(), "--unroll", "20", "--batch", "4", "--steps", "30", "--out", out("run"));
        assertTrue(result.out().contains("bits per character"), result.out());
        assertTrue(result.out().contains("sample:"), result.out());
        assertFiles(folder.resolve("run"), "sample.txt");
        String again = run("evaluate", "--model", out("run"), "--text", text().toString())
                .out();
        assertTrue(again.startsWith(result.out().lines().findFirst().orElseThrow()), again);
        String[] args = {"generate", "--model", out("run"), "--prompt", "the ", "--length", "30", "--seed", "4"};
        String generated = run(args).out();
        assertTrue(generated.startsWith("the "), generated);
        assertEquals(34, generated.length() - System.lineSeparator().length());
        assertEquals(generated, run(args).out());
        CliRun coldest = run("generate", "--model", out("run"), "--temperature", "0", "--length", "5");
        assertEquals(5, coldest.out().length() - System.lineSeparator().length());
    }

    @Test
    void aTaskIsTrainedOnItsOwnTargets() throws IOException {
        for (String task : List.of("adding", "temporal-order", "copy", "parity")) {
            CliRun result = train("--task", task, "--length", "12", "--batch", "5", "--steps", "3", "--out", out(task));
            assertTrue(result.out().contains("1000 held-out sequences"), result.out());
            String again = run("evaluate", "--model", out(task)).out();
            assertTrue(again.startsWith(result.out().lines().findFirst().orElseThrow()), again);
        }
    }

    @Test
    void theSameSeedGivesTheSameModel() throws IOException {
        for (String name : List.of("one", "two", "other")) {
            train(
                    "--task",
                    "parity",
                    "--length",
                    "6",
                    "--steps",
                    "5",
                    "--seed",
                    name.equals("other") ? "2" : "1",
                    "--threads",
                    name.equals("two") ? "2" : "1",
                    "--out",
                    out(name));
        }
        assertEquals(-1, Files.mismatch(model("one"), model("two")));
        assertFalse(-1 == Files.mismatch(model("one"), model("other")));
    }

    private Path model(String run) {
        return folder.resolve(run).resolve("model.safetensors");
    }

    @Test
    void truncationMakesAnUpdateForEachSegment() throws IOException {
        train(
                "--text",
                text().toString(),
                "--unroll",
                "20",
                "--tbptt",
                "5,10",
                "--epochs",
                "1",
                "--batch",
                "4",
                "--optimizer",
                "momentum",
                "--lr-schedule",
                "step",
                "--clip-value",
                "0.5",
                "--reduction",
                "sum",
                "--lr",
                "0.001",
                "--layers",
                "2",
                "--cell",
                "relu",
                "--init",
                "orthogonal",
                "--out",
                out("run"));
        List<String> lines = Files.readAllLines(folder.resolve("run/metrics.jsonl"));
        assertTrue(lines.get(lines.size() - 1).contains("\"step\":" + 4 * ((60 * 44 * 81 / 100 - 1) / 4 / 20)));
        assertEquals(2, ModelFile.read(model("run")).spec().layers());
    }

    @Test
    void moreEpochsThanCanBeCountedEndWithTheSteps() throws IOException {
        String most = Long.toString(Long.MAX_VALUE);
        train("--epochs", most, "--steps", "2", "--out", out("run")).assertDone();
    }

    @Test
    void anUnfinishedRunsCheckpointStandsForItsModel() throws IOException {
        train("--text", text().toString(), "--unroll", "20", "--steps", "3", "--out", out("run"));
        Files.delete(model("run"));
        assertEquals(0, run("generate", "--model", out("run"), "--length", "3").exitCode());
    }

    @Test
    void nothingButTheRunIsLeftBehind() throws IOException {
        train("--steps", "3", "--out", out("run"));
        try (Stream<Path> files = Files.walk(folder)) {
            assertEquals(
                    List.of(), files.filter(f -> f.toString().endsWith(".tmp")).toList());
        }
    }

    private List<Map<String, Object>> metrics(String run) throws IOException {
        List<Map<String, Object>> events = new ArrayList<>();
        for (String line : Files.readAllLines(folder.resolve(run).resolve("metrics.jsonl"))) {
            events.add(Json.read(line));
        }
        return events;
    }

    /** With a rate so high that the last validation is not the best. */
    @Test
    void theModelWithTheBestValidationIsKept() throws IOException {
        CliRun result = train("--lr", "0.3", "--lr-schedule", "constant", "--steps", "40", "--out", out("run"));
        List<Map<String, Object>> valid = metrics("run").stream()
                .filter(e -> "valid".equals(e.get("part")))
                .toList();
        assertEquals(20, valid.size());
        Map<String, Object> best = Collections.min(valid, Comparator.comparing(e -> (Double) e.get("loss")));
        assertNotEquals(40L, best.get("step"), "the last is no test of this");
        List<Map<String, Object>> events = metrics("run");
        Map<String, Object> test = events.get(events.size() - 2);
        assertEquals("test", test.get("part"));
        assertEquals(best.get("step"), test.get("kept_step"));
        assertTrue(result.out().contains("kept is the model of update " + best.get("step")), result.out());
        String evaluated = run("evaluate", "--model", out("run")).out();
        assertTrue(
                evaluated.contains(String.format(Locale.ROOT, "RMSE of 'sunspots' %.4g,", (Double) test.get("rmse"))),
                evaluated);
        assertNotEquals(-1, Files.mismatch(model("run"), folder.resolve("run/checkpoints/latest.safetensors")));
    }

    @Test
    void aRunEndsWhenItsPatienceDoes() throws IOException {
        CliRun result = train(
                "--lr", "0.3", "--lr-schedule", "constant", "--steps", "400", "--patience", "2", "--out", out("run"));
        List<Map<String, Object>> valid = metrics("run").stream()
                .filter(e -> "valid".equals(e.get("part")))
                .toList();
        int n = valid.size();
        assertTrue(n < 20, "validations: " + n);
        List<Double> losses = valid.stream().map(e -> (Double) e.get("loss")).toList();
        assertEquals(Collections.min(losses), losses.get(n - 3), losses.toString());
        assertTrue(
                result.out().contains("stopped after update " + valid.get(n - 1).get("step") + " of 400"),
                result.out());
        CliRun again = run("train", "--resume", out("run"));
        assertTrue(again.out().contains("is finished"), again.out());
    }

    /** Who says how long, gets as long; a task is never ended early by itself. */
    @Test
    void patienceIsTheDefaultOnlyWhereNobodySaysHowLong() throws IOException {
        for (String options : List.of("--steps 1", "--epochs 1", "--task copy --length 2 --batch 1 --epochs 1")) {
            String name = "run" + options.length();
            train((options + " --out " + out(name)).split(" "));
            assertTrue(
                    Files.readString(folder.resolve(name).resolve("run.json")).contains("\"patience\" : null"),
                    options);
        }
        assertEquals(
                10,
                new CommandLine(new LearningOptions())
                        .<LearningOptions>getCommand()
                        .patience(false));
        assertEquals(
                0,
                new CommandLine(new LearningOptions())
                        .<LearningOptions>getCommand()
                        .patience(true));
    }

    /** The only class that counts is a character that comes in the held-out part alone. */
    @Test
    void anEpochWithoutAnyTargetIsRefused() throws IOException {
        Path file = Files.writeString(folder.resolve("text.txt"), "ab".repeat(500) + "c");
        CliRun.of(
                        "train",
                        "--text",
                        file.toString(),
                        "--class-weights",
                        "0,0,1",
                        "--unroll",
                        "5",
                        "--steps",
                        "3",
                        "--hidden",
                        "2",
                        "--progress",
                        "none",
                        "--out",
                        out("run"))
                .assertFailed(2, "no batch of a whole epoch", "valid target", "--class-weights");
        CliRun.of(
                        "train",
                        "--task",
                        "temporal-order",
                        "--length",
                        "10",
                        "--class-weights",
                        "0,0,0,0",
                        "--out",
                        out("other"))
                .assertFailed(2, "no class counts");
    }

    /** Equal commands in another JVM, whose maps are ordered otherwise. */
    @Test
    void metadataIsInOneOrder() throws IOException {
        Map<String, String> metadata = new LinkedHashMap<>();
        List.of("b", "c", "a").forEach(key -> metadata.put(key, key));
        train("--steps", "1", "--out", out("run"));
        try (Backend backend = Backends.select("cpu");
                Rnn rnn = Rnn.load(backend, model("run"))) {
            rnn.save(folder.resolve("one"), metadata);
            rnn.save(folder.resolve("other"), new TreeMap<>(metadata));
        }
        assertEquals(-1, Files.mismatch(folder.resolve("one"), folder.resolve("other")));
    }
}
