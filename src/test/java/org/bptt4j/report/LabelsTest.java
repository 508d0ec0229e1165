package org.bptt4j.report;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LabelsTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0 | 0",
                "-0.0 | 0",
                "0.30000000000000004 | 0.3",
                "1995.5 | 1995.5",
                "-20000 | -20,000",
                "1234567 | 1,234,567",
                "25000000000 | 2.5e10",
                "0.0001 | 0.0001",
                "-0.00002 | -2e-5",
                "1e300 | 1e300",
                "4.9e-324 | 4.9e-324"
            })
    void writesNumbersShort(double value, String expected) {
        assertEquals(expected, Labels.number(value));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0 | 1",
                "-0.5 | 0.32",
                "2.9999999999999996 | 1000",
                "4 | 10,000",
                "5.5 | 320,000",
                "6 | 1e6",
                "-4 | 0.0001",
                "-4.5 | 3.2e-5",
                "320 | 1e320",
                "-400.5 | 3.2e-401"
            })
    void writesPowersShort(double log10, String expected) {
        assertEquals(expected, Labels.power(log10));
    }

    @Test
    void putsTitlesOnOneShortLine() {
        assertEquals("two lines", Labels.title(" two\r\n\tlines "));
        assertEquals(70, Labels.title("x".repeat(1000)).length());
    }
}
