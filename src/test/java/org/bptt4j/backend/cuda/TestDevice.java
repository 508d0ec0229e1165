package org.bptt4j.backend.cuda;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.bptt4j.backend.Backend;
import org.bptt4j.backend.BackendOptions;
import org.bptt4j.backend.Backends;
import org.bptt4j.backend.SweepForm;

/**
 * The device for tests that are true of any: the software device, or with {@code -Dbptt4j.cuda.device=card} the machine's own
 * card, through the system's libraries or those of the folder {@code bptt4j.cuda.libraries}. Such tests have the tag "card"; those
 * that plant faults or read counters run on {@link SoftDevice} only.
 */
public final class TestDevice {
    private static final String DEVICE = "bptt4j.cuda.device";
    private static final String LIBRARIES = "bptt4j.cuda.libraries";

    private static Backend kept;
    private static boolean keeps;

    private TestDevice() {}

    /** Whether tests run on the machine's own card. */
    public static boolean isCard() {
        String device = System.getProperty(DEVICE, "software");
        return switch (device) {
            case "card" -> true;
            case "software" -> false;
            default -> throw new IllegalArgumentException(DEVICE + " is " + device + ", must be software or card");
        };
    }

    /** Skips the test if there is no software device. A card that was asked for and is not there is a failure. */
    public static void require() {
        if (!isCard()) {
            SoftDevice.require();
        }
        if (keeps || isCard()) {
            keepContext();
        }
    }

    /** As on a card, one context serves all tests until {@link #release}. */
    public static synchronized void keep() {
        keeps = true;
    }

    public static BackendOptions options() {
        if (!isCard()) {
            return SoftDevice.options();
        }
        String folder = System.getProperty(LIBRARIES, "");
        return folder.isEmpty()
                ? BackendOptions.DEFAULT
                : BackendOptions.DEFAULT.withCudaLibraries(Path.of(folder).toAbsolutePath());
    }

    /** The same for a command line, all but the form. */
    public static List<String> arguments() {
        List<String> arguments = new ArrayList<>(List.of("--backend", "cuda"));
        Path folder = options().cudaLibraries();
        if (folder != null) {
            arguments.addAll(List.of("--cuda-libraries", folder.toString()));
        }
        return arguments;
    }

    public static Backend open() {
        return open(SweepForm.AUTO);
    }

    public static Backend open(SweepForm form) {
        require();
        return Backends.select("cuda", options().withSweep(form));
    }

    /**
     * A card makes its context when the first backend opens, which takes longer than most tests, and drops it with the last: one that is
     * open until the end of the class keeps it, and the modules.
     */
    private static synchronized void keepContext() {
        if (kept == null) {
            kept = Backends.select("cuda", options());
        }
    }

    /** At the end of a class. */
    public static synchronized void release() {
        keeps = false;
        if (kept != null) {
            kept.close();
            kept = null;
        }
    }
}
