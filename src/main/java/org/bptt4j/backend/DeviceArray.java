package org.bptt4j.backend;

/**
 * A block of memory on a backend's device. Allocated by {@link Backend#allocate} or {@link Backend#allocateInts}, filled with
 * zeros, and freed by {@link #close} or with its backend.
 *
 * <p>Using a closed array, or handing it to another backend, is refused by every operation.
 */
public interface DeviceArray extends AutoCloseable {
    /** The type of an element; both take four bytes. */
    enum Type {
        FLOAT,
        INT
    }

    /** The element type. */
    Type type();

    /** The number of elements. */
    long length();

    /** The backend that made this array. */
    Backend backend();

    /** Frees the memory; a second call does nothing. */
    @Override
    void close();
}
