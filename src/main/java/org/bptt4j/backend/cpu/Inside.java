package org.bptt4j.backend.cpu;

import java.util.ConcurrentModificationException;
import java.util.concurrent.atomic.AtomicReference;
import org.bptt4j.backend.DeviceArray;
import org.bptt4j.backend.Ints;
import org.bptt4j.backend.Matrix;
import org.bptt4j.backend.Weighting;

/**
 * Where an operation of a backend is while it runs. One thread at a time comes in, and only inside are arrays handed out:
 *
 * <pre>
 * try (Inside in = inside.enter()) {
 *     … in.own(matrix) …
 * }
 * </pre>
 *
 * <p>There is one such object a backend, so that coming in allocates nothing.
 */
final class Inside implements AutoCloseable {
    private final CpuMemory memory;
    private final AtomicReference<Thread> thread = new AtomicReference<>();
    private boolean shut;

    Inside(CpuMemory memory) {
        this.memory = memory;
    }

    /** Refuses a second thread, and everybody once the backend is closed. */
    Inside enter() {
        Thread me = Thread.currentThread();
        Thread other = thread.compareAndExchange(null, me);
        if (other != null) {
            throw new ConcurrentModificationException("thread '" + me.getName() + "' called this backend while '"
                    + other.getName() + "' was inside; a backend serves one thread at a time");
        }
        if (shut) {
            close();
            throw new IllegalStateException("this cpu backend is closed");
        }
        return this;
    }

    /** Leaves. */
    @Override
    public void close() {
        thread.set(null);
    }

    /** Nobody comes in any more. */
    void shut() {
        shut = true;
    }

    boolean isShut() {
        return shut;
    }

    CpuMemory memory() {
        return memory;
    }

    /** {@code m} that will not be written to, after a look whether its array is an open one of this backend. */
    Matrix reads(Matrix m) {
        memory.own(m.array());
        return m;
    }

    /** {@code array}, which may be written to, after the same look. */
    CpuArray own(DeviceArray array) {
        CpuArray own = memory.own(array);
        own.mayChange();
        return own;
    }

    /** {@code m}, which may be written to, after the same look. */
    Matrix own(Matrix m) {
        own(m.array());
        return m;
    }

    /** {@code m}, after the same look. */
    Ints own(Ints m) {
        memory.own(m.array());
        return m;
    }

    /** {@code w}, after the same look. */
    Weighting own(Weighting w) {
        if (w.rows() != null) {
            own(w.rows());
        }
        if (w.outputs() != null) {
            own(w.outputs());
        }
        return w;
    }
}
