package org.bptt4j.backend.cpu;

import java.util.Optional;
import org.bptt4j.backend.Backend;
import org.bptt4j.backend.BackendOptions;
import org.bptt4j.backend.BackendProvider;

/** The CPU backend always can. */
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
        return Optional.empty();
    }

    @Override
    public Backend open(BackendOptions options) {
        int threads =
                options.threads() > 0 ? options.threads() : Runtime.getRuntime().availableProcessors();
        return new CpuBackend(KernelChoice.best(), threads);
    }
}
