package org.bptt4j.backend.cuda;

import org.bptt4j.backend.RecurrentBackward;
import org.bptt4j.backend.RecurrentForward;

/** A form of the two sweeps over time: the same results, to rounding, by other launches. */
interface Sweep extends AutoCloseable {
    /** h_{t+1} = f(A_t + b_ih + b_hh + h_t·W_hhᵀ), t ascending; A_t lies where h_{t+1} will be. */
    void forward(RecurrentForward f);

    /** δ_t = (dH_t + δ_{t+1}·W_hh) ∘ f', t descending, in the memory of dH; the carry leaves with δ_0·W_hh. */
    void backward(RecurrentBackward f);

    /** Gives back what it holds beside the parts it was made from. After all work is done or lost. */
    @Override
    default void close() {}

    /** Makes one from the parts of a backend. */
    interface Maker {
        Sweep make(Blas blas, Kernels kernels, CudaMemory memory, Device device);
    }
}
