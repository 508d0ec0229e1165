package org.bptt4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.bptt4j.backend.cuda.SoftDevice;
import org.bptt4j.softgpu.SoftGpu;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What doctor says of a machine that can, and of one thing after the other that is missing. */
class DoctorCommandTest {
    @TempDir
    Path folder;

    @BeforeEach
    void thereIsADevice() {
        SoftDevice.require();
        SoftGpu.load();
    }

    @AfterEach
    void restore() {
        SoftGpu.restoreDefaults();
    }

    private static CliRun doctor(String backend, String... more) {
        List<String> args =
                new ArrayList<>(List.of("doctor", "--backend", backend, "--cuda-libraries", SoftGpu.FOLDER.toString()));
        args.addAll(List.of(more));
        return CliRun.of(args);
    }

    private static String line(CliRun run, String name) {
        return run.out()
                .lines()
                .filter(line -> line.startsWith(name + " "))
                .findFirst()
                .orElse("no line " + name);
    }

    @Test
    void everythingIsThere() {
        CliRun run = doctor("cuda");
        run.assertDone();
        for (String name : List.of(
                "JDK", "vector module", "glibc", "JCuda natives", "driver", "cuBLAS", "device", "PTX", "training")) {
            assertTrue(line(run, name).contains(" OK "), line(run, name));
        }
        assertTrue(line(run, "training").contains("cuda:0"), run.out());
        assertFalse(run.out().contains("PROBLEM"), run.out());
        assertTrue(line(run, "hardware").contains("not yet been run on hardware"), run.out());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "driver-version | 11040 | driver | for CUDA 11.4, too old | 525.60",
                "compute-capability | 70 | device | has compute capability 7.0, the kernels need 7.5 | newer card",
                "devices | 0 | device | sees no card | CUDA_VISIBLE_DEVICES",
                "memory | 2m | device memory | bytes asked | nvidia-smi",
                "refuse-ptx | 1 | PTX | bptt4j.ptx (ptxas fatal : PTX refused | update it",
            })
    void eachThingThatIsMissingHasItsLineAndItsRemedy(
            String setting, String value, String name, String text, String remedy) {
        SoftGpu.set(setting, value);
        CliRun cuda = doctor("cuda");
        assertEquals(1, cuda.exitCode(), cuda.out());
        assertTrue(line(cuda, name).contains("PROBLEM"), cuda.out());
        assertTrue(line(cuda, name).contains(text), cuda.out());
        assertTrue(cuda.out().contains(remedy), cuda.out());
        assertTrue(line(cuda, "training").contains("PROBLEM"), cuda.out());
        CliRun auto = doctor("auto");
        auto.assertDone();
        assertTrue(line(auto, "training").contains("on cpu"), auto.out());
        CliRun bench = CliRun.of(
                "bench", "--config", "1,1,1,1,1", "--backend", "cuda", "--cuda-libraries", SoftGpu.FOLDER.toString());
        assertTrue(bench.exitCode() != 0 && bench.err().contains(text), bench.err());
    }

    @Test
    void asJson() {
        SoftGpu.set("devices", 0);
        CliRun run = doctor("auto", "--json");
        run.assertDone();
        assertEquals(1, run.out().lines().count());
        assertTrue(
                run.out().startsWith("{\"backend\":\"auto\",\"can_train\":true,\"findings\":[{\"name\":\"JDK\""),
                run.out());
        assertTrue(
                run.out().contains("{\"name\":\"device\",\"state\":\"problem\",\"text\":\"the NVIDIA driver sees"),
                run.out());
    }

    @Test
    void theDeviceThatIsNamedIsLookedAt() {
        SoftGpu.set("devices", 2);
        CliRun run = doctor("cuda:1");
        run.assertDone();
        assertTrue(line(run, "device").contains("cuda:1"), run.out());
        assertTrue(line(doctor("cuda:2"), "device").contains("there is no cuda:2"), run.out());
    }

    @Test
    void anotherDeviceThanThereIs() {
        CliRun.of(
                        "bench",
                        "--config",
                        "1,1,1,1,1",
                        "--backend",
                        "cuda:3",
                        "--cuda-libraries",
                        SoftGpu.FOLDER.toString())
                .assertFailed(2, "no cuda:3", "cuda:0");
    }

    // ---- in processes of their own, where nothing is loaded yet -----------------------------------------------------

    private record Child(int code, String out, String err) {}

    private Child child(Path libraries, String... args) throws IOException, InterruptedException {
        return child(libraries, List.of(), args);
    }

    private Child child(Path libraries, List<String> flags, String... args) throws IOException, InterruptedException {
        return child(Map.of("BPTT4J_CUDA_LIBRARIES", libraries.toString()), flags, args);
    }

    /** With these variables; of an empty value without it. */
    private Child child(Map<String, String> environment, List<String> flags, String... args)
            throws IOException, InterruptedException {
        Path err = folder.resolve("err");
        ProcessBuilder builder = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString());
        builder.command().addAll(flags);
        builder.command().addAll(List.of("--add-modules", "jdk.incubator.vector"));
        builder.command().addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
        builder.command().addAll(List.of(args));
        builder.environment().putAll(environment);
        builder.environment().values().removeIf(String::isEmpty);
        Process process = builder.redirectError(err.toFile()).start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Child(process.waitFor(), out, Files.readString(err));
    }

    @Test
    void theEnvironmentNamesTheFolder() throws IOException, InterruptedException {
        Child child = child(SoftGpu.FOLDER, "doctor", "--backend", "cuda");
        assertEquals(0, child.code, child.out + child.err);
        assertTrue(child.out.contains("two steps on cuda:0"), child.out);
    }

    @Test
    void cuBlasIsMissingOrOfAnotherMajorVersion() throws IOException, InterruptedException {
        Files.copy(SoftGpu.FOLDER.resolve("libcuda.so.1"), folder.resolve("libcuda.so.1"));
        Files.writeString(folder.resolve("libcublas.so.11"), "");
        Child child = child(folder, "doctor", "--backend", "cuda");
        assertEquals(1, child.code, child.out);
        assertTrue(child.out.contains("there is no libcublas.so.12 and no libcublas.so.13"), child.out);
        assertTrue(child.out.contains("libcublas.so.11, of another major version"), child.out);
        Files.writeString(folder.resolve("libcublas.so.12"), "");
        Child broken = child(folder, "doctor", "--backend", "cuda");
        assertEquals(1, broken.code, broken.out);
        assertTrue(broken.out.contains("file too short"), broken.out);
    }

    /** Nothing was loaded then, and nothing may be loaded to tell of it. */
    @Test
    void anEmptyFolderIsAProblem() throws IOException, InterruptedException {
        Child child = child(Files.createDirectory(folder.resolve("empty")), "doctor", "--backend", "cuda");
        assertEquals(1, child.code, child.out + child.err);
        assertTrue(child.out.contains("has neither libcuda.so.1 nor libcublas.so.12 or 13"), child.out);
        Child none = child(folder.resolve("none"), "doctor", "--backend", "cuda");
        assertEquals(1, none.code, none.out + none.err);
        assertTrue(none.out.contains("is not there"), none.out);
    }

    /** Only the folder of libcublas.so.13, in a virtual environment as pip fills it; JCuda's library is turned to that. */
    @Test
    void cuda13OfAVirtualEnvironmentIsFoundAndTrains() throws IOException, InterruptedException {
        Path driver = Files.createDirectories(folder.resolve("driver"));
        Files.copy(SoftGpu.FOLDER.resolve("libcuda.so.1"), driver.resolve("libcuda.so.1"));
        Path pip = Files.createDirectories(folder.resolve("venv/lib/python3.12/site-packages/nvidia/cu13/lib"));
        Path blas = pip.resolve("libcublas.so.13");
        Files.copy(SoftGpu.FOLDER.resolve("libcublas.so.13"), blas);
        Map<String, String> environment = new HashMap<>(Map.of(
                "BPTT4J_CUDA_LIBRARIES", "",
                "LD_LIBRARY_PATH", driver.toString(),
                "VIRTUAL_ENV", folder.resolve("venv").toString(),
                "SOFTGPU_DRIVER_VERSION", "13000",
                "CUDA_CACHE_DISABLE", "1"));
        Child child = child(environment, List.of(), "doctor", "--backend", "cuda");
        assertEquals(0, child.code, child.out + child.err);
        assertTrue(
                child.out.contains(blas + ", of the virtual environment VIRTUAL_ENV; version 12.6.0; JCuda's library"),
                child.out);
        assertTrue(child.out.contains("two steps on cuda:0"), child.out);
        assertTrue(child.out.contains("CUDA_CACHE_DISABLE is 1"), child.out);
        assertEquals(
                1,
                child.err
                        .lines()
                        .filter(l -> l.contains("CUDA_CACHE_DISABLE is 1"))
                        .count(),
                child.err);
        environment.put("SOFTGPU_DRIVER_VERSION", "12080");
        Child old = child(environment, List.of(), "doctor", "--backend", "cuda");
        assertEquals(1, old.code, old.out);
        assertTrue(old.out.contains("for CUDA 12.8, too old for libcublas.so.13"), old.out);
        assertTrue(old.out.contains("nvidia-cublas-cu12"), old.out);
    }

    /** JCuda alone would load it: under this name it looks in the temporary folder before it unpacks its own. */
    @Test
    void aLibraryThatWasLeftInTheTemporaryFolderIsNotLoaded() throws IOException, InterruptedException {
        for (String library : List.of("JCudaDriver", "JCublas2")) {
            Files.writeString(folder.resolve("lib" + library + "-12.6.0-linux-x86_64.so"), "of last year");
        }
        Child child = child(SoftGpu.FOLDER, List.of("-Djava.io.tmpdir=" + folder), "doctor", "--backend", "cuda");
        assertEquals(0, child.code, child.out + child.err);
        try (Stream<Path> files = Files.list(folder)) {
            assertEquals(2 + 1, files.count(), "nothing of ours is left beside them and the error stream");
        }
    }

    /** On the library path it is in the way, because JCuda looks there first. */
    @Test
    void aLibraryOfAnotherVersionOnTheLibraryPathIsNamed() throws IOException, InterruptedException {
        Path stale = Files.writeString(folder.resolve("libJCudaDriver-12.6.0-linux-x86_64.so"), "of last year");
        Child child = child(SoftGpu.FOLDER, List.of("-Djava.library.path=" + folder), "doctor", "--backend", "cuda");
        assertEquals(1, child.code, child.out);
        assertTrue(child.out.contains(stale + " is not what JCuda's jar has"), child.out);
        assertTrue(child.out.contains("remedy: delete it"), child.out);
    }
}
