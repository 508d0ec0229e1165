package org.bptt4j.backend.cuda;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bptt4j.backend.Finding;

/** What the dynamic linker's messages mean to a user. */
final class NativeErrors {
    /** How another temporary folder is named. */
    static final String TEMPORARY = "the JVM's option -Djava.io.tmpdir=DIR";

    static final String GLIBC = "glibc";
    private static final Pattern OLD_GLIBC =
            Pattern.compile("(GLIBC|GLIBCXX|CXXABI)_([A-Z0-9_.]*[A-Z0-9]).? not found(?: \\(required by ([^)]+)\\))?");

    private static final Pattern NO_BLAS = Pattern.compile("libcublas(Lt)?\\.so\\.(\\d+): cannot open");
    private static final Pattern NOT_EXECUTABLE =
            Pattern.compile("failed to map segment|Operation not permitted|Permission denied");
    private static final Pattern BROKEN = Pattern.compile("file too short|invalid ELF header|wrong ELF class");
    private static final Pattern OTHER_VERSION = Pattern.compile("undefined symbol|version .* not found");

    private NativeErrors() {}

    /** The finding about {@code step}, in which {@code error} came up. */
    static Finding explain(String step, UnsatisfiedLinkError error, Path folder) {
        String message = String.valueOf(error.getMessage()).lines().findFirst().orElse("");
        Matcher old = OLD_GLIBC.matcher(message);
        if (old.find()) {
            return tooOld(old.group(1), old.group(2), old.group(3));
        }
        if (message.contains("ld-linux-x86-64.so.2: cannot open")) {
            return Finding.problem(
                    GLIBC,
                    "this system's C library is not glibc: " + message,
                    "use a Linux with glibc; JCuda's libraries need 2.17 or newer, and the driver's and cuBLAS's what they say");
        }
        if (message.contains("libcuda.so.1: cannot open")
                && !NOT_EXECUTABLE.matcher(message).find()) {
            return Finding.problem(
                    Natives.DRIVER,
                    "there is no NVIDIA driver (no libcuda.so.1)",
                    "install it, or name the folder that has it with BackendOptions.withCudaLibraries");
        }
        Matcher noBlas = NO_BLAS.matcher(message);
        if (noBlas.find() && !NOT_EXECUTABLE.matcher(message).find()) {
            String missing = noBlas.group(1) == null
                    ? "libcublas.so.12 and no libcublas.so.13" + CublasLibrary.others(folders(folder))
                    : "libcublasLt.so." + noBlas.group(2) + " beside libcublas.so." + noBlas.group(2);
            return Finding.problem(
                    Natives.CUBLAS,
                    "there is no " + missing,
                    "install cuBLAS of CUDA 12 or 13 (pip's nvidia-cublas-cu12, or a toolkit's libcublas), or name its folder"
                            + " with BackendOptions.withCudaLibraries");
        }
        if (NOT_EXECUTABLE.matcher(message).find()) {
            return message.contains("libJC") // ours, in the temporary folder
                    ? Finding.problem(
                            Natives.JCUDA,
                            "this folder's files may not be run: " + message,
                            "name a folder that is not mounted noexec with " + TEMPORARY)
                    : Finding.problem(
                            step,
                            "a library may not be read, or not be run where it lies: " + message,
                            "look at its permissions and at its mount's noexec, or name another folder with"
                                    + " BackendOptions.withCudaLibraries");
        }
        if (BROKEN.matcher(message).find()) {
            return Finding.problem(step, "a library is damaged: " + message, "install it again");
        }
        if (OTHER_VERSION.matcher(message).find()) {
            return Finding.problem(
                    step,
                    "a library is of another version: " + message,
                    "install another release of it, of CUDA 12 or 13");
        }
        return Finding.problem(step, message, "install what is missing, or correct BackendOptions.withCudaLibraries");
    }

    /** @param library that needs it, or null where the loader does not say */
    private static Finding tooOld(String which, String version, String library) {
        String needed = version.equals("ABI_DT_RELR") ? "2.36" : version;
        String who = library == null ? "a library" : library;
        if (!which.equals("GLIBC")) {
            return Finding.problem(
                    GLIBC,
                    who + " needs a newer libstdc++.so.6, with " + which + "_" + version,
                    "install a newer libstdc++ (a newer release of the system, or conda's libstdcxx-ng on LD_LIBRARY_PATH)");
        }
        return Finding.problem(
                GLIBC,
                who + " needs glibc " + needed + ", this system has "
                        + Glibc.version().orElse("an older one"),
                "use a system with glibc " + needed + " or newer, or a release of that library for older ones");
    }

    /** Where a library was looked for. */
    private static List<Path> folders(Path folder) {
        List<Path> folders = new ArrayList<>();
        if (folder != null) {
            folders.add(folder);
        }
        CublasLibrary.places(System.getenv(), Path.of("/")).forEach(place -> folders.add(place.folder()));
        return folders;
    }
}
