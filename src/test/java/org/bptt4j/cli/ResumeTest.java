package org.bptt4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs that go on: the same model as of runs that never stopped. */
class ResumeTest {
    private static final int PATIENCE_SECONDS = 120;

    @TempDir
    Path folder;

    private List<String> arguments(String run, String... options) {
        List<String> args = new ArrayList<>(List.of("train", "--hidden", "8", "--progress", "none", "--out"));
        args.add(folder.resolve(run).toString());
        args.addAll(List.of(options));
        return args;
    }

    private void train(String run, String... options) {
        CliRun.of(arguments(run, options)).assertDone();
    }

    private CliRun resume(String run, String... options) {
        List<String> args =
                new ArrayList<>(List.of("train", "--resume", folder.resolve(run).toString()));
        args.addAll(List.of(options));
        return CliRun.of(args);
    }

    private void assertSameModel(String one, String other) throws IOException {
        assertEquals(-1, Files.mismatch(file(one, "model.safetensors"), file(other, "model.safetensors")));
    }

    private Path file(String run, String name) {
        return folder.resolve(run).resolve(name);
    }

    private Map<String, Object> json(String run) throws IOException {
        return Json.read(Files.readString(file(run, "run.json")));
    }

    private List<Map<String, Object>> metrics(String run) throws IOException {
        List<Map<String, Object>> events = new ArrayList<>();
        for (String line : Files.readAllLines(file(run, "metrics.jsonl"))) {
            events.add(Json.read(line));
        }
        return events;
    }

    private Path text() throws IOException {
        return Files.writeString(
                folder.resolve("text.txt"), "the quick brown fox jumps over the lazy dog\n".repeat(60));
    }

    /** Over the end of an epoch, in the middle of a text's rows, of a table's windows, and of a task's sequences. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "--text TEXT --unroll 20 --batch 4 --tbptt 5,10",
                "--text TEXT --unroll 50 --batch 8 --optimizer momentum --memory 256KiB",
                "--csv TABLE --columns a,b --target a --unroll 10 --optimizer rmsprop",
                "--task parity --length 6 --optimizer sgd --lr 0.1",
                "--layers 2"
            })
    void aRaisedRunIsOneLongRun(String line) throws IOException {
        String table = Files.writeString(
                        folder.resolve("table.csv"), "a,b,c\n" + "1,2,x\n3,1,y\n2,5,x\n4,4,z\n".repeat(30))
                .toString();
        String[] options =
                line.replace("TEXT", text().toString()).replace("TABLE", table).split(" ");
        train("whole", with(options, "--lr-schedule", "constant", "--steps", "40"));
        train("parts", with(options, "--lr-schedule", "constant", "--steps", "20"));
        resume("parts", "--steps", "40").assertDone();
        assertSameModel("whole", "parts");
        assertEquals(figures("whole"), figures("parts"));
        assertTrue(json("parts").containsKey("started"));
        assertEquals(1, ((List<?>) json("parts").get("resumed")).size());
        assertEquals(
                1,
                metrics("parts").stream()
                        .filter(e -> "end".equals(e.get("event")))
                        .count());
        List<Long> steps =
                metrics("parts").stream().map(e -> (Long) e.get("step")).toList();
        assertEquals(steps.stream().sorted().toList(), steps, "in the order of the updates");
        assertEquals(
                metrics("whole").stream()
                        .filter(ResumeTest::train)
                        .map(ResumeTest::losses)
                        .toList(),
                metrics("parts").stream()
                        .filter(ResumeTest::train)
                        .map(ResumeTest::losses)
                        .toList());
    }

    private static boolean train(Map<String, Object> event) {
        return "train".equals(event.get("event"));
    }

    private static List<Object> losses(Map<String, Object> event) {
        return List.of(event.get("step"), event.get("loss"), event.get("grad_norm"));
    }

    private Object figures(String run) throws IOException {
        return json(run).get("final");
    }

    private static String[] with(String[] options, String... more) {
        List<String> all = new ArrayList<>(List.of(options));
        all.addAll(List.of(more));
        return all.toArray(String[]::new);
    }

    /** In a process of its own that is told to end; the schedule, a cosine, is that of the whole run. */
    @Test
    void anInterruptedRunGoesOn() throws Exception {
        String[] options = {"--text", text().toString(), "--unroll", "20", "--batch", "4", "--steps", "6000"};
        train("whole", options);
        Process process = start(arguments("parts", options));
        waitFor(file("parts", "checkpoints/state.safetensors"), process);
        process.destroy();
        assertTrue(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS), "it ends");
        String said = Files.readString(folder.resolve("stderr"));
        assertTrue(said.contains("interrupted after update"), said);
        assertNotEquals(0, process.exitValue());
        assertFalse(json("parts").containsKey("final"));
        assertFalse(Files.exists(file("parts", "model.safetensors")));
        Files.writeString(
                file("parts", "metrics.jsonl"),
                "{\"event\":\"train\",\"step\":5999,\"loss\":1.0}\n{\"event\":\"tra",
                StandardOpenOption.APPEND);
        resume("parts", "--threads", "1").assertDone();
        assertSameModel("whole", "parts");
        assertTrue(metrics("parts").stream().noneMatch(e -> Long.valueOf(5999).equals(e.get("step"))), "what was cut");
        List<Object> first = new ArrayList<>();
        metrics("parts").forEach(e -> first.add(e.get("step")));
        assertTrue(first.size() > 200 && first.get(0).equals(30L), "the lines before are kept: " + first);
        assertEquals(20, validations("parts").size());
        assertEquals(validations("whole"), validations("parts"), "at the same updates");
        assertEquals(json("whole").get("kept_update"), json("parts").get("kept_update"));
    }

    private Process start(List<String> arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-modules",
                "jdk.incubator.vector",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName()));
        command.addAll(arguments);
        return new ProcessBuilder(command)
                .redirectOutput(folder.resolve("stdout").toFile())
                .redirectError(folder.resolve("stderr").toFile())
                .start();
    }

    private void waitFor(Path file, Process process) throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (!Files.exists(file)) {
            assertTrue(process.isAlive(), () -> read(folder.resolve("stderr")));
            assertTrue(System.nanoTime() < end, "no state so far");
            Thread.sleep(5);
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return e.toString();
        }
    }

    @Test
    void aFinishedRunEndsAtOnce() throws IOException {
        train("run", "--steps", "3");
        String before = Files.readString(file("run", "run.json"));
        for (CliRun again : List.of(resume("run"), resume("run", "--steps", "3"))) {
            again.assertDone();
            assertTrue(again.out().contains("is finished after 3 updates"), again.out());
        }
        assertEquals(before, Files.readString(file("run", "run.json")));
    }

    /** Killed after the last update and before the last file. */
    @Test
    void onlyTheEndIsMissing() throws IOException {
        train("whole", "--steps", "3");
        train("run", "--steps", "3");
        unfinished("run");
        Files.delete(file("run", "model.safetensors"));
        resume("run").assertDone();
        assertSameModel("whole", "run");
        assertEquals(figures("whole"), figures("run"));
    }

    private void unfinished(String run) throws IOException {
        Map<String, Object> json = json(run);
        json.remove("final");
        Files.writeString(file(run, "run.json"), Json.pretty(json));
    }

    @Test
    void whatDoesNotGoTogether() throws IOException {
        train("run", "--text", text().toString(), "--unroll", "20", "--steps", "3");
        resume("run", "--hidden", "9").assertFailed(2, "--hidden: a run that goes on keeps its own", "--steps");
        resume("run", "--out", "x").assertFailed(2, "--out: a run that goes on");
        unfinished("run");
        resume("run", "--steps", "2").assertFailed(2, "--steps 2", "has done 3 updates already");
        Files.writeString(folder.resolve("text.txt"), "jumps over the quick lazy brown fox god\n".repeat(60));
        resume("run").assertFailed(2, "have changed", "put them back");
        Files.delete(folder.resolve("text.txt"));
        resume("run").assertFailed(2, "text.txt: there is no such file", "put them back");
        text();
        Files.delete(file("run", "checkpoints/state.safetensors"));
        Files.delete(file("run", "checkpoints/state-before.safetensors"));
        resume("run").assertFailed(2, "holds no checkpoints/state.safetensors");
        Files.writeString(file("run", "run.json"), "{\"options\":");
        resume("run").assertFailed(2, "is not the description of a run");
        Files.delete(file("run", "run.json"));
        resume("run").assertFailed(2, "holds no run.json");
        resume("nowhere").assertFailed(2, "no such folder");
    }

    /** As many characters of the same number, but others. */
    @Test
    void anotherTextOfTheSameSize() throws IOException {
        train("run", "--text", text().toString(), "--unroll", "20", "--steps", "3");
        unfinished("run");
        Files.writeString(folder.resolve("text.txt"), "THE quick brown fox jumps over the lazy dog\n".repeat(60));
        resume("run").assertFailed(2, "have changed");
        Files.writeString(
                folder.resolve("text.txt"),
                "the quick brown fox jumps over the l@zy dog\n"
                        .replace('a', '@')
                        .repeat(60));
        resume("run").assertFailed(2, "vocabulary", "changed since");
    }

    private void flip(String run, String name) throws IOException {
        byte[] bytes = Files.readAllBytes(file(run, name));
        bytes[bytes.length - 5] ^= 0x10; // in the values of a tensor
        Files.write(file(run, name), bytes);
    }

    @Test
    void aDamagedCheckpointIsNamedAndTheOneBeforeUsed() throws IOException {
        train("whole", "--steps", "40");
        train("run", "--steps", "40");
        unfinished("run");
        flip("run", "checkpoints/state.safetensors");
        CliRun again = resume("run");
        again.assertDone();
        assertTrue(
                again.err().contains("state.safetensors: its checksum does not hold")
                        && again.err().contains("going on from the checkpoint before it, of update 38"),
                again.err());
        assertSameModel("whole", "run");
        assertEquals(figures("whole"), figures("run"));
    }

    /** As a process leaves it that ends between the two renames. */
    @Test
    void theNewestCheckpointIsMissing() throws IOException {
        train("whole", "--steps", "4");
        train("run", "--steps", "4");
        unfinished("run");
        Files.delete(file("run", "checkpoints/state.safetensors"));
        CliRun again = resume("run");
        again.assertDone();
        assertTrue(again.err().contains("state.safetensors: is missing"), again.err());
        assertSameModel("whole", "run");
    }

    @Test
    void withoutASoundCheckpointNothingIsWritten() throws IOException {
        train("run", "--steps", "4");
        unfinished("run");
        flip("run", "checkpoints/state.safetensors");
        flip("run", "checkpoints/state-before.safetensors");
        Map<String, String> before = contents("run");
        resume("run").assertFailed(1, "no checkpoint is sound", "state-before.safetensors", "begin the run anew");
        assertEquals(before, contents("run"));
    }

    private Map<String, String> contents(String run) throws IOException {
        Map<String, String> contents = new TreeMap<>();
        try (Stream<Path> files = Files.walk(folder.resolve(run))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                contents.put(file.toString(), Files.readString(file, StandardCharsets.ISO_8859_1));
            }
        }
        return contents;
    }

    /** The folder may come from somebody else: it does not say which code runs. */
    @Test
    void theFolderIsDataAndNeverCode() throws IOException {
        train("run", "--steps", "3");
        Path libraries = Files.createDirectory(folder.resolve("run/libraries"));
        for (String name : List.of("libcuda.so.1", "libcublas.so.12")) {
            Files.writeString(libraries.resolve(name), "no library");
        }
        Map<String, Object> run = json("run");
        run.remove("final");
        @SuppressWarnings("unchecked")
        Map<String, Object> options = (Map<String, Object>) run.get("options");
        options.put("backend", "cuda");
        options.put("cuda-libraries", libraries.toString());
        options.put("sweep", "graph");
        Files.writeString(file("run", "run.json"), Json.pretty(run));
        CliRun again = resume("run");
        again.assertDone();
        assertFalse(again.err().contains(libraries.toString()), again.err());
        Map<?, ?> now = (Map<?, ?>) json("run").get("options");
        assertEquals("auto", now.get("backend"));
        assertNull(now.get("cuda-libraries"));
    }

    @Test
    void anotherBackendThanBeforeIsSaid() throws IOException {
        train("run", "--steps", "3");
        Map<String, Object> run = json("run");
        run.remove("final");
        run.put("backend", Map.of("name", "cuda:0"));
        Files.writeString(file("run", "run.json"), Json.pretty(run));
        CliRun again = resume("run");
        again.assertDone();
        assertTrue(again.err().contains("computed by cuda:0 so far and goes on with cpu"), again.err());
    }

    @Test
    void aRunGoesOnOnceAtATime() throws IOException {
        train("run", "--steps", "3");
        unfinished("run");
        RunFolder held = RunFolder.existing(folder.resolve("run"));
        Map<String, String> before = contents("run");
        resume("run").assertFailed(2, "a run is going on in this folder");
        assertEquals(before, contents("run"));
        held.close();
        resume("run").assertDone();
    }

    @Test
    void brokenMetricsAreNamedAndTheAdviceWorks() throws IOException {
        train("run", "--steps", "3");
        unfinished("run");
        byte[] sound = Files.readAllBytes(file("run", "metrics.jsonl"));
        for (String broken : List.of("\u00ff", "{\"event\":\"train\"}", "{}{}", "", "[1]", "{\"a\":1,\"a\":2}")) {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            bytes.writeBytes((broken + "\n").getBytes(StandardCharsets.ISO_8859_1));
            bytes.writeBytes(sound);
            Files.write(file("run", "metrics.jsonl"), bytes.toByteArray());
            Map<String, String> before = contents("run");
            resume("run").assertFailed(2, "metrics.jsonl: line 1 is no line of metrics", "move it away");
            assertEquals(before, contents("run"));
        }
        Files.delete(file("run", "metrics.jsonl"));
        Files.createDirectory(file("run", "metrics.jsonl"));
        resume("run").assertFailed(2, "metrics.jsonl in it is a folder", "move it away");
        Files.delete(file("run", "metrics.jsonl"));
        resume("run").assertDone();
        assertEquals("end", metrics("run").get(metrics("run").size() - 1).get("event"));
    }

    @Test
    void aBrokenDescriptionIsNamed() throws IOException {
        train("run", "--steps", "3");
        for (String broken : List.of("\u00ff", "", "[]", "{\"options\":{\"lr\":[1]}}", "{\"options\":{}} x")) {
            Files.write(file("run", "run.json"), broken.getBytes(StandardCharsets.ISO_8859_1));
            resume("run").assertFailed(2, "run.json: is not the description of a run", "begin the run anew");
        }
        Files.delete(file("run", "run.json"));
        Files.createDirectory(file("run", "run.json"));
        resume("run").assertFailed(2, "run.json in it is a folder");
    }

    private List<Object> validations(String run) throws IOException {
        return metrics(run).stream()
                .filter(e -> "valid".equals(e.get("part")))
                .map(e -> List.of(e.get("step"), e.get("loss")))
                .collect(Collectors.toList());
    }
}
