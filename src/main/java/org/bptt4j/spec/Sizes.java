package org.bptt4j.spec;

import java.math.BigInteger;
import java.util.Arrays;
import java.util.stream.Collectors;

/** Products of sizes, which never overflow in silence. */
public final class Sizes {
    /** The longest array that every JVM allows. */
    public static final int LONGEST_ARRAY = Integer.MAX_VALUE - 8;

    private Sizes() {}

    /**
     * The product of some sizes of 0 or more, as the length of a Java array.
     *
     * @param what what has so many elements, for the message: "x [T,B,I]"
     * @param remedy what to do if they are too many: "use a smaller batch"
     * @throws IllegalArgumentException if no array is that long; names the sizes
     */
    public static int array(String what, String remedy, long... sizes) {
        long product = product(sizes);
        if (product < 0 || product > LONGEST_ARRAY) {
            throw new IllegalArgumentException(what + " of " + text(sizes)
                    + " elements does not fit a Java array (at most " + LONGEST_ARRAY + " elements): " + remedy);
        }
        return (int) product;
    }

    /** The product of some sizes of 0 or more, or {@link Long#MAX_VALUE} where it is no smaller than that. */
    public static long product(long... sizes) {
        long product = 1;
        for (long size : sizes) {
            if (size == 0) {
                return 0;
            }
            // Once it is the largest, it stays so, unless a zero follows.
            product = product > Long.MAX_VALUE / size ? Long.MAX_VALUE : product * size;
        }
        return product;
    }

    /** The sum of two sizes, or {@link Long#MAX_VALUE} where it is no smaller than that. */
    public static long sum(long a, long b) {
        return a > Long.MAX_VALUE - b ? Long.MAX_VALUE : a + b;
    }

    /** "2000000000 × 4 = 8000000000", exactly. */
    public static String text(long... sizes) {
        String factors = Arrays.stream(sizes).mapToObj(Long::toString).collect(Collectors.joining(" × "));
        BigInteger exact =
                Arrays.stream(sizes).mapToObj(BigInteger::valueOf).reduce(BigInteger.ONE, BigInteger::multiply);
        return sizes.length == 1 ? factors : factors + " = " + exact;
    }
}
