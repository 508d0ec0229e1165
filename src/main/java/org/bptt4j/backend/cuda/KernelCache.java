package org.bptt4j.backend.cuda;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * The driver's own cache of compiled kernels. Without it every start compiles ours anew, which takes a second or so for each module that
 * is loaded (the common one; those of the persistent sweeps only where these are asked for).
 *
 * <p>Source: CUDA C++ Programming Guide, "CUDA Environment Variables": {@code CUDA_CACHE_DISABLE}, {@code CUDA_CACHE_PATH}, and on
 * Linux ~/.nv/ComputeCache by default.
 */
final class KernelCache {
    private static final String COST =
            "the driver keeps no compiled kernels, so that each start compiles them anew, which takes seconds: ";
    private static final String REMEDY = "set CUDA_CACHE_PATH to a folder that can be written";

    private KernelCache() {}

    /** Why nothing is kept, and what to do, or nothing if the driver can keep them. */
    static Optional<String> problem(Map<String, String> environment) {
        String disabled = environment.getOrDefault("CUDA_CACHE_DISABLE", "0");
        if (!disabled.isEmpty() && !disabled.equals("0")) {
            return Optional.of(COST + "CUDA_CACHE_DISABLE is " + disabled + "; unset it");
        }
        String named = environment.getOrDefault("CUDA_CACHE_PATH", "");
        String home = environment.getOrDefault("HOME", "");
        if (named.isEmpty() && home.isEmpty()) {
            return Optional.of(COST + "HOME is not set; " + REMEDY);
        }
        Path folder = named.isEmpty() ? Path.of(home, ".nv", "ComputeCache") : Path.of(named);
        return isWritable(folder) ? Optional.empty() : Optional.of(COST + folder + " cannot be written; " + REMEDY);
    }

    /** Whether it is there for us to write to, or can be made. */
    private static boolean isWritable(Path folder) {
        Path there = folder.toAbsolutePath();
        while (there != null && !Files.exists(there)) {
            there = there.getParent();
        }
        return there != null && Files.isDirectory(there) && Files.isWritable(there);
    }
}
