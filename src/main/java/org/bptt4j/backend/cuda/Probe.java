package org.bptt4j.backend.cuda;

import static jcuda.driver.JCudaDriver.cuDeviceGet;
import static jcuda.driver.JCudaDriver.cuDeviceGetCount;
import static jcuda.driver.JCudaDriver.cuDriverGetVersion;
import static jcuda.driver.JCudaDriver.cuInit;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import jcuda.driver.CUdevice;
import jcuda.driver.CUresult;
import org.bptt4j.backend.BackendOptions;
import org.bptt4j.backend.DeviceException;
import org.bptt4j.backend.Finding;

/** Whether the libraries load and there is a driver with a device: everything that can be known without a context. */
final class Probe {
    static final String DEVICE = "device";
    /** The oldest drivers, as people know them, for libcublas of a major version. */
    private static final Map<Integer, String> LEAST_DRIVERS = Map.of(12, "525.60", 13, "580.65");

    /** Ten times what kernels/build.sh compiles for. */
    private static final int LEAST_CAPABILITY = 75;

    private Probe() {}

    /** The first thing that is wrong. */
    static Optional<Finding> problem(BackendOptions options) {
        try {
            Optional<Finding> natives = load(options);
            return natives.isPresent()
                    ? natives
                    : driver().or(() -> device(options.device())).or(() -> PrecisionCheck.problem(options));
        } catch (LinkageError e) {
            return Optional.of(Finding.problem(
                    Natives.JCUDA,
                    "JCuda does not load: " + e,
                    "put jcuda and jcublas 12.6.0 with their natives for linux-x86_64 on the class path"));
        } catch (DeviceException e) {
            return Optional.of(Finding.problem(Natives.DRIVER, e.getMessage(), null));
        }
    }

    private static Optional<Finding> load(BackendOptions options) {
        Path folder = options.cudaLibraries();
        return Natives.load(folder == null ? null : folder.toAbsolutePath().normalize());
    }

    /** Whether every library is. */
    static boolean loaded(BackendOptions options) {
        return load(options).isEmpty();
    }

    private static Optional<Finding> driver() {
        int code = cuInit(0);
        if (code == CUresult.CUDA_ERROR_NO_DEVICE) {
            return Optional.of(noDevice());
        }
        Status.driver("cuInit", code);
        int version = driverVersion();
        int major = Natives.cublas().map(CublasLibrary::major).orElse(Natives.MADE_FOR);
        if (version >= 1000 * major) {
            return Optional.empty();
        }
        return Optional.of(Finding.problem(
                Natives.DRIVER,
                "the NVIDIA driver is for CUDA " + text(version) + ", too old for " + CublasLibrary.name(major),
                "update it to one for CUDA " + major + ".0 (" + LEAST_DRIVERS.get(major) + ") or newer"
                        + (major > Natives.MADE_FOR
                                ? ", or install cuBLAS of CUDA 12 (pip's nvidia-cublas-cu12)"
                                : "")));
    }

    private static Optional<Finding> device(int number) {
        int[] count = new int[1];
        Status.driver("cuDeviceGetCount", cuDeviceGetCount(count));
        if (count[0] == 0) {
            return Optional.of(noDevice());
        }
        if (number >= count[0]) {
            return Optional.of(Finding.problem(
                    DEVICE,
                    "there is no cuda:" + number + ", the last of " + count[0] + " is cuda:" + (count[0] - 1),
                    "name another, or look at CUDA_VISIBLE_DEVICES; CUDA counts the fastest card first, nvidia-smi by bus:"
                            + " CUDA_DEVICE_ORDER=PCI_BUS_ID makes both the same"));
        }
        return capability(number);
    }

    /** The kernels are for Turing and later; on an older card the driver only says that they are invalid. */
    private static Optional<Finding> capability(int number) {
        CUdevice device = new CUdevice();
        Status.driver("cuDeviceGet", cuDeviceGet(device, number));
        int capability = Device.capability(device);
        if (capability >= LEAST_CAPABILITY) {
            return Optional.empty();
        }
        return Optional.of(Finding.problem(
                DEVICE,
                "cuda:" + number + " has compute capability " + capability / 10 + "." + capability % 10
                        + ", the kernels need 7.5 (Turing)",
                "use a newer card, or Backends.select(\"cpu\")"));
    }

    private static Finding noDevice() {
        return Finding.problem(
                DEVICE, "the NVIDIA driver sees no card", "look at nvidia-smi and at CUDA_VISIBLE_DEVICES");
    }

    /** 12040 for CUDA 12.4. */
    static int driverVersion() {
        int[] version = new int[1];
        Status.driver("cuDriverGetVersion", cuDriverGetVersion(version));
        return version[0];
    }

    static String text(int version) {
        return version / 1000 + "." + version / 10 % 100;
    }
}
