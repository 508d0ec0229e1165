package org.bptt4j.backend.cuda;

import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import org.bptt4j.backend.Backend;
import org.bptt4j.backend.BackendOptions;
import org.bptt4j.backend.Backends;
import org.bptt4j.backend.Precision;
import org.bptt4j.backend.SweepForm;
import org.bptt4j.softgpu.SoftGpu;

/**
 * The CUDA backend on the software device, for tests that plant faults or read counters; where it could not be built, or tests
 * run on a card, they are skipped. {@link TestDevice} is for all others.
 */
public final class SoftDevice {
    private SoftDevice() {}

    /** Skips the test if there is no software device. */
    public static void require() {
        assumeFalse(TestDevice.isCard(), "on the software device only");
        assumeTrue(Files.exists(SoftGpu.FOLDER.resolve("libcuda.so.1")), "no software device in " + SoftGpu.FOLDER);
    }

    public static BackendOptions options() {
        return BackendOptions.DEFAULT.withCudaLibraries(SoftGpu.FOLDER);
    }

    public static Backend open() {
        return open(SweepForm.AUTO);
    }

    /** On a device that has tensor cores for it; {@link SoftGpu#restoreDefaults} takes them away again. */
    public static Backend open(Precision precision) {
        require();
        SoftGpu.set("compute-capability", 80);
        return Backends.select("cuda", options().withPrecision(precision));
    }

    public static Backend open(SweepForm form) {
        require();
        return Backends.select("cuda", options().withSweep(form));
    }
}
