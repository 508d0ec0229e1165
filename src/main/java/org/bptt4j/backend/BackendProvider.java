package org.bptt4j.backend;

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

    /** Why this kind cannot run here and what to do, or empty when it can. */
    Optional<String> unavailable();

    /** Opens a backend; only called when {@link #unavailable} is empty. */
    Backend open(BackendOptions options);
}
