package org.bptt4j.backend.cuda;

import static jcuda.driver.JCudaDriver.cuDeviceGet;

import java.util.Locale;
import java.util.Optional;
import jcuda.driver.CUdevice;
import org.bptt4j.backend.BackendOptions;
import org.bptt4j.backend.Finding;
import org.bptt4j.backend.Precision;

/** Whether a card multiplies as it is asked to, and the environment lets it. */
final class PrecisionCheck {
    static final String NAME = "precision";
    /** Read by NVIDIA's libraries, and stronger than what a program says: 0 forbids TF32, anything else may switch it on. */
    static final String OVERRIDE = "NVIDIA_TF32_OVERRIDE";
    /** Ten times the first compute capability with tensor cores for TF32 and bfloat16. */
    private static final int AMPERE = 80;

    private PrecisionCheck() {}

    /** As a user writes it. */
    static String name(Precision precision) {
        return precision.name().toLowerCase(Locale.ROOT);
    }

    /** What is in the way of the precision that was asked for. The driver is there, and the device too. */
    static Optional<Finding> problem(BackendOptions options) {
        CUdevice device = new CUdevice();
        Status.driver("cuDeviceGet", cuDeviceGet(device, options.device()));
        String card = "cuda:" + options.device() + " (" + Device.model(device) + ")";
        return problem(options.precision(), card, Device.capability(device), System.getenv(OVERRIDE));
    }

    /** @param override the environment's word, or null */
    static Optional<Finding> problem(Precision precision, String card, int capability, String override) {
        boolean plain = precision == Precision.FLOAT32;
        if (capability < AMPERE) {
            return plain ? Optional.empty() : Optional.of(tooOld(precision, card, capability));
        }
        if (override == null || override.isEmpty() || plain == override.equals("0")) {
            return Optional.empty();
        }
        return Optional.of(Finding.problem(
                NAME,
                name(precision) + " was asked for, but the environment has " + OVERRIDE + "=" + override
                        + (plain
                                ? ", by which cuBLAS may multiply in TF32"
                                : ", by which cuBLAS multiplies in float32"),
                "unset it, or ask for BackendOptions.withPrecision(Precision." + (plain ? "TF32" : "FLOAT32") + ")"));
    }

    private static Finding tooOld(Precision precision, String card, int capability) {
        return Finding.problem(
                NAME,
                card + " has compute capability " + capability / 10 + "." + capability % 10 + ", " + name(precision)
                        + " needs 8.0 (Ampere)",
                "use a newer card, or BackendOptions.withPrecision(Precision.FLOAT32)");
    }
}
