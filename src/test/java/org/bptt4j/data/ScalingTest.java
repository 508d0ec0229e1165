package org.bptt4j.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.apache.commons.math3.stat.descriptive.moment.Mean;
import org.apache.commons.math3.stat.descriptive.moment.StandardDeviation;
import org.junit.jupiter.api.Test;

class ScalingTest {
    private static final Series SERIES =
            new Series(List.of("a", "flat"), new double[][] {{1, 3, 100, -100}, {7, 7, 9, 5}}, 0);

    @Test
    void usesTheTrainingRowsOnly() {
        Scaling scaling = Scaling.fit(SERIES, 2);
        assertEquals(List.of(2.0, 7.0), scaling.mean());
        assertEquals(List.of(1.0, 1.0), scaling.deviation());
        assertEquals(-102, scaling.apply(SERIES.value(3, 0), 0));
        assertEquals(2, scaling.apply(SERIES.value(2, 1), 1));
        assertEquals(1, scaling.targetDeviation());
    }

    @Test
    void theFiguresAreThoseOfCommonsMath() {
        Random random = new Random(3);
        for (int rows = 1; rows < 200; rows++) {
            double[] column = random.doubles(rows, 1e6, 1e6 + 1).toArray();
            Scaling scaling = Scaling.fit(new Series(List.of("a"), new double[][] {column}, 0), rows);
            assertEquals(new Mean().evaluate(column), scaling.mean().get(0));
            double deviation = new StandardDeviation(false).evaluate(column);
            assertEquals(deviation > 0 ? deviation : 1, scaling.targetDeviation());
        }
    }

    @Test
    void aConstantColumnIsNotScaledByItsRoundingErrors() {
        for (int rows = 3; rows < 50; rows++) {
            double[] column = new double[rows];
            Arrays.fill(column, 0.1 * rows);
            Series flat = new Series(List.of("flat"), new double[][] {column}, 0);
            assertEquals(1, Scaling.fit(flat, rows).targetDeviation());
        }
    }

    @Test
    void refusesColumnsTooLargeToScale() {
        Series large = new Series(List.of("a"), new double[][] {{-1e308, 1e308, 1e308}}, 0);
        assertThrows(IllegalArgumentException.class, () -> Scaling.fit(large, 3));
    }

    @Test
    void comesBackFromJson() {
        Scaling scaling = Scaling.fit(SERIES, 3);
        assertEquals(scaling, Scaling.fromJson(scaling.toJson()));
        Scaling odd =
                new Scaling(List.of("mean", "target", "\"q\"\n"), 1, List.of(1.0, 2.0, 3.0), List.of(1.0, 1e-9, 1e300));
        assertEquals(odd, Scaling.fromJson(odd.toJson()));
    }

    @Test
    void refusesWhatIsNoScaling() {
        assertThrows(IllegalArgumentException.class, () -> Scaling.fromJson("{\"columns\":[\"a\"]"));
        assertThrows(IllegalArgumentException.class, () -> Scaling.fromJson("{}"));
        Series other = new Series(List.of("b", "flat"), new double[][] {{1, 2}, {3, 4}}, 0);
        assertThrows(
                IllegalArgumentException.class, () -> Scaling.fit(SERIES, 2).requireColumns(other));
    }

    @Test
    void persistenceIsTheLastValueAgain() {
        assertEquals(Math.sqrt((97.0 * 97 + 200 * 200) / 2), SERIES.persistenceError(2, 4));
    }
}
