package org.bptt4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.bptt4j.backend.cuda.SoftDevice;
import org.bptt4j.softgpu.SoftGpu;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code --precision} leaves in a run's folder, and what doctor says of it. */
class PrecisionOptionTest {
    private static final String LIBRARIES = SoftGpu.FOLDER.toString();

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

    @Test
    void aRunRecordsIt() throws IOException {
        SoftGpu.set("compute-capability", 80);
        String out = folder.resolve("run").toString();
        CliRun.of(
                        "train",
                        "--steps",
                        "2",
                        "--hidden",
                        "5",
                        "--progress",
                        "none",
                        "--out",
                        out,
                        "--backend",
                        "cuda",
                        "--cuda-libraries",
                        LIBRARIES,
                        "--precision",
                        "bf16",
                        "--sweep",
                        "steps")
                .assertDone();
        String json = Files.readString(folder.resolve("run/run.json"));
        for (String part : new String[] {
            "\"precision\" : \"bf16\"", "\"sweep\" : \"steps\"", "\"threads\" : ", "bf16, sweeps steps)"
        }) {
            assertTrue(json.contains(part), json);
        }
    }

    @Test
    void anOldCardIsTheProblem() {
        CliRun run = CliRun.of("doctor", "--backend", "cuda", "--cuda-libraries", LIBRARIES, "--precision", "tf32");
        assertEquals(1, run.exitCode(), run.out());
        assertTrue(run.out().contains("precision        PROBLEM  cuda:0 (Software CUDA device"), run.out());
        assertTrue(run.out().contains("remedy: use a newer card, or --precision float32"), run.out());
    }

    @Test
    void theEnvironmentIsTheProblem() throws IOException, InterruptedException {
        assertTrue(doctor("float32", null).contains("precision        OK       float32"));
        assertTrue(doctor("float32", "1").contains("precision        PROBLEM  float32 was asked for, but"));
        assertTrue(doctor("bf16", "1").contains("two steps on cuda:0"));
        assertTrue(doctor("bf16", "0").contains("unset it, or ask for --precision float32"));
    }

    /** In a process of its own, on a card of capability 8.0. */
    private static String doctor(String precision, String override) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-modules",
                "jdk.incubator.vector",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                "doctor",
                "--backend",
                "cuda",
                "--cuda-libraries",
                LIBRARIES,
                "--precision",
                precision);
        builder.environment().put("SOFTGPU_COMPUTE_CAPABILITY", "80");
        if (override != null) {
            builder.environment().put("NVIDIA_TF32_OVERRIDE", override);
        }
        Process process = builder.redirectErrorStream(true).start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return out;
    }
}
