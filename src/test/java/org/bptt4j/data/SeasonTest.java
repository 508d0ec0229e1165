package org.bptt4j.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SeasonTest {
    private static double[] series(int rows, IntToDoubleFunction value) {
        return IntStream.range(0, rows).mapToDouble(value).toArray();
    }

    private static double[] noise(int rows, long seed) {
        Random random = new Random(seed);
        return series(rows, t -> random.nextGaussian());
    }

    private static double[] randomWalk(int rows, long seed) {
        double[] walk = noise(rows, seed);
        for (int t = 1; t < rows; t++) {
            walk[t] += walk[t - 1];
        }
        return walk;
    }

    @ParameterizedTest
    @CsvSource({"4, 60, 0", "7, 100, 0", "12, 120, 0", "24, 500, 0", "365, 1460, 3", "365, 3650, 2"})
    void aWaveWithATrendAndNoise(int period, int rows, int tolerance) {
        double[] noise = noise(rows, 1);
        double[] values = series(rows, t -> 100 + 0.01 * t + Math.sin(2 * Math.PI * t / period) + 0.2 * noise[t]);
        assertEquals(period, Season.of(values).orElseThrow(), tolerance);
    }

    /** Its harmonics carry most of it. */
    @Test
    void aSpikeEverySevenRows() {
        double[] noise = noise(140, 2);
        assertEquals(OptionalInt.of(7), Season.of(series(140, t -> (t % 7 == 3 ? 5 : 0) + 0.3 * noise[t])));
    }

    /** Neither large, tiny nor far from 0; and one that repeats itself to the bit. */
    @ParameterizedTest
    @ValueSource(doubles = {1, 1e300, 1e-300, -1e150})
    void theUnitDoesNotMatter(double unit) {
        assertEquals(OptionalInt.of(12), Season.of(series(120, t -> unit * (2 + Math.sin(2 * Math.PI * t / 12)))));
        assertEquals(OptionalInt.of(3), Season.of(series(300, t -> unit * (t % 3))));
    }

    @Test
    void sunspotsComeAndGoInElevenYears() throws IOException {
        List<String> lines = Files.readAllLines(Path.of("src/main/resources/org/bptt4j/cli/sunspot_month.csv"));
        double[] all = lines.stream()
                .skip(1)
                .mapToDouble(line -> Double.parseDouble(line.split(",", -1)[1]))
                .toArray();
        int season = Season.of(series(all.length * 72 / 100, t -> all[t])).orElseThrow();
        assertTrue(season >= 126 && season <= 138, "months: " + season);
    }

    @ParameterizedTest
    @ValueSource(ints = {12, 50, 200, 1000, 5000})
    void noneInNoiseATrendOrAWalk(int rows) {
        for (long seed = 0; seed < 5; seed++) {
            double[] noise = noise(rows, seed);
            double[] walk = randomWalk(rows, seed);
            assertEquals(OptionalInt.empty(), Season.of(noise), "noise " + seed);
            assertEquals(OptionalInt.empty(), Season.of(walk), "walk " + seed);
            assertEquals(OptionalInt.empty(), Season.of(series(rows, t -> 0.5 * t + walk[t])), "drift " + seed);
            assertEquals(OptionalInt.empty(), Season.of(series(rows, t -> 0.1 * t + noise[t])), "trend " + seed);
        }
        assertEquals(OptionalInt.empty(), Season.of(series(rows, t -> 3.0 * t)), "a line");
        assertEquals(OptionalInt.empty(), Season.of(series(rows, t -> 1e5 + 0.1 * t)), "a line with rounding");
        assertEquals(OptionalInt.empty(), Season.of(series(rows, t -> 0.1)), "constant");
    }

    @Test
    void noneInTooFewRows() {
        assertEquals(OptionalInt.empty(), Season.of(new double[0]));
        assertEquals(OptionalInt.empty(), Season.of(series(11, t -> t % 2)));
    }

    /** Of more rows than are looked at, the last count. */
    @Test
    void theEndOfALongSeries() {
        assertEquals(OptionalInt.of(10), Season.of(series(150_000, t -> t < 50_000 ? t % 7 : t % 10)));
    }

    @Test
    void aValueThatIsNotFinite() {
        double[] values = series(20, t -> t);
        values[3] = Double.NaN;
        assertThrows(IllegalArgumentException.class, () -> Season.of(values));
    }

    /** Against the formula. */
    @Test
    void autocorrelation() {
        double[] x = {3, 1, 4, 1, 5, 9, 2, 6};
        double mean = 31 / 8.0;
        double[] expected = new double[5];
        for (int k = 0; k < expected.length; k++) {
            for (int t = 0; t + k < x.length; t++) {
                expected[k] += (x[t] - mean) * (x[t + k] - mean) / 52.875;
            }
        }
        assertArrayEquals(expected, Season.autocorrelation(x, 4), 1e-12);
    }

    @Test
    void theForecastOfTheSeasonBefore() {
        Series series = new Series(List.of("v"), new double[][] {{0, 3, 1, 4, 2, 7}}, 0);
        assertEquals(Math.sqrt((1 + 9) / 2.0), series.naiveError(4, 6, 2), 1e-12);
        assertEquals(series.persistenceError(2, 6), series.naiveError(2, 6, 1));
    }
}
