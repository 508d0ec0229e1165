package org.bptt4j.data;

/**
 * The root of the mean square √(Σx²/n) of numbers of any magnitude: squares of large ones do not overflow, those of small ones do
 * not vanish. Three sums for three ranges of magnitude, as BLAS's nrm2 has them (Blue 1978).
 */
public final class RootMeanSquare {
    private static final double BIG = 0x1p486;
    private static final double SMALL = 0x1p-511;
    private static final double SHRINK = 0x1p-538;
    private static final double GROW = 0x1p537;

    private double big;
    private double middle;
    private double small;
    private long count;

    /** Adds a number. */
    public void add(double x) {
        double size = Math.abs(x);
        if (size > BIG) {
            big += size * SHRINK * (size * SHRINK);
        } else if (size < SMALL) {
            small += size * GROW * (size * GROW);
        } else {
            middle += size * size; // that of NaN, too
        }
        count++;
    }

    /** √(Σx²/n) of the n numbers so far; NaN of none. */
    public double value() {
        if (big > 0) {
            return Math.sqrt((big + middle * SHRINK * SHRINK) / count) / SHRINK;
        }
        return middle == 0 ? Math.sqrt(small / count) / GROW : Math.sqrt((middle + small / GROW / GROW) / count);
    }
}
