package org.bptt4j.report;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PointsTest {
    private static final double NAN = Double.NaN;
    private static final double INF = Double.POSITIVE_INFINITY;

    @Test
    void dropsWhatCannotBeDrawn() {
        Points points = Points.of(new double[] {1, NAN, 3, 4, INF, 6}, new double[] {1, 2, NAN, -INF, 5, 1e301});
        assertArrayEquals(new double[] {1}, points.x());
        assertArrayEquals(new double[] {1}, points.y());
    }

    @Test
    void logDropsWhatIsNotPositive() {
        Points points = Points.of(new double[] {1, 2, 3, 4, 5}, new double[] {-1, 0, 1e-320, 0.01, 100});
        assertArrayEquals(new double[] {4, 5}, points.log().x());
        assertArrayEquals(new double[] {-2, 2}, points.log().y(), 1e-12);
    }

    @Test
    void thinningKeepsSpikesAndEnds() {
        int count = 123_457;
        double[] x = IntStream.range(0, count).asDoubleStream().toArray();
        double[] y = DoubleStream.of(x).map(Math::sin).toArray();
        y[77_777] = 50;
        y[77_779] = -60;
        Points thin = Points.of(x, y).thinned();
        assertTrue(thin.size() <= 2002 && thin.size() > 1900, "kept " + thin.size());
        assertEquals(50, DoubleStream.of(thin.y()).max().orElseThrow());
        assertEquals(-60, DoubleStream.of(thin.y()).min().orElseThrow());
        assertEquals(0, thin.x()[0]);
        assertEquals(count - 1, thin.x()[thin.size() - 1]);
        for (int i = 0; i < thin.size(); i++) {
            assertEquals(y[(int) thin.x()[i]], thin.y()[i]);
            assertTrue(i == 0 || thin.x()[i] > thin.x()[i - 1], "out of order at " + i);
        }
    }

    @Test
    void fewPointsAreLeftAlone() {
        double[] values = new double[5000];
        assertEquals(5000, Points.of(values, values).thinned().size());
    }

    @Test
    void refusesLengthsThatDiffer() {
        assertThrows(IllegalArgumentException.class, () -> Points.of(new double[1], new double[2]));
    }

    @Test
    void theMeanAroundEachPointIsNarrowerAtTheEnds() {
        double[] y = {1, 2, 6, 4, 1e300, 0, 3, 6, 3};
        double[] x = {0, 1, 2, 3, 4, 5, 6, 7, 8};
        double[] mean = Points.of(x, y).smoothed(5).y();
        assertArrayEquals(new double[] {1, 3}, Arrays.copyOf(mean, 2), 1e-12);
        assertEquals(2e299, mean[5], 1e285);
        assertEquals(4, mean[7], 1e-12, "after a spike nothing is left of it");
        assertEquals(3, mean[8]);
        assertEquals(0, Points.of(new double[0], new double[0]).smoothed(3).size());
    }

    @Test
    void theLowestIsTheFirstOfSeveral() {
        assertEquals(
                1,
                Points.of(new double[] {1, 2, 3, 4}, new double[] {5, 2, 2, 9}).lowest());
        assertEquals(-1, Points.of(new double[0], new double[0]).lowest());
    }
}
