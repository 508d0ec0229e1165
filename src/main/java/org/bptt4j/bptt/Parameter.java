package org.bptt4j.bptt;

import org.bptt4j.spec.Sizes;

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
    /** Number of elements; an {@link IllegalArgumentException} if no Java array, through which they come and go, is that long. */
    public int length() {
        return Sizes.array("parameter " + name, "use fewer hidden units (RnnSpec.hiddenSize)", rows, cols);
    }

    /** The shape as stored in files: [rows, cols], or [length] of a bias. */
    public long[] shape() {
        return bias ? new long[] {cols} : new long[] {rows, cols};
    }
}
