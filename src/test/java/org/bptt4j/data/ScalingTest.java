package org.bptt4j.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.apache.commons.math3.stat.descriptive.moment.Mean;
import org.apache.commons.math3.stat.descriptive.moment.StandardDeviation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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

    private static Series column(double... values) {
        return new Series(List.of("a"), new double[][] {values}, 0);
    }

    private static void assertRefused(String message, Executable action) {
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class, action);
        assertTrue(e.getMessage().startsWith("column 'a'") && e.getMessage().contains(message), e.getMessage());
    }

    @Test
    void refusesColumnsTooLargeOrTooSmallToScale() {
        assertRefused(
                "from -1.0E308 to 1.0E308, are too far apart", () -> Scaling.fit(column(-1e308, 1e308, 1e308), 3));
        assertRefused("from 0.0 to 4.9E-324, differ too little", () -> Scaling.fit(column(0, 4.9e-324), 2));
    }

    /** Squares of the smaller ones vanish, those of the larger ones overflow. */
    @ParameterizedTest
    @ValueSource(doubles = {0x1p-1000, 0x1p-600, 0x1p-500, 1, 0x1p520, 0x1p1000, 0x1p1020})
    void scalesAndMeasuresAllMagnitudesAlike(double unit) {
        double[] values = {1.5, -0.25, 3, 2, -1};
        Series series = column(Arrays.stream(values).map(v -> v * unit).toArray());
        Scaling scaling = Scaling.fit(series, values.length);
        Scaling plain = Scaling.fit(column(values), values.length);
        assertEquals(plain.mean().get(0) * unit, scaling.mean().get(0));
        assertEquals(plain.targetDeviation() * unit, scaling.targetDeviation());
        assertEquals(plain.apply(-1, 0), scaling.apply(-unit, 0));
        assertEquals(
                column(values).persistenceError(1, values.length) * unit,
                series.persistenceError(1, values.length),
                1e-15 * unit);
        scaling.requireInRange(series);
    }

    @Test
    void aConstantColumnKeepsItsUnitWhateverItsMagnitude() {
        for (double value : new double[] {0, 4.9e-324, 5e-169, 1e308}) {
            Scaling scaling = Scaling.fit(column(value, value, value), 3);
            assertEquals(List.of(value), scaling.mean());
            assertEquals(1, scaling.targetDeviation());
        }
    }

    @Test
    void refusesValuesThatAFloatDoesNotHoldWhenScaled() {
        assertRefused("row 4: 1.0E300 is too far", () -> {
            Series series = column(1, 2, 3, 1e300);
            Scaling.fit(series, 3).requireInRange(series);
        });
        assertRefused("row 3: 1.0E20", () -> {
            Series series = column(1, 1, 1e20);
            Scaling.fit(series, 2).requireInRange(series);
        });
        assertRefused("row 4: -1.5E308", () -> {
            Series series = column(0, 1e308, 1.5e308, -1.5e308);
            Scaling.fit(series, 3).requireInRange(series);
        });
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
