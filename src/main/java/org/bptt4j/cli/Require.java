package org.bptt4j.cli;

import java.util.regex.Pattern;

/** Checks of option values. */
final class Require {
    private Require() {}

    /** The value, if it is {@code least} or more. */
    static int atLeast(int least, int value, String option) {
        return Math.toIntExact(atLeast(least, (long) value, option));
    }

    /** The value, if it is {@code least} or more. */
    static long atLeast(long least, long value, String option) {
        if (value < least) {
            throw new UsageException(option + " " + value + ": must be " + least + " or more");
        }
        return value;
    }

    /** The value, if it is finite and 0 or more. */
    static double notNegative(double value, String option) {
        if (!(value >= 0) || value == Double.POSITIVE_INFINITY) {
            throw new UsageException(option + " " + value + ": must be a number, 0 or more");
        }
        return value;
    }

    /**
     * What the library says of a value, as said of the option: where its message begins with words for the value and the value, these are
     * left out, since the option and the value stand before it.
     */
    static UsageException refused(String option, Object value, IllegalArgumentException e) {
        String why = e.getMessage();
        int colon = why.indexOf(": ");
        boolean said = colon >= 0
                && Pattern.compile("(?<![\\w.])" + Pattern.quote(value.toString()) + "(?![\\w.])")
                        .matcher(why.substring(0, colon))
                        .find();
        return new UsageException(option + " " + value + ": " + (said ? why.substring(colon + 2) : why), e);
    }

    /** The value, if it is finite and above 0. */
    static double positive(double value, String option) {
        if (!(value > 0) || value == Double.POSITIVE_INFINITY) {
            throw new UsageException(option + " " + value + ": must be a number above 0");
        }
        return value;
    }
}
