package org.bptt4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A user who starts his JVM with no flag at all trains with scalar kernels and is told, once, how to be faster. */
class NoFlagsTest {
    private static final String REMEDY = "--add-modules jdk.incubator.vector";

    @TempDir
    Path folder;

    private List<String> out;
    private List<String> err;

    private void run(String... flags) throws IOException, InterruptedException {
        runWith(System.getProperty("java.class.path"), flags);
    }

    private void runWith(String classPath, String... flags) throws IOException, InterruptedException {
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        Path outFile = folder.resolve("out");
        Path errFile = folder.resolve("err");
        ProcessBuilder builder = new ProcessBuilder(java.toString());
        builder.command().addAll(List.of(flags));
        // The other tests are quiet (simplelogger.properties); this one wants to see what a user sees.
        builder.command().add("-Dorg.slf4j.simpleLogger.defaultLogLevel=info");
        builder.command().addAll(List.of("-cp", classPath, TenSteps.class.getName()));
        builder.environment().keySet().removeAll(List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS"));
        builder.redirectOutput(outFile.toFile()).redirectError(errFile.toFile());
        int code = builder.start().waitFor();
        out = Files.readAllLines(outFile);
        err = Files.readAllLines(errFile);
        assertEquals(0, code, () -> "exit code; standard error: " + err);
        assertEquals(11, out.size());
        double first = Double.parseDouble(out.get(1));
        double last = Double.parseDouble(out.get(10));
        assertTrue(last < 0.9 * first, "loss from " + first + " to " + last);
    }

    @Test
    void withoutTheModuleOneLineNamesTheRemedy() throws IOException, InterruptedException {
        run();
        assertTrue(out.get(0).contains("scalar: the JVM runs without " + REMEDY), out.get(0));
        assertEquals(1, err.size(), () -> "one line: " + err);
        assertTrue(err.get(0).contains(REMEDY), err.get(0));
    }

    /** Without any logging library the JDK's own console has it. */
    @Test
    void whereNothingLogsItIsSeenToo() throws IOException, InterruptedException {
        String classPath = Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> !entry.contains("slf4j"))
                .collect(Collectors.joining(File.pathSeparator));
        runWith(classPath);
        assertEquals(1, err.stream().filter(line -> line.contains(REMEDY)).count(), () -> "once: " + err);
    }

    @Test
    void theRemedyHelps() throws IOException, InterruptedException {
        run(REMEDY.split(" ", -1));
        assertTrue(out.get(0).contains("vector"), out.get(0));
        assertTrue(err.stream().noneMatch(line -> line.contains(REMEDY)), () -> "no advice: " + err);
    }
}
