package org.bptt4j.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DecimalNumberTest {
    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "5, 5",
        "+5, 5",
        "-5, -5",
        "5., 5",
        ".5, 0.5",
        "-.5, -0.5",
        "007, 7",
        "1e5, 1e5",
        "1E+5, 1e5",
        "1.5e-3, 0.0015",
        "50.324, 50.324",
        "0.1, 0.1",
        "123456789012345678901234567890, 123456789012345678901234567890",
        "9007199254740993, 9007199254740993",
        "0.30000000000000004, 0.30000000000000004",
        "1e22, 1e22",
        "1e23, 1e23",
        "0.0000000000000000000001, 1e-22",
        "0.00000000000000000000001, 1e-23",
        "4.9e-324, 4.9e-324",
        "1e400, Infinity",
        "-1e400, -Infinity",
        "1e-400, 0",
        "nan, NaN",
        "NaN, NaN",
        "-NAN, NaN",
        "inf, Infinity",
        "-Inf, -Infinity",
        "+infinity, Infinity",
        "-INFINITY, -Infinity"
    })
    void whatPandasTakesForANumber(String text, double value) {
        assertTrue(DecimalNumber.isNumber(text));
        assertEquals(value, DecimalNumber.parse(text));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "+",
                "-",
                ".",
                "-.",
                "e5",
                ".e5",
                "1e",
                "1e+",
                "1e5.5",
                "1d",
                "1D",
                "3f",
                "3F",
                "0x10",
                "0x1p3",
                "1_000",
                "1,5",
                "1.2.3",
                "--5",
                "+-5",
                "5-",
                "1 2",
                " 5",
                "5 ",
                "\uff15",
                "\u0665",
                "\u221e",
                "infinit",
                "nano",
                "n",
                "i",
                "\u0131nf",
                "1e\uff15",
                "5\u00a0",
                "0b1",
                "1L",
                "$5",
                "5%"
            })
    void whatIsNone(String text) {
        assertFalse(DecimalNumber.isNumber(text));
        NumberFormatException e = assertThrows(NumberFormatException.class, () -> DecimalNumber.parse(text));
        assertEquals("'" + text + "' is not a number", e.getMessage());
    }

    @Test
    void minusZeroKeepsItsSign() {
        assertEquals(-0.0, DecimalNumber.parse("-0.0"));
        assertEquals(-0.0, DecimalNumber.parse("-0"));
    }

    @Test
    void agreesWithJavaToTheLastBit() {
        Random random = new Random(1);
        for (int i = 0; i < 20_000; i++) {
            String digits = Long.toString(random.nextLong() >> random.nextInt(64));
            int point = digits.length() - random.nextInt(digits.length());
            String text = digits.substring(0, point) + "." + digits.substring(point) + "0".repeat(random.nextInt(4));
            text = text.startsWith("-.") ? "-0" + text.substring(1) : text;
            assertEquals(Double.parseDouble(text), DecimalNumber.parse(text), text);
            String exponent = text + "e" + (random.nextInt(700) - 350);
            assertEquals(Double.parseDouble(exponent), DecimalNumber.parse(exponent), exponent);
        }
    }
}
