package org.bptt4j.backend.cuda;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.bptt4j.backend.Backend;
import org.bptt4j.backend.BackendOptions;
import org.bptt4j.backend.Backends;

/** The CUDA backend on the software device, for tests. */
public final class SoftDevice {
    /** Where the build puts its libcuda.so.1 and libcublas.so.12. */
    public static final Path FOLDER = Path.of(System.getProperty("bptt4j.softgpu", "target/softgpu"));

    private SoftDevice() {}

    public static BackendOptions options() {
        return BackendOptions.DEFAULT.withCudaLibraries(FOLDER);
    }

    /** Skips the test where the device could not be built. */
    public static Backend open() {
        assumeTrue(Files.exists(FOLDER.resolve("libcuda.so.1")), "there is no software device in " + FOLDER);
        return Backends.select("cuda", options());
    }
}
