package org.bptt4j.benchmarks;

import org.apache.commons.math3.random.RandomGenerator;
import org.apache.commons.math3.random.Well19937c;

/** Reproducible random arrays. */
public final class Data {
    private Data() {}

    /** Normally distributed, mean 0, variance 1. */
    public static float[] gaussian(int seed, int length) {
        RandomGenerator random = new Well19937c(seed);
        float[] values = new float[length];
        for (int i = 0; i < length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }

    /** Uniform in ±limit. */
    public static float[] uniform(int seed, int length, double limit) {
        RandomGenerator random = new Well19937c(seed);
        float[] values = new float[length];
        for (int i = 0; i < length; i++) {
            values[i] = (float) (limit * (2 * random.nextDouble() - 1));
        }
        return values;
    }

    /** Integers from 0 to bound − 1. */
    public static int[] classes(int seed, int length, int bound) {
        RandomGenerator random = new Well19937c(seed);
        int[] values = new int[length];
        for (int i = 0; i < length; i++) {
            values[i] = random.nextInt(bound);
        }
        return values;
    }

    /** a + b. */
    public static float[] sum(float[] a, float[] b) {
        float[] sum = a.clone();
        for (int i = 0; i < sum.length; i++) {
            sum[i] += b[i];
        }
        return sum;
    }

    /** The transpose [cols, rows] of {@code matrix} [rows, cols]. */
    public static float[] transpose(float[] matrix, int rows, int cols) {
        float[] transposed = new float[matrix.length];
        for (int r = 0; r < rows; r++) {
            for (int c = 0; c < cols; c++) {
                transposed[c * rows + r] = matrix[r * cols + c];
            }
        }
        return transposed;
    }

    /** The {@code count} integers of a configuration like "32,100,64". */
    public static int[] sizes(String config, String format) {
        String[] parts = config.split(",", -1);
        int count = format.split(",", -1).length;
        int[] sizes = new int[count];
        try {
            if (parts.length != count) {
                throw new NumberFormatException();
            }
            for (int i = 0; i < count; i++) {
                sizes[i] = Integer.parseInt(parts[i]);
            }
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("configuration '" + config + "' is not of the form " + format, e);
        }
        return sizes;
    }
}
