package org.bptt4j.backend.cuda;

import java.nio.file.Path;
import java.util.regex.Pattern;
import org.bptt4j.backend.Finding;

/** What the dynamic linker's messages mean to a user. */
final class NativeErrors {
    /** How another temporary folder is named. */
    static final String TEMPORARY = "the JVM's option -Djava.io.tmpdir=DIR";

    static final String GLIBC = "glibc";
    private static final Pattern OLD_GLIBC =
            Pattern.compile("GLIBC(XX)?_[0-9.]+. not found|ld-linux-x86-64\\.so\\.2: cannot open");
    private static final Pattern NOT_EXECUTABLE =
            Pattern.compile("failed to map segment|Operation not permitted|Permission denied");
    private static final Pattern BROKEN = Pattern.compile("file too short|invalid ELF header|wrong ELF class");
    private static final Pattern OTHER_VERSION = Pattern.compile("undefined symbol|version .* not found");

    private NativeErrors() {}

    /** The finding about {@code step}, in which {@code error} came up. */
    static Finding explain(String step, UnsatisfiedLinkError error, Path folder) {
        String message = String.valueOf(error.getMessage()).lines().findFirst().orElse("");
        if (OLD_GLIBC.matcher(message).find()) {
            return Finding.problem(
                    GLIBC, "this system's C library does not fit: " + message, "use a Linux with glibc 2.17 or newer");
        }
        if (message.contains("libcuda.so.1: cannot open")) {
            return Finding.problem(
                    Natives.DRIVER,
                    "there is no NVIDIA driver (no libcuda.so.1)",
                    "install it, or name the folder that has it with BackendOptions.withCudaLibraries");
        }
        if (message.contains("libcublas.so.12: cannot open") || message.contains("libcublasLt.so.12: cannot open")) {
            return Finding.problem(
                    Natives.CUBLAS,
                    "there is no " + (message.contains("Lt.") ? "libcublasLt.so.12 beside " : "") + Natives.CUBLAS
                            + UserLibraries.others(UserLibraries.places(folder)),
                    "install cuBLAS of CUDA 12 (libcublas-12-…, or pip's nvidia-cublas-cu12), or name its folder with"
                            + " BackendOptions.withCudaLibraries");
        }
        if (NOT_EXECUTABLE.matcher(message).find()) {
            return Finding.problem(
                    Natives.JCUDA,
                    "this folder's files may not be run: " + message,
                    "name a folder that is not mounted noexec with " + TEMPORARY);
        }
        if (BROKEN.matcher(message).find()) {
            return Finding.problem(step, "a library is damaged: " + message, "install it again");
        }
        if (OTHER_VERSION.matcher(message).find()) {
            return Finding.problem(step, "a library is of another version: " + message, "install that of CUDA 12");
        }
        return Finding.problem(step, message, "install what is missing, or correct BackendOptions.withCudaLibraries");
    }
}
