package org.bptt4j.backend.cuda;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.bptt4j.backend.Backend;
import org.bptt4j.backend.BackendOptions;
import org.bptt4j.backend.BackendProvider;
import org.bptt4j.backend.BackendUnavailableException;
import org.bptt4j.backend.Costs;
import org.bptt4j.backend.DeviceException;
import org.bptt4j.backend.Estimate;
import org.bptt4j.backend.Finding;
import org.bptt4j.backend.OutOfDeviceMemoryException;

/** Opens NVIDIA cards; where there is none, or a library is missing, says what to do. */
public final class CudaProvider implements BackendProvider {
    private static final System.Logger LOG = System.getLogger(CudaProvider.class.getName());
    /** What was said already: once a process is enough. */
    private static final Set<String> SAID = ConcurrentHashMap.newKeySet();

    /** Where to look for libcuda.so.1 and libcublas if the options do not say. */
    static final String LIBRARIES = "BPTT4J_CUDA_LIBRARIES";

    /** One of these is there where a driver is loaded; the last in Windows' Linux. */
    private static final List<String> DRIVER = List.of("/proc/driver/nvidia", "/dev/nvidiactl", "/dev/dxg");

    @Override
    public String kind() {
        return "cuda";
    }

    @Override
    public int priority() {
        return 10;
    }

    @Override
    public Optional<String> unavailable(BackendOptions options) {
        return Probe.problem(withEnvironment(options)).map(Finding::sentence);
    }

    @Override
    public boolean isExpected(BackendOptions options) {
        return withEnvironment(options).cudaLibraries() != null
                || DRIVER.stream().anyMatch(file -> Files.exists(Path.of(file)));
    }

    @Override
    public List<Finding> diagnose(BackendOptions options) {
        return new Diagnosis(withEnvironment(options)).findings();
    }

    @Override
    public Optional<Estimate> estimate(BackendOptions options) {
        if (options.workload() == null) {
            return Optional.empty();
        }
        try {
            Costs.Card card = CardFigures.of(options.device());
            double millis = new CardEstimate(Costs.builtIn(), card).millis(options.workload());
            return Optional.of(new Estimate("cuda:" + options.device() + " (" + card.name() + ")", millis));
        } catch (DeviceException e) {
            return Optional.empty();
        }
    }

    @Override
    public Backend open(BackendOptions options) {
        KernelCache.problem(System.getenv())
                .filter(SAID::add)
                .ifPresent(why -> LOG.log(System.Logger.Level.WARNING, why));
        try {
            return new CudaBackend(options.device(), options.sweep(), options.precision());
        } catch (DeviceException | OutOfDeviceMemoryException e) {
            throw new BackendUnavailableException("cuda:" + options.device() + " does not open: " + e.getMessage());
        }
    }

    private static BackendOptions withEnvironment(BackendOptions options) {
        String folder = System.getenv(LIBRARIES);
        return options.cudaLibraries() != null || folder == null || folder.isEmpty()
                ? options
                : options.withCudaLibraries(Path.of(folder));
    }
}
