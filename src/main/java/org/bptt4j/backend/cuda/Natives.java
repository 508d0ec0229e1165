package org.bptt4j.backend.cuda;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import jcuda.JCudaVersion;
import jcuda.driver.JCudaDriver;
import jcuda.jcublas.JCublas2;
import org.bptt4j.backend.Finding;
import org.bptt4j.io.FileErrors;

/**
 * Loads the native libraries, once in a process: the user's libcuda.so.1 and libcublas, and JCuda's own on top of them.
 *
 * <p>JCuda's library asks for libcublas.so.12. Where there is only libcublas.so.13 the copy that is unpacked is turned to that
 * ({@link Elf}): of what is used here the C interface is the same in both. The copy goes as soon as it is loaded.
 *
 * <p>JCuda would unpack its libraries into the temporary folder under fixed names and take whatever file it finds there. Here they
 * are unpacked into a private folder, which is deleted as soon as they are loaded. JCuda asks {@code java.io.tmpdir} for its folder
 * and nothing else, so that this property of the whole process names the private one for two short moments of the load: other
 * code that reads it just then takes a folder that is about to go. The JVM's own temporary files do not follow it; they have read it before.
 */
final class Natives {
    static final String DRIVER = "driver";
    static final String CUBLAS = "cuBLAS";
    static final String JCUDA = "JCuda natives";

    /** The major version of libcublas that JCublas2 asks for. */
    static final int MADE_FOR = 12;

    /** JCuda's libraries that are used here. */
    static final List<String> LIBRARIES = List.of("JCudaDriver", "JCublas2");

    /** The places that were tried, with what is wrong there. */
    private static final Map<Optional<Path>, Optional<Finding>> TRIED = new HashMap<>();
    /** The one that everything was loaded from. */
    private static Optional<Path> loaded;
    /** The libcublas that was chosen, for lack of one what the system's loader knows. */
    private static Optional<CublasLibrary> cublas = Optional.empty();

    private final Path folder;

    private Natives(Path folder) {
        this.folder = folder;
    }

    /** What keeps the libraries from being loaded, from {@code folder} or (null) from where the system looks. Tried once. */
    static synchronized Optional<Finding> load(Path folder) {
        Optional<Path> place = Optional.ofNullable(folder);
        if (loaded != null && !loaded.equals(place)) {
            return Optional.of(Finding.problem(
                    DRIVER,
                    "this process has loaded the CUDA libraries from " + place(loaded.orElse(null)),
                    "name one place for the whole process, by BackendOptions.withCudaLibraries or the environment's"
                            + " BPTT4J_CUDA_LIBRARIES"));
        }
        Optional<Finding> problem = TRIED.get(place);
        if (problem == null) {
            problem = Optional.ofNullable(new Natives(folder).load());
            TRIED.put(place, problem);
            loaded = problem.isEmpty() ? place : null;
        }
        return problem;
    }

    /** The libcublas that was found, if one was; of the last attempt to load it. */
    static synchronized Optional<CublasLibrary> cublas() {
        return cublas;
    }

    private static String place(Path folder) {
        return folder == null ? "the system's folders" : folder.toString();
    }

    private Finding load() {
        String os = System.getProperty("os.name");
        String arch = System.getProperty("os.arch");
        if (!os.equals("Linux") || !arch.equals("amd64")) {
            return Finding.problem(
                    JCUDA,
                    "no CUDA libraries for " + os + " on " + arch,
                    "use Linux on x86-64, or Backends.select(\"cpu\")");
        }
        for (String library : LIBRARIES) {
            if (JCudaDriver.class.getResource(resource(library)) == null) {
                return Finding.problem(
                        JCUDA,
                        "there is no " + fileName(library) + " on the class path",
                        "add jcuda-natives and jcublas-natives " + JCudaVersion.get() + " for linux-x86_64");
            }
        }
        try {
            Finding wrong = UserLibraries.check(folder);
            return wrong != null ? wrong : loadAll();
        } catch (IOException e) {
            return Finding.problem(
                    JCUDA,
                    "cannot unpack the native libraries: " + FileErrors.message(e),
                    "make room in " + temporary() + ", or name another folder with " + NativeErrors.TEMPORARY);
        }
    }

    private static String temporary() {
        return System.getProperty("java.io.tmpdir");
    }

    private Finding loadAll() throws IOException {
        // JDK 17 reads java.io.tmpdir at the first call of this and keeps it: not while it names the private folder.
        Files.delete(File.createTempFile("bptt4j-", null).toPath());
        Path own = Files.createTempDirectory("bptt4j-"); // for nobody else to write to
        try {
            cublas = CublasLibrary.find(folder, System.getenv(), Path.of("/"));
            for (Step step : steps(own)) {
                try {
                    step.action().run();
                } catch (UnsatisfiedLinkError e) {
                    return NativeErrors.explain(step.name(), e, folder);
                }
            }
            return null;
        } catch (UncheckedIOException e) {
            throw e.getCause();
        } catch (IllegalArgumentException e) {
            return Finding.problem(
                    CUBLAS,
                    "JCublas2 cannot be turned to " + cublas.orElseThrow().file() + ": " + e.getMessage(),
                    "install cuBLAS of CUDA 12 (pip's nvidia-cublas-cu12)");
        } finally {
            delete(own);
        }
    }

    /** @param name what fails if this does */
    private record Step(String name, Runnable action) {}

    private List<Step> steps(Path own) throws IOException {
        Path driver = unpack(LIBRARIES.get(0), own);
        Path blas = unpack(LIBRARIES.get(1), own);
        return List.of(
                new Step(DRIVER, () -> UserLibraries.loadDriver(folder)),
                new Step(DRIVER, () -> System.load(driver.toString())),
                new Step(JCUDA, () -> initialize(own, () -> JCudaDriver.setExceptionsEnabled(false))),
                new Step(CUBLAS, () -> retarget(blas)),
                new Step(CUBLAS, () -> UserLibraries.loadBlas(cublas)),
                new Step(CUBLAS, () -> System.load(blas.toString())),
                new Step(JCUDA, () -> initialize(own, JCublas2::initialize)),
                new Step(JCUDA, Status::returnCodes));
    }

    /** JCuda loads its libraries again, under the same names: it finds those that are loaded, if it looks in {@code own}. */
    private static void initialize(Path own, Runnable jcuda) {
        String before = temporary();
        System.setProperty("java.io.tmpdir", own.toString());
        try {
            jcuda.run();
        } finally {
            System.setProperty("java.io.tmpdir", before);
        }
    }

    /** As JCuda names its libraries. */
    static String fileName(String library) {
        return "lib" + library + "-" + JCudaVersion.get() + "-linux-x86_64.so";
    }

    private static String resource(String library) {
        return "/lib/" + fileName(library);
    }

    /** Copies a library out of JCuda's jar. */
    static Path unpack(String library, Path folder) throws IOException {
        Path file = folder.resolve(fileName(library));
        try (InputStream stream = JCudaDriver.class.getResourceAsStream(resource(library))) {
            Files.copy(Objects.requireNonNull(stream, library), file);
        }
        return file;
    }

    /** Turns an unpacked JCublas2 to the library that was found, if that is of another version than it asks for. */
    private static void retarget(Path blas) {
        if (cublas.isPresent() && cublas.get().major() != MADE_FOR) {
            try {
                retarget(blas, cublas.get().major());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** Turns an unpacked JCublas2 to another major version of libcublas; an IllegalArgumentException if it is not as we know it. */
    static void retarget(Path file, int major) throws IOException {
        byte[] library = Files.readAllBytes(file);
        new Elf(library).retarget(CublasLibrary.name(MADE_FOR), CublasLibrary.name(major));
        Files.write(file, library);
    }

    /** Whether {@code file} is what {@link #unpack} writes. */
    static boolean isUnpacked(String library, Path file) throws IOException {
        Path own = Files.createTempDirectory("bptt4j-");
        try {
            return Files.mismatch(unpack(library, own), file) < 0;
        } finally {
            delete(own);
        }
    }

    /** As far as it goes: on a network folder a library in use stays, under another name. */
    private static void delete(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            folder.toFile().deleteOnExit();
        }
    }
}
