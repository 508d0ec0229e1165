package org.bptt4j.backend;

import java.util.List;
import java.util.Optional;

/**
 * Makes the backends of one kind; found through {@link java.util.ServiceLoader}. Must load without touching any native code:
 * {@link #unavailable} is where it may look.
 */
public interface BackendProvider {
    /** The kind as the user writes it: "cpu", "cuda". */
    String kind();

    /** Where {@code auto} tries this kind: the highest first. */
    int priority();

    /** Why this kind cannot run here with these options and what to do, or empty when it can. */
    Optional<String> unavailable(BackendOptions options);

    /**
     * Whether somebody may wonder why this kind does not run: its hardware or driver is there, or the options or the environment say
     * where to look. Of one that nobody expects {@code auto} says nothing.
     */
    default boolean isExpected(BackendOptions options) {
        return true;
    }

    /** What this kind needs, piece by piece, for people who look for what is missing. */
    default List<Finding> diagnose(BackendOptions options) {
        return List.of(unavailable(options)
                .map(reason -> Finding.problem(kind(), reason, null))
                .orElseGet(() -> Finding.ok(kind(), "can run")));
    }

    /**
     * What one batch of the options' {@link BackendOptions#workload workload} is expected to take here; empty if there is none, or nobody knows. Only
     * called when {@link #unavailable} is empty.
     */
    default Optional<Estimate> estimate(BackendOptions options) {
        return Optional.empty();
    }

    /**
     * Opens a backend; only called when {@link #unavailable} is empty.
     *
     * @throws BackendUnavailableException if it turns out only now that it cannot run
     */
    Backend open(BackendOptions options);
}
