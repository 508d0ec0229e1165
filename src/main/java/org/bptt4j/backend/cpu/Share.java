package org.bptt4j.backend.cpu;

import org.bptt4j.backend.Ints;

/** What one thread does in each step of a sweep: batch rows {@code from … to−1} and the hidden units of panels {@code p0 … p1−1}. */
final class Share {
    final Product product;
    /** The memory of {@link CellStep#sums}. */
    float[] tile = new float[0];

    final CellStep step = new CellStep();
    int from;
    int to;
    int p0;
    int p1;
    SpinBarrier barrier;

    private int[] resets;
    private int firstReset;

    Share(Kernels kernels) {
        product = new Product(kernels);
    }

    /** The rows that begin anew in the steps to come; null for none. */
    void setResets(Ints anew) {
        resets = anew == null ? null : CpuArray.ints(anew);
        firstReset = anew == null ? 0 : (int) anew.offset();
    }

    /** Whether {@code row} of all rows of all steps begins anew. */
    boolean beginsAnew(int row) {
        return resets != null && resets[firstReset + row] != 0;
    }

    /** One past the last row of this share that begins anew, or does not, like {@code row}; {@code first} is row 0 of its step. */
    int runEnd(int first, int row) {
        if (resets == null) {
            return to;
        }
        boolean anew = beginsAnew(first + row);
        int end = row + 1;
        while (end < to && beginsAnew(first + end) == anew) {
            end++;
        }
        return end;
    }
}
