package org.bptt4j.io;

/** Arithmetic on tensor shapes that cannot be led astray by hostile numbers. */
final class Shapes {
    /** The most dimensions accepted, the same as NumPy's limit. */
    static final int MAX_RANK = 64;

    /** The longest array that common JVMs create. */
    static final int MAX_ELEMENTS = Integer.MAX_VALUE - 8;

    private Shapes() {}

    /**
     * The number of elements: the product of the dimensions, 1 for no dimensions.
     *
     * @param shape the dimensions
     * @throws IllegalArgumentException with the reason if there are more than {@link #MAX_RANK} dimensions, one is
     *     negative, the product of those that are not 0 overflows 64 bits, or there are more than {@link #MAX_ELEMENTS}
     */
    static int elements(long[] shape) {
        if (shape.length > MAX_RANK) {
            throw new IllegalArgumentException(
                    "shape has " + shape.length + " dimensions, expected at most " + MAX_RANK);
        }
        long product = 1;
        boolean empty = false;
        for (long dimension : shape) {
            if (dimension < 0) {
                throw new IllegalArgumentException("shape has a negative dimension " + dimension);
            }
            empty |= dimension == 0;
            product = multiply(product, Math.max(dimension, 1));
        }
        if (!empty && product > MAX_ELEMENTS) {
            throw new IllegalArgumentException("shape has " + product + " elements, expected at most " + MAX_ELEMENTS);
        }
        return empty ? 0 : (int) product;
    }

    private static long multiply(long a, long b) {
        try {
            return Math.multiplyExact(a, b);
        } catch (ArithmeticException e) {
            throw new IllegalArgumentException(
                    "the number of elements in shape overflows 64 bits, expected at most " + MAX_ELEMENTS, e);
        }
    }
}
