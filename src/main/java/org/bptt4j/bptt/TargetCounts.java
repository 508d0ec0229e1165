package org.bptt4j.bptt;

import java.util.Arrays;

/** Of each segment of a batch: how many targets it has, and the sum of their weights, by which a mean divides. */
final class TargetCounts {
    private long[] counts = new long[0];
    private double[] weights = new double[0];

    private double unit = 1;

    /** No targets in so many segments. */
    void clear(int segments) {
        if (counts.length != segments) {
            counts = new long[segments];
            weights = new double[segments];
        }
        Arrays.fill(counts, 0);
        Arrays.fill(weights, 0);
    }

    /** One more target of segment {@code s}. */
    void add(int s, double weight) {
        counts[s]++;
        weights[s] += weight;
    }

    /**
     * What a weight of 1 on the device stands for, a power of two: 1 but for weights so large or small that sums of them, or what divides by
     * the sums, would leave the range of a float.
     */
    double unit() {
        return unit;
    }

    /** Weights are uploaded in this unit. */
    void setUnit(double unit) {
        this.unit = unit;
    }

    long count(int s) {
        return counts[s];
    }

    double weight(int s) {
        return weights[s];
    }

    /** Of all segments. */
    long count() {
        long sum = 0;
        for (long count : counts) {
            sum += count;
        }
        return sum;
    }

    /** Of all segments. */
    double weight() {
        double sum = 0;
        for (double weight : weights) {
            sum += weight;
        }
        return sum;
    }
}
