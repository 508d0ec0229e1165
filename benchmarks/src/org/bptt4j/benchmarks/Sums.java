package org.bptt4j.benchmarks;

import org.apache.commons.math3.random.RandomGenerator;
import org.apache.commons.math3.random.Well19937c;

/**
 * Two figures of an array by which results are compared between processes.
 *
 * @param norm the Euclidean norm
 * @param projection the sum with fixed random signs: of the size of the norm, but another one for other signs or another order
 */
record Sums(double norm, double projection) {
    static Sums of(float[] values) {
        RandomGenerator random = new Well19937c(99);
        double squares = 0;
        double signed = 0;
        for (float v : values) {
            squares += (double) v * v;
            signed += random.nextBoolean() ? v : -v;
        }
        return new Sums(Math.sqrt(squares), signed);
    }

    /** Whether both figures differ by no more than {@code tolerance} times the norm. */
    boolean near(Sums other, double tolerance) {
        double limit = tolerance * norm;
        return Math.abs(norm - other.norm) <= limit && Math.abs(projection - other.projection) <= limit;
    }
}
