package org.bptt4j.cli;

import org.bptt4j.backend.Backend;
import org.bptt4j.backend.BackendOptions;
import org.bptt4j.backend.BackendUnavailableException;
import org.bptt4j.backend.Backends;
import picocli.CommandLine.Option;

/** Where the work is done. */
final class BackendSelection {
    @Option(
            names = "--backend",
            paramLabel = "NAME",
            description = "auto or cpu (default: ${DEFAULT-VALUE})",
            defaultValue = "auto")
    private String backend;

    @Option(
            names = "--threads",
            paramLabel = "N",
            description = "CPU threads (default: one per processor)",
            defaultValue = "0",
            showDefaultValue = picocli.CommandLine.Help.Visibility.NEVER)
    private int threads;

    /** Opens the backend that was asked for. */
    Backend open() {
        Require.atLeast(0, threads, "--threads");
        try {
            return Backends.select(backend, new BackendOptions(threads));
        } catch (BackendUnavailableException e) {
            throw new UsageException("--backend " + backend + ": " + e.getMessage(), e);
        }
    }

    String backend() {
        return backend;
    }

    int threads() {
        return threads;
    }
}
