package org.bptt4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import org.bptt4j.NonFiniteException;
import org.bptt4j.spec.Count;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FiguresTest {
    @Test
    void finiteFiguresPass() {
        Map<String, Double> figures = Map.of("loss", 1.5, "rmse", -Double.MAX_VALUE);
        assertSame(figures, Figures.requireFinite(figures, "test"));
    }

    @ParameterizedTest
    @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
    void othersAreAFailureInTheWorkThatNamesThem(double value) {
        Map<String, Double> figures = Map.of("loss", 1.5, "bpc", value);
        NonFiniteException e =
                assertThrows(NonFiniteException.class, () -> Figures.requireFinite(figures, "test after update 7"));
        Failure failure = Failure.of(e, null);
        assertEquals(1, failure.exitCode());
        assertTrue(failure.expected());
        assertTrue(
                failure.message().startsWith("test after update 7: the figure 'bpc' is " + value), failure.message());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "15.98 | 18.06 | ' (-11.5 %)'",
                "2     | 2     | ' (+0.0 %)'",
                "0     | 2     | ' (-100.0 %)'",
                "11    | 1     | ' (+1000.0 %)'",
                "24.4  | 1     | ' (24 times as large)'",
                "12345 | 1     | ' (12345 times as large)'",
                "1e27  | 1     | ' (1.0e+27 times as large)'",
                "1     | 0     | ''",
                "1e300 | 1e-300 | ''",
            })
    void aChangeIsReadableHoweverLargeItIs(double value, double baseline, String expected) {
        assertEquals(expected, Figures.comparedTo(value, baseline));
    }

    @ParameterizedTest
    @CsvSource({
        "1, row, 1 row",
        "2, row, 2 rows",
        "0, row, 0 rows",
        "1, batch, 1 batch",
        "2, batch, 2 batches",
        "3, loss, 3 losses"
    })
    void oneIsNoPlural(long count, String noun, String expected) {
        assertEquals(expected, Count.of(count, noun));
        assertEquals("1234 rows", Count.of(1234, "row"));
    }
}
