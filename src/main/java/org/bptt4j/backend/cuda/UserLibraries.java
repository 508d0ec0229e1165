package org.bptt4j.backend.cuda;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.bptt4j.backend.Finding;

/** What the user brings: the driver's libcuda.so.1, and libcublas.so.12 with libcublasLt.so.12 beside it. */
final class UserLibraries {
    private static final String DRIVER = "libcuda.so.1";
    private static final String BLAS = "libcublas.so.12";
    private static final String BLAS_LT = "libcublasLt.so.12";

    private UserLibraries() {}

    /** What is wrong with the folder that was named, or with what lies in the JVM's way, or null. */
    static Finding check(Path folder) throws IOException {
        if (folder != null && !Files.isDirectory(folder)) {
            return Finding.problem(
                    Natives.DRIVER,
                    "the folder for CUDA libraries " + folder + " is not there",
                    "correct BackendOptions.withCudaLibraries or the environment's BPTT4J_CUDA_LIBRARIES");
        }
        if (folder != null && !Files.exists(folder.resolve(DRIVER)) && !Files.exists(folder.resolve(BLAS))) {
            return Finding.problem(
                    Natives.CUBLAS,
                    folder + " has neither " + DRIVER + " nor " + BLAS + others(List.of(folder)),
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

    /** From the first folder that has it; else JCuda's library makes the system look for it. */
    static void loadBlas(Path folder) {
        Optional<Path> blas = findBlas(folder);
        if (blas.isPresent()) {
            Path beside = blas.get().resolveSibling(BLAS_LT);
            if (Files.exists(beside)) {
                System.load(beside.toString());
            }
            System.load(blas.get().toString());
        }
    }

    /** In the first of {@link #places} that has it. */
    static Optional<Path> findBlas(Path folder) {
        return places(folder).stream()
                .map(place -> place.resolve(BLAS).toAbsolutePath())
                .filter(Files::exists)
                .findFirst();
    }

    /** Where toolkits put their libraries; the folder that was named comes first. */
    static List<Path> places(Path folder) {
        List<Path> places = new ArrayList<>();
        if (folder != null) {
            places.add(folder);
        }
        Map<String, String> environment = System.getenv();
        for (String entry : environment.getOrDefault("LD_LIBRARY_PATH", "").split(":")) {
            if (!entry.isEmpty()) {
                places.add(Path.of(entry));
            }
        }
        for (String variable : List.of("CUDA_PATH", "CUDA_HOME")) {
            if (environment.containsKey(variable)) {
                places.add(Path.of(environment.get(variable), "lib64"));
            }
        }
        places.addAll(toolkits(Path.of("/usr/local")));
        for (String system : List.of("/usr/lib/x86_64-linux-gnu", "/usr/lib64", "/opt/cuda/lib64")) {
            places.add(Path.of(system));
        }
        return places;
    }

    /** The libraries of the toolkits below {@code root}: that which "cuda" means, then the newest first. */
    static List<Path> toolkits(Path root) {
        List<Path> found = new ArrayList<>();
        try (DirectoryStream<Path> folders = Files.newDirectoryStream(root, "cuda-[0-9]*")) {
            folders.forEach(found::add);
        } catch (IOException e) {
            // No such folder: no toolkit there.
        }
        found.sort(Comparator.comparingDouble(UserLibraries::version).reversed());
        found.add(0, root.resolve("cuda"));
        return found.stream().map(toolkit -> toolkit.resolve("lib64")).toList();
    }

    /** 12.08 for cuda-12.8; 0 if it is no number. */
    private static double version(Path toolkit) {
        String[] parts =
                toolkit.getFileName().toString().substring("cuda-".length()).split("\\.");
        try {
            return Integer.parseInt(parts[0]) + (parts.length > 1 ? Integer.parseInt(parts[1]) / 100.0 : 0);
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    /** " (but libcublas.so.13)" if there is another major version in one of these folders. */
    static String others(List<Path> places) {
        List<String> found = new ArrayList<>();
        for (Path place : places) {
            try (DirectoryStream<Path> files = Files.newDirectoryStream(place, "libcublas.so.[0-9][0-9]")) {
                files.forEach(file -> found.add(file.toString()));
            } catch (IOException e) {
                // No such folder: nothing there.
            }
        }
        String names = found.stream().filter(f -> !f.endsWith(BLAS)).distinct().collect(Collectors.joining(", "));
        return names.isEmpty() ? "" : " (but " + names + ", of another major version)";
    }
}
