package org.bptt4j.backend.cuda;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.bptt4j.backend.Finding;

/** What the user brings: the driver's libcuda.so.1, and libcublas with libcublasLt beside it. */
final class UserLibraries {
    private static final String DRIVER = "libcuda.so.1";
    private static final Path LOADED = Path.of("/proc/self/maps");

    private UserLibraries() {}

    /** What is wrong with the folder that was named, or with what lies in the JVM's way, or null. */
    static Finding check(Path folder) throws IOException {
        if (folder != null && !Files.isDirectory(folder)) {
            return Finding.problem(
                    Natives.DRIVER,
                    "the folder for CUDA libraries " + folder + " is not there",
                    "correct BackendOptions.withCudaLibraries or the environment's BPTT4J_CUDA_LIBRARIES");
        }
        if (folder != null
                && Stream.of(DRIVER, CublasLibrary.name(12), CublasLibrary.name(13))
                        .noneMatch(name -> Files.exists(folder.resolve(name)))) {
            return Finding.problem(
                    Natives.DRIVER, // the first thing that was looked for there; nothing is loaded yet
                    folder + " has neither " + DRIVER + " nor " + CublasLibrary.name(12) + " or 13"
                            + CublasLibrary.others(List.of(folder)),
                    "correct BackendOptions.withCudaLibraries or the environment's BPTT4J_CUDA_LIBRARIES");
        }
        return stale(System.getProperty("java.library.path"));
    }

    /** JCuda prefers a library on java.library.path to the one in its jar: a leftover of another version breaks it. */
    static Finding stale(String libraryPath) throws IOException {
        for (String entry : libraryPath.split(":", -1)) {
            for (String library : Natives.LIBRARIES) {
                Path file = Path.of(entry).resolve(Natives.fileName(library));
                if (Files.exists(file) && !Natives.isUnpacked(library, file)) {
                    return Finding.problem(
                            Natives.JCUDA,
                            file + " is not what JCuda's jar has: it was left by another version",
                            "delete it");
                }
            }
        }
        return null;
    }

    /** From the folder that was named, if it is there; else JCuda's library makes the system look for it. */
    static void loadDriver(Path folder) {
        if (folder != null && Files.exists(folder.resolve(DRIVER))) {
            System.load(folder.resolve(DRIVER).toAbsolutePath().toString());
        }
    }

    /** Loads it and what it needs; without one JCuda's library makes the system look for libcublas.so.12. */
    static void loadBlas(Optional<CublasLibrary> blas) {
        if (blas.isPresent()) {
            if (Files.exists(blas.get().lt())) {
                System.load(blas.get().lt().toString());
            }
            System.load(blas.get().file().toString());
        }
    }

    /** The file of a library that this process has loaded, whose name begins so, as the kernel tells. */
    static Optional<String> loaded(String name) {
        try (Stream<String> lines = Files.lines(LOADED)) {
            return lines.map(line -> line.indexOf('/') < 0 ? "" : line.substring(line.indexOf('/')))
                    .filter(file -> file.substring(file.lastIndexOf('/') + 1).startsWith(name))
                    .findFirst();
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
