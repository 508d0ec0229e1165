package org.bptt4j.backend.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.bptt4j.spec.Cell;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The PTX that ships: what it is made for, and where NVIDIA's compilers are present, that it is up to date and fits the cards. */
class KernelsTest {
    private static final Path SHIPPED = Path.of("src/main/resources/org/bptt4j/backend/cuda");
    private static final List<String> MODULES = List.of("bptt4j", "persistent_single", "persistent_sliced");
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
        for (String module : MODULES) {
            List<String> lines = shipped(module).lines().toList();
            assertTrue(lines.contains(".version 7.0"), module);
            assertTrue(lines.contains(".target sm_75"), module);
            assertTrue(lines.contains(".address_size 64"), module);
        }
    }

    /** Another nvcc gives another text; the recorded one must give this one. */
    @Test
    void itIsWhatTheSourcesGive() throws IOException, InterruptedException {
        assumeThereIsTheRecordedNvcc();
        run("bash", SOURCES.resolve("build.sh").toString(), folder.toString());
        for (String module : MODULES) {
            String fresh = Files.readString(folder.resolve(module + ".ptx"));
            assertEquals(shipped(module), fresh, "run kernels/build.sh");
        }
    }

    @Test
    void theTestsOwnCellIsWhatItsSourceGives() throws IOException, InterruptedException {
        assumeThereIsTheRecordedNvcc();
        run("bash", SOURCES.resolve("build.sh").toString(), folder.toString(), OwnCell.SOURCE.toString());
        String fresh = Files.readString(folder.resolve(OwnCell.PTX.getFileName()));
        String mend = "run kernels/build.sh " + OwnCell.PTX.getParent() + " " + OwnCell.SOURCE;
        assertEquals(Files.readString(OwnCell.PTX), fresh, mend);
    }

    @Test
    void itFitsEveryGenerationOfCardsWithoutSpills() throws IOException, InterruptedException {
        fits("bptt4j");
    }

    /** Long kernels, a minute of the assembler's work; what they are made of is looked at above. */
    @Test
    @Tag("full")
    void persistentKernelsFitEveryGenerationOfCardsWithoutSpills() throws IOException, InterruptedException {
        fits("persistent_single", "persistent_sliced");
    }

    private static void fits(String... modules) throws IOException, InterruptedException {
        assumeThereIs("ptxas");
        List<String> command =
                new ArrayList<>(List.of("bash", SOURCES.resolve("check.sh").toString()));
        for (String module : modules) {
            command.add(SHIPPED.resolve(module + ".ptx").toString());
        }
        assertEquals(5 * modules.length, run(command.toArray(String[]::new)).size());
    }

    @Test
    @Tag("full")
    void theDocumentHasTheResourcesOfPersistentKernels() throws IOException, InterruptedException {
        assumeThereIsTheRecordedNvcc();
        String document = Files.readString(Path.of("docs/persistent.md"));
        Path fresh = Files.writeString(folder.resolve("persistent.md"), document);
        run("bash", SOURCES.resolve("resources.sh").toString(), fresh.toString());
        assertEquals(document, Files.readString(fresh), "run kernels/resources.sh");
    }

    private static void assumeThereIsTheRecordedNvcc() throws IOException, InterruptedException {
        assumeThereIs("nvcc");
        for (String module : MODULES) {
            String recorded = shipped(module).lines().findFirst().orElseThrow().replaceAll(".* ", "");
            assumeTrue(String.join("\n", run("nvcc", "--version")).contains("V" + recorded), "not nvcc " + recorded);
        }
    }

    @Test
    void everyKernelIsPartOfTheModuleAndUsed() throws IOException {
        List<String> sources;
        try (Stream<Path> files = Files.list(SOURCES)) {
            sources = files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".cu") && !MODULES.contains(name.replace(".cu", "")))
                    .toList();
        }
        assertTrue(sources.size() > 10, sources.toString());
        StringBuilder included = new StringBuilder();
        StringBuilder ptx = new StringBuilder();
        for (String module : MODULES) {
            included.append(Files.readString(SOURCES.resolve(module + ".cu")));
            ptx.append(shipped(module));
        }
        for (String source : sources) {
            assertTrue(included.indexOf("#include \"" + source + "\"") >= 0, source);
        }
        StringBuilder java = new StringBuilder();
        try (Stream<Path> files = Files.list(Path.of("src/main/java/org/bptt4j/backend/cuda"))) {
            for (Path file : files.toList()) {
                java.append(Files.readString(file));
            }
        }
        List<String> entries =
                ptx.toString().lines().filter(line -> line.contains(".entry")).toList();
        for (String line : entries) {
            String kernel = line.replaceAll(".*\\.entry (\\w+).*", "$1");
            boolean byName = java.indexOf("kernels.get(\"" + kernel + "\"") >= 0;
            assertTrue(byName || isOfACell(kernel) || isPersistent(kernel), kernel + " is not used");
        }
    }

    private static boolean isOfACell(String kernel) {
        return Cell.all().stream()
                .anyMatch(cell -> kernel.equals(cell.name() + "_forward") || kernel.equals(cell.name() + "_backward"));
    }

    private static boolean isPersistent(String kernel) {
        return Stream.of(PersistentPlan.Form.values())
                .anyMatch(form -> form.sizes().stream()
                        .anyMatch(size -> kernel.equals(form.kernel("forward", size.width()))
                                || kernel.equals(form.kernel("backward", size.width()))));
    }

    private static String shipped(String module) throws IOException {
        return Files.readString(SHIPPED.resolve(module + ".ptx"));
    }
}
