package org.bptt4j.backend.cpu;

import java.util.Optional;
import org.bptt4j.backend.Backend;
import org.bptt4j.backend.BackendOptions;
import org.bptt4j.backend.BackendProvider;
import org.bptt4j.backend.Costs;
import org.bptt4j.backend.Estimate;
import org.bptt4j.backend.OutOfDeviceMemoryException;
import org.bptt4j.backend.Precision;
import org.bptt4j.backend.SweepForm;
import org.bptt4j.spec.Count;

/** The CPU backend always can, unless something is asked for that only devices have. */
public final class CpuProvider implements BackendProvider {
    @Override
    public String kind() {
        return "cpu";
    }

    @Override
    public int priority() {
        return 0;
    }

    @Override
    public Optional<String> unavailable(BackendOptions options) {
        if (options.precision() != Precision.FLOAT32) {
            return Optional.of("it multiplies in float32 only, and " + options.precision()
                    + " was asked for: give BackendOptions.withPrecision(Precision.FLOAT32)");
        }
        if (options.sweep() != SweepForm.AUTO) {
            return Optional.of("it has one form of sweeps only, and " + options.sweep() + " was asked for");
        }
        return Optional.empty();
    }

    @Override
    public Optional<Estimate> estimate(BackendOptions options) {
        if (options.workload() == null) {
            return Optional.empty();
        }
        int threads = threads(options);
        int busy = Math.min(threads, Runtime.getRuntime().availableProcessors());
        double millis = new CpuEstimate(Costs.builtIn().cpu(), busy, KernelChoice.lanes()).millis(options.workload());
        return Optional.of(new Estimate("cpu (" + Count.of(threads, "thread") + ")", millis));
    }

    private static int threads(BackendOptions options) {
        return options.threads() > 0 ? options.threads() : Runtime.getRuntime().availableProcessors();
    }

    @Override
    public Backend open(BackendOptions options) {
        int threads = threads(options);
        try {
            return new CpuBackend(KernelChoice.best(), threads);
        } catch (OutOfMemoryError e) {
            throw tooManyThreads(threads, e);
        }
    }

    /** With a heap that is too small for their first objects, or a system that gives no more threads. */
    static OutOfDeviceMemoryException tooManyThreads(int threads, OutOfMemoryError e) {
        return new OutOfDeviceMemoryException(
                "cpu",
                "opening a pool of " + threads + " threads failed: " + e.getMessage(),
                "Use fewer threads (BackendOptions.threads)",
                e);
    }
}
