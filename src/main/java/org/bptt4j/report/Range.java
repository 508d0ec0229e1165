package org.bptt4j.report;

import java.util.stream.DoubleStream;

/**
 * What an axis spans; {@code low < high} always, far enough apart to place ticks between them.
 *
 * @param low the value at the lower or left end
 * @param high the value at the other end
 */
record Range(double low, double high) {
    /** Narrower than this, relative to the values, neighbouring ticks would read the same. */
    private static final double NARROWEST = 1e-8;

    private static final double SMALLEST = 1e-290;

    /**
     * The range that holds all values, at least {@code narrowest} wide.
     *
     * @param values finite values; none give 0 to 1, and all the same a range around it
     * @param narrowest the least width, 0 to leave that to the size of the values
     */
    static Range of(DoubleStream values, double narrowest) {
        double[] all = values.toArray();
        if (all.length == 0) {
            return new Range(0, 1);
        }
        double low = DoubleStream.of(all).min().orElseThrow();
        double high = DoubleStream.of(all).max().orElseThrow();
        double size = Math.max(Math.abs(low), Math.abs(high));
        double least = Math.max(narrowest, NARROWEST * size);
        if (high - low >= least && size >= SMALLEST) {
            return new Range(low, high);
        }
        double half = Math.max(narrowest, size < SMALLEST ? 2 : size / 5) / 2;
        double middle = low + (high - low) / 2;
        return new Range(middle - half, middle + half);
    }

    /** This range and a margin below and above, each a share of its width. */
    Range widened(double below, double above) {
        double width = high - low;
        return new Range(low - width * below, high + width * above);
    }
}
