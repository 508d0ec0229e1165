package org.bptt4j.data;

import java.util.Arrays;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.apache.commons.math3.complex.Complex;
import org.apache.commons.math3.stat.regression.SimpleRegression;
import org.apache.commons.math3.transform.DftNormalization;
import org.apache.commons.math3.transform.FastFourierTransformer;
import org.apache.commons.math3.transform.TransformType;

/**
 * The season of a series: after how many rows it repeats itself, for a seasonal naive forecast y_t = y_{t−s}.
 *
 * <p>Found by the sample autocorrelation r_k = Σ_t (x_t − x̄)(x_{t+k} − x̄) / Σ_t (x_t − x̄)² (Box and Jenkins, Time Series
 * Analysis, 1970, chapter 2) of the values without their linear trend. A season is a lag of 2 … n/3 whose r is 0.3 or more, the
 * highest within a quarter of itself on both sides, and 0.2 above the lowest before it; of several that are nearly as high as the highest it is
 * the shortest, and its multiples make it exact.
 *
 * <p>A random walk wanders up and down too. So the series is also taken without what its last value tells of the next, w_t =
 * x_t − r_1·x_{t−1}, which of a random walk leaves noise: there the autocorrelations around the season must be together three
 * times the standard error of noise (1/√n each; Bartlett 1946).
 */
public final class Season {
    /** More rows than these are not looked at. */
    public static final int MOST_ROWS = 100_000;

    private static final int LEAST_ROWS = 12;
    private static final int LEAST_SEASONS = 3;
    private static final double LEAST_CORRELATION = 0.3;
    private static final double LEAST_RISE = 0.2;
    private static final double NEARLY = 0.85;
    private static final double LEAST_DEVIATIONS = 3;

    private Season() {}

    /**
     * The season of a series, in rows; empty if there is none.
     *
     * @param values the rows to look at, all finite, in time order: of a forecast those it may know; of more than 100,000 the last
     * @throws IllegalArgumentException if a value is not finite
     */
    public static OptionalInt of(double[] values) {
        double[] x = Arrays.copyOfRange(values, Math.max(0, values.length - MOST_ROWS), values.length);
        for (double value : x) {
            if (!Double.isFinite(value)) {
                throw new IllegalArgumentException(
                        "a series with the value " + value + " has no season: all must be finite");
            }
        }
        if (x.length < LEAST_ROWS || !detrend(x)) {
            return OptionalInt.empty();
        }
        double[] r = autocorrelation(x, x.length / 2);
        int season = highest(r, x.length / LEAST_SEASONS);
        if (season == 0 || !isMoreThanWandering(x, r[1], season)) {
            return OptionalInt.empty();
        }
        return OptionalInt.of(refined(r, season));
    }

    /** Takes the line of least squares from {@code x}, scaled to 1; false if nothing is left but rounding. */
    private static boolean detrend(double[] x) {
        double low = Arrays.stream(x).min().orElseThrow();
        double high = Arrays.stream(x).max().orElseThrow();
        double half = high / 2 - low / 2; // the difference itself may overflow
        if (half == 0) {
            return false;
        }
        SimpleRegression line = new SimpleRegression();
        for (int t = 0; t < x.length; t++) {
            x[t] = (x[t] / 2 - low / 2) / half;
            line.addData(t, x[t]);
        }
        double rest = 0;
        for (int t = 0; t < x.length; t++) {
            x[t] -= line.predict(t);
            rest = Math.max(rest, Math.abs(x[t]));
        }
        return rest > 1e-9;
    }

    /** r_0 … r_lags, by the Fourier transform of the padded series. */
    static double[] autocorrelation(double[] x, int lags) {
        double mean = Arrays.stream(x).average().orElseThrow();
        int size = Integer.highestOneBit(2 * x.length - 1) * 2;
        double[] padded = new double[size];
        for (int t = 0; t < x.length; t++) {
            padded[t] = x[t] - mean;
        }
        FastFourierTransformer fourier = new FastFourierTransformer(DftNormalization.STANDARD);
        Complex[] spectrum = fourier.transform(padded, TransformType.FORWARD);
        double[] power = new double[size];
        Arrays.setAll(power, i -> spectrum[i].multiply(spectrum[i].conjugate()).getReal());
        Complex[] covariance = fourier.transform(power, TransformType.INVERSE);
        double[] r = new double[lags + 1];
        Arrays.setAll(r, k -> covariance[k].getReal() / covariance[0].getReal());
        return r;
    }

    /** The shortest lag whose peak is nearly as high as the highest, or 0 if there is no peak. */
    private static int highest(double[] r, int longest) {
        int[] peaks =
                IntStream.rangeClosed(2, longest).filter(k -> isPeak(r, k)).toArray();
        double best = Arrays.stream(peaks).mapToDouble(k -> r[k]).max().orElse(0);
        return Arrays.stream(peaks)
                .filter(k -> r[k] >= NEARLY * best)
                .findFirst()
                .orElse(0);
    }

    private static boolean isPeak(double[] r, int lag) {
        if (r[lag] < LEAST_CORRELATION) {
            return false;
        }
        int near = Math.max(1, lag / 4);
        for (int k = lag - near; k <= Math.min(r.length - 1, lag + near); k++) {
            if (r[k] > r[lag]) {
                return false;
            }
        }
        return Arrays.stream(r, 1, lag).min().orElseThrow() <= r[lag] - LEAST_RISE;
    }

    private static boolean isMoreThanWandering(double[] x, double first, int season) {
        double[] rest = new double[x.length - 1];
        Arrays.setAll(rest, t -> x[t + 1] - first * x[t]);
        int near = season / 12;
        double[] r = autocorrelation(rest, season + near);
        double together = Arrays.stream(r, season - near, season + near + 1).sum() / Math.sqrt(2 * near + 1);
        return Math.max(together, r[season]) * Math.sqrt(rest.length) >= LEAST_DEVIATIONS;
    }

    /** The lag near {@code season} that fits best with its double and triple together, as far as they are known. */
    private static int refined(double[] r, int season) {
        int near = season / 12;
        int times = Math.min(LEAST_SEASONS, (r.length - 1) / (season + near));
        int best = season;
        for (int k = season - near; k <= season + near; k++) {
            best = fit(r, k, times) > fit(r, best, times) ? k : best;
        }
        return best;
    }

    private static double fit(double[] r, int lag, int times) {
        double sum = 0;
        for (int i = 1; i <= times; i++) {
            sum += r[i * lag];
        }
        return sum;
    }
}
