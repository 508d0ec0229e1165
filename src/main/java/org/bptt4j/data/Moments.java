package org.bptt4j.data;

/**
 * Mean and standard deviation of a column's first rows, of numbers of any magnitude: sums are taken of multiples by a power of two,
 * which changes no bit where nothing would overflow or vanish.
 *
 * @param mean the mean
 * @param deviation the standard deviation of the n rows (divided by n); 1 if all are equal
 */
record Moments(double mean, double deviation) {
    private static final int LARGEST_FACTOR = 1022;

    static Moments of(Series series, int c, long rows) {
        double least = series.value(0, c);
        double most = least;
        for (long t = 1; t < rows; t++) {
            double value = series.value(t, c);
            least = Math.min(least, value);
            most = Math.max(most, value);
        }
        if (least == most) {
            return new Moments(least, 1);
        }
        String column = "column '" + series.columns().get(c) + "': its values, from " + least + " to " + most + ", ";
        if (!Double.isFinite(most - least)) {
            throw new IllegalArgumentException(
                    column + "are too far apart for their deviation; give them in a larger unit");
        }
        double mean = mean(series, c, rows, factor(Math.max(Math.abs(least), Math.abs(most))));
        double deviation = deviation(series, c, rows, mean, factor(Math.max(most - mean, mean - least)));
        if (!(deviation >= Double.MIN_NORMAL)) {
            throw new IllegalArgumentException(
                    column + "differ too little for their deviation; give them in a smaller unit");
        }
        return new Moments(mean, deviation);
    }

    /** A power of two that takes {@code largest} near to 1. */
    private static double factor(double largest) {
        int exponent = Math.max(-LARGEST_FACTOR, Math.min(Math.getExponent(largest), LARGEST_FACTOR));
        return Math.scalb(1.0, -exponent);
    }

    /** In two passes, the second of which takes the rounding error of the first away. */
    private static double mean(Series series, int c, long rows, double factor) {
        double sum = 0;
        for (long t = 0; t < rows; t++) {
            sum += series.value(t, c) * factor;
        }
        double rough = sum / rows;
        double correction = 0;
        for (long t = 0; t < rows; t++) {
            correction += series.value(t, c) * factor - rough;
        }
        return (rough + correction / rows) / factor;
    }

    /** √((Σd² − (Σd)²/n)/n), d = x − mean: the corrected two-pass algorithm (Chan, Golub and LeVeque 1983). */
    private static double deviation(Series series, int c, long rows, double mean, double factor) {
        double squares = 0;
        double sum = 0;
        for (long t = 0; t < rows; t++) {
            double d = (series.value(t, c) - mean) * factor;
            squares += d * d;
            sum += d;
        }
        return Math.sqrt((squares - sum * sum / rows) / rows) / factor;
    }
}
