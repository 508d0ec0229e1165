package org.bptt4j.report;

import java.util.Arrays;
import java.util.function.DoublePredicate;
import java.util.stream.IntStream;

/** The points of one line, ready to draw: all finite, and not so many that drawing them is slow. */
final class Points {
    /** Beyond this the width of an axis could overflow a double. */
    private static final double LARGEST = 1e300;

    private static final int THIN_ABOVE = 5000;
    private static final int BUCKETS = 1000;

    private final double[] x;
    private final double[] y;

    private Points(double[] x, double[] y) {
        this.x = x;
        this.y = y;
    }

    /**
     * Keeps the points whose coordinates are numbers of at most 1e300 in size.
     *
     * @param x horizontal coordinates, in drawing order
     * @param y vertical coordinates, as many
     * @throws IllegalArgumentException if the lengths differ
     */
    static Points of(double[] x, double[] y) {
        if (x.length != y.length) {
            throw new IllegalArgumentException("x has " + x.length + " values and y has " + y.length);
        }
        return new Points(x, y).where(Points::drawable);
    }

    /** Whether a coordinate can be drawn on a linear axis. */
    static boolean drawable(double value) {
        return Math.abs(value) <= LARGEST; // false for NaN
    }

    /** Whether a coordinate can be drawn on a logarithmic axis. */
    static boolean drawableAsLog(double value) {
        return drawable(value) && value >= 1 / LARGEST;
    }

    /** The points whose y can be drawn on a logarithmic axis, with {@code log10(y)} for y. */
    Points log() {
        Points positive = positive();
        return new Points(positive.x, Arrays.stream(positive.y).map(Math::log10).toArray());
    }

    /** The points whose y can be drawn on a logarithmic axis. */
    Points positive() {
        return where(Points::drawableAsLog);
    }

    /**
     * These points if there are at most 5,000, else about 2,000 of them: the lowest and the highest of each of 1,000
     * runs of neighbours, so that spikes stay visible, and the first and last point.
     */
    Points thinned() {
        int count = x.length;
        if (count <= THIN_ABOVE) {
            return this;
        }
        IntStream.Builder kept = IntStream.builder();
        kept.add(0);
        for (int bucket = 0; bucket < BUCKETS; bucket++) {
            int from = (int) ((long) count * bucket / BUCKETS);
            int to = (int) ((long) count * (bucket + 1) / BUCKETS);
            int low = from;
            int high = from;
            for (int i = from; i < to; i++) {
                low = y[i] < y[low] ? i : low;
                high = y[i] > y[high] ? i : high;
            }
            kept.add(Math.min(low, high)).add(Math.max(low, high));
        }
        kept.add(count - 1);
        return select(kept.build().distinct().toArray());
    }

    /**
     * The mean of the {@code count} points around each, of as many on both sides as there are; {@code count} is odd. A point at
     * an end is left as it is.
     */
    Points smoothed(int count) {
        double[] mean = new double[y.length];
        for (int i = 0; i < y.length; i++) {
            int side = Math.min(count / 2, Math.min(i, y.length - 1 - i));
            // Each sum anew: a running one would carry the rounding of a spike along.
            mean[i] = Arrays.stream(y, i - side, i + side + 1).average().orElseThrow();
        }
        return new Points(x, mean).where(Points::drawable);
    }

    /** The index of the lowest point, the first of several; -1 without points. */
    int lowest() {
        int lowest = x.length == 0 ? -1 : 0;
        for (int i = 1; i < y.length; i++) {
            lowest = y[i] < y[lowest] ? i : lowest;
        }
        return lowest;
    }

    /** Horizontal coordinates; the array itself. */
    double[] x() {
        return x;
    }

    /** Vertical coordinates; the array itself. */
    double[] y() {
        return y;
    }

    /** How many points there are. */
    int size() {
        return x.length;
    }

    private Points where(DoublePredicate keepsY) {
        return select(IntStream.range(0, x.length)
                .filter(i -> drawable(x[i]) && keepsY.test(y[i]))
                .toArray());
    }

    private Points select(int[] indices) {
        return new Points(
                Arrays.stream(indices).mapToDouble(i -> x[i]).toArray(),
                Arrays.stream(indices).mapToDouble(i -> y[i]).toArray());
    }
}
