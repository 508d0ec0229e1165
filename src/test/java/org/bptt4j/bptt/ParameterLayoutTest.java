package org.bptt4j.bptt;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.bptt4j.spec.RnnSpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Where parameters lie in the flat buffer. */
class ParameterLayoutTest {
    @ParameterizedTest
    @CsvSource({"1, 1, 1", "3, 5, 7", "32, 64, 32", "33, 31, 1"})
    void eachBeginsOnABoundaryRightBehindTheOneBefore(int inputs, int hidden, int outputs) {
        ParameterLayout layout =
                new ParameterLayout(RnnSpec.of(inputs, hidden, outputs).withLayers(3));
        long end = 0;
        for (Parameter p : layout.parameters()) {
            assertEquals(0, p.offset() % 32, p.toString());
            assertTrue(p.offset() >= end && p.offset() < end + 32, p.toString());
            end = p.offset() + p.length();
        }
        assertTrue(layout.length() >= end && layout.length() < end + 32, layout.length() + " elements");
    }

    @Test
    void whereNothingIsOddNothingIsPadded() {
        assertEquals(64 * 32 + 64 * 64 + 2 * 64 + 32 * 64 + 32, new ParameterLayout(RnnSpec.of(32, 64, 32)).length());
    }
}
