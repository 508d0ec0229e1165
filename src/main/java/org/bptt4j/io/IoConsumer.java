package org.bptt4j.io;

import java.io.IOException;

/**
 * An action on a value that may fail with an {@link IOException}.
 *
 * @param <T> what the action works on, such as an output stream
 */
@FunctionalInterface
public interface IoConsumer<T> {
    /**
     * Runs the action.
     *
     * @param value what to work on
     * @throws IOException if the action could not be completed
     */
    void accept(T value) throws IOException;
}
