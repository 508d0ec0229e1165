package org.bptt4j.backend.cuda;

import java.util.ConcurrentModificationException;
import java.util.concurrent.atomic.AtomicReference;
import org.bptt4j.backend.DeviceArray;
import org.bptt4j.backend.DeviceException;
import org.bptt4j.backend.Ints;
import org.bptt4j.backend.Matrix;
import org.bptt4j.backend.RecurrentBackward;
import org.bptt4j.backend.RecurrentForward;
import org.bptt4j.backend.Update;
import org.bptt4j.backend.Weighting;

/**
 * Where an operation of a backend is while it runs. One thread at a time comes in, with the device's context bound to it, and only
 * inside are arrays handed out:
 *
 * <pre>
 * try (Inside in = inside.enter()) {
 *     … in.own(matrix) …
 * }
 * </pre>
 */
final class Inside implements AutoCloseable {
    private final Device device;
    private final CudaMemory memory;
    private final Transfers transfers;
    private final AtomicReference<Thread> thread = new AtomicReference<>();
    private volatile boolean shut;

    Inside(Device device, CudaMemory memory, Transfers transfers) {
        this.device = device;
        this.memory = memory;
        this.transfers = transfers;
    }

    /** Refuses a second thread, and everybody once the backend is closed. */
    Inside enter() {
        comeIn();
        Status.returnCodes(); // an application may have switched JCuda over
        try {
            device.bind();
        } catch (DeviceException e) {
            close();
            throw e;
        }
        transfers.nextOperation();
        return this;
    }

    /** The same for the last time, and even if the device is lost. */
    Inside enterToClose() {
        comeIn();
        Status.returnCodes();
        shut = true;
        return this;
    }

    private void comeIn() {
        Thread me = Thread.currentThread();
        Thread other = thread.compareAndExchange(null, me);
        if (other != null) {
            throw new ConcurrentModificationException("thread '" + me.getName() + "' called this backend while '"
                    + other.getName() + "' was inside; a backend serves one thread at a time");
        }
        if (shut) {
            close();
            throw new IllegalStateException("this cuda backend is closed");
        }
    }

    /** Leaves. */
    @Override
    public void close() {
        thread.set(null);
    }

    boolean isShut() {
        return shut;
    }

    /** {@code array}, an open one of this backend, which the operation under way does not use itself. */
    CudaArray open(DeviceArray array) {
        return memory.own(array);
    }

    /** {@code array}, after a look whether it is an open one of this backend: the operation under way uses it. */
    CudaArray own(DeviceArray array) {
        CudaArray own = memory.own(array);
        transfers.use(own);
        return own;
    }

    /** {@code m}, after the same look. */
    Matrix own(Matrix m) {
        own(m.array());
        return m;
    }

    /** {@code m}, after the same look. */
    Ints own(Ints m) {
        own(m.array());
        return m;
    }

    /** {@code sweep}, after the same look at what it uses. */
    RecurrentForward own(RecurrentForward sweep) {
        own(sweep.weight());
        own(sweep.biasIh());
        own(sweep.biasHh());
        own(sweep.gates());
        own(sweep.states());
        if (sweep.cellStates() != null) {
            own(sweep.cellStates());
        }
        if (sweep.lengths() != null) {
            own(sweep.lengths());
        }
        if (sweep.resets() != null) {
            own(sweep.resets());
        }
        return sweep;
    }

    /** {@code sweep}, after the same look at what it uses. */
    RecurrentBackward own(RecurrentBackward sweep) {
        own(sweep.weight());
        own(sweep.gates());
        own(sweep.states());
        own(sweep.dStates());
        own(sweep.dGates());
        own(sweep.dProducts());
        own(sweep.carry());
        if (sweep.cellStates() != null) {
            own(sweep.cellStates());
            own(sweep.cellCarry());
        }
        if (sweep.resets() != null) {
            own(sweep.resets());
        }
        return sweep;
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

    /** {@code update}, after the same look at what it uses. */
    Update own(Update update) {
        own(update.parameters());
        own(update.gradients());
        own(update.report());
        for (DeviceArray state : update.states()) {
            own(state);
        }
        return update;
    }

    /** {@code m}, after the same look, and each of the ints is in [0, below), or {@code or}. */
    Ints own(Ints m, String what, long below, int or) {
        int[] values = own(m.array()).ints();
        int start = Math.toIntExact(m.offset());
        for (int i = 0; i < m.count(); i++) {
            int v = values[start + i];
            if ((v < 0 || v >= below) && v != or) {
                throw new IllegalArgumentException(what + " " + v + " at " + i + ": must be 0 … " + (below - 1));
            }
        }
        return m;
    }

    /** The same for ints without an exception. */
    Ints own(Ints m, String what, long below) {
        return own(m, what, below, 0);
    }

    /** Where element (0, 0) is. */
    static long address(Matrix m) {
        return ((CudaArray) m.array()).address(m.offset());
    }

    /** Where the first is. */
    static long address(Ints m) {
        return ((CudaArray) m.array()).address(m.offset());
    }
}
