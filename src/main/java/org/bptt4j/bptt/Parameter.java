package org.bptt4j.bptt;

/**
 * One named parameter in the flat buffer.
 *
 * @param name PyTorch's, such as {@code rnn.weight_hh_l0}
 * @param layer its layer, or the number of layers for the head
 * @param offset of its first element
 * @param rows rows of a weight, 1 for a bias
 * @param cols columns of a weight, or the length of a bias
 * @param bias whether it is a vector
 */
public record Parameter(String name, int layer, long offset, int rows, int cols, boolean bias) {
    /** Number of elements. */
    public int length() {
        return Math.multiplyExact(rows, cols);
    }

    /** The shape as stored in files: [rows, cols], or [length] of a bias. */
    public long[] shape() {
        return bias ? new long[] {cols} : new long[] {rows, cols};
    }
}
