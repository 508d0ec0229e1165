package org.bptt4j.backend.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The PTX that ships: what it is made for, and where NVIDIA's compilers are present, that it is up to date and fits the cards. */
class KernelsTest {
    private static final Path SHIPPED = Path.of("src/main/resources/org/bptt4j/backend/cuda/bptt4j.ptx");
    private static final Path SOURCES = Path.of("kernels");

    @TempDir
    Path folder;

    private static List<String> run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), () -> String.join(" ", command) + ": " + out);
        return out.lines().toList();
    }

    private static void assumeThereIs(String tool) {
        boolean found = Stream.of(System.getenv("PATH").split(":", -1))
                .anyMatch(entry -> Files.isExecutable(Path.of(entry).resolve(tool)));
        assumeTrue(found, "no " + tool + " here");
    }

    @Test
    void everyDriverSinceCuda11AndEveryCardSinceTuringTakesIt() throws IOException {
        List<String> lines = Files.readAllLines(SHIPPED);
        assertTrue(lines.contains(".version 7.0"));
        assertTrue(lines.contains(".target sm_75"));
        assertTrue(lines.contains(".address_size 64"));
    }

    /** Another nvcc gives another text; the recorded one must give this one. */
    @Test
    void itIsWhatTheSourcesGive() throws IOException, InterruptedException {
        assumeThereIs("nvcc");
        String recorded = Files.readAllLines(SHIPPED).get(0).replaceAll(".* ", "");
        assumeTrue(String.join("\n", run("nvcc", "--version")).contains("V" + recorded), "not nvcc " + recorded);
        Path fresh = folder.resolve("fresh.ptx");
        run("bash", SOURCES.resolve("build.sh").toString(), fresh.toString());
        assertEquals(Files.readString(SHIPPED), Files.readString(fresh), "run kernels/build.sh");
    }

    @Test
    void itFitsEveryGenerationOfCardsWithoutSpills() throws IOException, InterruptedException {
        assumeThereIs("ptxas");
        assertEquals(5, run("bash", SOURCES.resolve("check.sh").toString()).size());
    }

    @Test
    void everyKernelIsPartOfTheModuleAndUsed() throws IOException {
        String ptx = Files.readString(SHIPPED);
        List<String> sources;
        try (Stream<Path> files = Files.list(SOURCES)) {
            sources = files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".cu") && !name.equals("bptt4j.cu"))
                    .toList();
        }
        assertTrue(sources.size() > 10, sources.toString());
        String module = Files.readString(SOURCES.resolve("bptt4j.cu"));
        for (String source : sources) {
            assertTrue(module.contains("#include \"" + source + "\""), source);
        }
        StringBuilder java = new StringBuilder();
        try (Stream<Path> files = Files.list(Path.of("src/main/java/org/bptt4j/backend/cuda"))) {
            for (Path file : files.toList()) {
                java.append(Files.readString(file));
            }
        }
        ptx.lines().filter(line -> line.contains(".entry")).forEach(line -> {
            String kernel = line.replaceAll(".*\\.entry ([a-z_]+).*", "$1");
            assertTrue(java.indexOf("kernels.get(\"" + kernel + "\"") >= 0, kernel + " is not used");
        });
    }
}
