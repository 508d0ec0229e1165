package org.bptt4j.backend.cuda;

import static jcuda.driver.JCudaDriver.cuMemGetInfo;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.bptt4j.backend.Backend;
import org.bptt4j.backend.BackendOptions;
import org.bptt4j.backend.DeviceException;
import org.bptt4j.backend.Finding;
import org.bptt4j.backend.OutOfDeviceMemoryException;
import org.bptt4j.backend.SweepForm;

/** Everything that a card needs to train, in the order in which it is needed; what lies behind a problem cannot be looked at. */
final class Diagnosis {
    private static final String PTX = "PTX";
    private static final String MEMORY = "device memory";
    private static final List<String> ORDER = List.of(
            NativeErrors.GLIBC,
            Natives.JCUDA,
            Natives.DRIVER,
            Natives.CUBLAS,
            Probe.DEVICE,
            PrecisionCheck.NAME,
            PTX,
            MEMORY);
    private static final Set<String> REFUSED_PTX = Set.of(
            "CUDA_ERROR_INVALID_PTX",
            "CUDA_ERROR_UNSUPPORTED_PTX_VERSION",
            "CUDA_ERROR_INVALID_IMAGE",
            "CUDA_ERROR_NO_BINARY_FOR_GPU",
            "CUDA_ERROR_JIT_COMPILER_NOT_FOUND",
            "CUDA_ERROR_JIT_COMPILATION_DISABLED");

    private final BackendOptions options;
    private String device = "";
    private String memory = "";

    Diagnosis(BackendOptions options) {
        this.options = options;
    }

    List<Finding> findings() {
        Finding problem = Probe.problem(options).orElseGet(this::open);
        int known = problem == null ? ORDER.size() : ORDER.indexOf(problem.name());
        List<Finding> findings = new ArrayList<>();
        for (int i = 0; i < ORDER.size(); i++) {
            String name = ORDER.get(i);
            if (i == known) {
                findings.add(problem);
            } else {
                findings.add(i < known ? Finding.ok(name, text(name)) : Finding.unknown(name, notLookedAt(name)));
            }
        }
        if (problem == null) {
            KernelCache.problem(System.getenv()).ifPresent(why -> findings.add(Finding.unknown("kernel cache", why)));
        }
        findings.add(Finding.unknown(
                "hardware", "this backend has not yet been run on hardware, only on a software device"));
        return findings;
    }

    /** Opens a backend, as training would, and closes it again. */
    private Finding open() {
        try (Backend backend = new CudaBackend(options.device(), SweepForm.AUTO, options.precision())) {
            device = backend.description();
            long[] free = new long[1];
            long[] total = new long[1];
            backend.synchronize();
            Status.driver("cuMemGetInfo", cuMemGetInfo(free, total));
            memory = gigabytes(free[0]) + " of " + gigabytes(total[0]) + " free";
            return null;
        } catch (OutOfDeviceMemoryException e) {
            return Finding.problem(MEMORY, e.getMessage(), "end the processes that hold it (nvidia-smi lists them)");
        } catch (DeviceException e) {
            return Finding.problem(about(e.error()), e.getMessage(), null);
        }
    }

    private static String about(String error) {
        if (REFUSED_PTX.contains(error)) {
            return PTX;
        }
        if (error.endsWith("OUT_OF_MEMORY") || error.endsWith("ALLOC_FAILED")) {
            return MEMORY;
        }
        return error.startsWith("CUBLAS") ? Natives.CUBLAS : Probe.DEVICE;
    }

    private static String gigabytes(long bytes) {
        return String.format(Locale.ROOT, "%.1f GB", bytes / 1e9);
    }

    private String text(String name) {
        return switch (name) {
            case NativeErrors.GLIBC -> Glibc.version().orElse("fits");
            case Natives.JCUDA -> Probe.loaded(options) ? "unpacked and loaded" : "unpacked";
            case Natives.DRIVER ->
                "for CUDA " + Probe.text(Probe.driverVersion())
                        + UserLibraries.loaded("libcuda.so")
                                .map(file -> ", " + file)
                                .orElse("");
            case Natives.CUBLAS -> cublas();
            case PrecisionCheck.NAME -> PrecisionCheck.name(options.precision());
            case PTX -> "accepted by the driver";
            case MEMORY -> memory;
            default -> device;
        };
    }

    private String notLookedAt(String name) {
        if (name.equals(Natives.CUBLAS)) {
            return CublasLibrary.find(options.cudaLibraries(), System.getenv(), Path.of("/"))
                    .map(library -> "not loaded; found " + library.file() + ", " + library.why())
                    .orElse("not loaded; not in the usual folders");
        }
        return "not looked at";
    }

    /** Which library, why that one, and its version. */
    private static String cublas() {
        Optional<CublasLibrary> chosen = Natives.cublas();
        String file = UserLibraries.loaded("libcublas.so")
                .orElseGet(
                        () -> chosen.map(library -> library.file().toString()).orElse("loaded"));
        String why = chosen.map(CublasLibrary::why).orElse("found by the system's loader");
        boolean turned = chosen.isPresent() && chosen.get().major() != Natives.MADE_FOR;
        return file + ", " + why + Blas.release().map(v -> "; version " + v).orElse("")
                + (turned
                        ? "; JCuda's library for " + CublasLibrary.name(Natives.MADE_FOR)
                                + " was turned to it in memory"
                        : "");
    }
}
