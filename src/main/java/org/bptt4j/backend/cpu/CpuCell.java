package org.bptt4j.backend.cpu;

/**
 * A cell on the CPU: what a step does to each hidden unit by itself, once the products are there. Stateless and safe for any number of
 * threads; what a unit gets may not depend on the block in which it comes.
 */
interface CpuCell {
    /** From {@link CellStep#sums}, {@link CellStep#gates}, {@link CellStep#bias} and the states before: the states after, and in gates what the way back needs. */
    void forward(CellStep step);

    /** From what arrives at the states after: the gradients of A and P, and what reaches the states before beside the product. */
    void backward(CellStep step);

    /**
     * What the k-th of the numbers that a unit keeps is on a row that has ended, whose states are zero: {@link #backward} then gives
     * zeros where nothing arrives at h, and leaves what arrives at c as it is.
     */
    default float ended(int k) {
        return 0;
    }

    /** The form for vector kernels: this one, or one on the Vector API, which is not touched before. */
    default CpuCell vector() {
        return this;
    }
}
