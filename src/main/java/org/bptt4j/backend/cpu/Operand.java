package org.bptt4j.backend.cpu;

import org.bptt4j.backend.Matrix;

/** A block of a matrix that moves through it: element (r, c) is {@code at[start + r·stride + c]}. Made once, set for every step. */
final class Operand {
    float[] at;
    int start;
    int stride;

    void set(float[] array, int first, int rowStride) {
        // It is nearly always the same, and a collector takes note of each that is stored.
        if (at != array) {
            at = array;
        }
        start = first;
        stride = rowStride;
    }

    /** The index of an element. */
    int at(int row, int column) {
        return start + row * stride + column;
    }

    /** The block of {@code m} that begins at this element; of no matrix if {@code m} is null. */
    void set(Matrix m, int row, int column) {
        if (m == null) {
            set((float[]) null, 0, 0);
        } else {
            set(CpuArray.floats(m), (int) m.offset() + row * m.stride() + column, m.stride());
        }
    }
}
