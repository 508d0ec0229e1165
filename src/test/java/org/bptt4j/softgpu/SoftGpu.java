package org.bptt4j.softgpu;

import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/**
 * The software CUDA device: loads its libraries in place of NVIDIA's, reads its counters and asks it to fail. See
 * {@code src/test/softgpu/README.md}. Commands act on the one device of the process.
 */
public final class SoftGpu {
    /** Where the build leaves the libraries. */
    public static final Path FOLDER = Path.of(System.getProperty("bptt4j.softgpu", "target/softgpu"));

    private static boolean loaded;

    private SoftGpu() {}

    /** Loads the device, once. To be called before JCuda is touched. */
    public static synchronized void load() {
        if (loaded) {
            return;
        }
        System.load(FOLDER.resolve("libcuda.so.1").toAbsolutePath().toString());
        System.load(FOLDER.resolve("libcublas.so.12").toAbsolutePath().toString());
        System.load(FOLDER.resolve("libsoftgpu_control.so").toAbsolutePath().toString());
        loaded = true;
    }

    /** Counters since the last reset, and what is alive now, by name. */
    public static Map<String, Long> counters() {
        return counts("report");
    }

    /** Counters since the device was loaded, whatever was reset. */
    public static Map<String, Long> totals() {
        return counts("totals");
    }

    private static Map<String, Long> counts(String command) {
        Map<String, Long> counters = new TreeMap<>();
        ask(command).lines().forEach(line -> {
            int equals = line.lastIndexOf('=');
            counters.put(line.substring(0, equals), Long.valueOf(line.substring(equals + 1)));
        });
        return counters;
    }

    /** One counter; 0 if nothing of that name has happened. */
    public static long counter(String name) {
        return counters().getOrDefault(name, 0L);
    }

    /** Sum of the counters whose name begins so, those of bytes left out: {@code "kernel."}, {@code "gemm.NT."}. */
    public static long sum(String prefix) {
        return counters().entrySet().stream()
                .filter(e -> e.getKey().startsWith(prefix) && !e.getKey().endsWith(".bytes"))
                .mapToLong(e -> e.getValue())
                .sum();
    }

    /** Counters to zero. */
    public static void reset() {
        ask("reset");
    }

    /** A setting, such as {@code set("memory", "64m")}; names as in the README. */
    public static void set(String name, Object value) {
        ask("set " + name + " " + value);
    }

    /** Settings as at the start of the process; no failures are due. */
    public static void restoreDefaults() {
        ask("defaults");
    }

    /** The {@code nth} call from now fails, 1 is the next: allocation, host-allocation, launch, illegal-launch, cublas, graph. */
    public static void fail(String what, long nth) {
        ask("fail " + what + " " + nth);
    }

    /** From now on every call in this thread's context returns the status. */
    public static void failContext(int status) {
        ask("sticky " + status);
    }

    /** What the last fault was and where: kernel, thread, instruction. */
    public static String lastFault() {
        return ask("last-fault");
    }

    private static String ask(String command) {
        load();
        String answer = command(command);
        if (answer.startsWith("error: ")) {
            throw new IllegalArgumentException(command + ": " + answer.substring("error: ".length()));
        }
        return answer;
    }

    private static native String command(String command);
}
