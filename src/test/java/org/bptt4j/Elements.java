package org.bptt4j;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.function.IntFunction;

/** Numbers one by one, of which there are millions: what an element is called is made up only for one that fails. */
public final class Elements {
    private Elements() {}

    /** Whether {@code actual} is within {@code tolerance}: false for NaN, whatever was expected. */
    public static boolean near(double expected, double actual, double tolerance) {
        return Math.abs(expected - actual) <= tolerance;
    }

    /** As {@code assertEquals}, NaN equal to NaN; {@code what} names element i. */
    public static void assertNear(double expected, double actual, double tolerance, IntFunction<String> what, int i) {
        if (!near(expected, actual, tolerance)) {
            assertEquals(expected, actual, tolerance, what.apply(i));
        }
    }
}
