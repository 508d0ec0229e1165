package org.bptt4j.backend.cuda;

import org.bptt4j.backend.RecurrentBackward;
import org.bptt4j.backend.RecurrentForward;

/** A form of the two sweeps over time: the same results, to rounding, by other launches. */
interface Sweep extends AutoCloseable {
    /** The cell's states, t ascending. */
    void forward(RecurrentForward f);

    /** The cell's gradients, t descending; the carry leaves with what reaches h_0. */
    void backward(RecurrentBackward f);

    /** Gives back what it holds beside the parts it was made from. After all work is done or lost. */
    @Override
    default void close() {}

    /** Makes one from the parts of a backend. */
    interface Maker {
        Sweep make(Blas blas, Kernels kernels, CudaMemory memory, Device device);
    }
}
