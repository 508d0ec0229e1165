package org.bptt4j.cli;

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

    /** The value, if it is finite and above 0. */
    static double positive(double value, String option) {
        if (!(value > 0) || value == Double.POSITIVE_INFINITY) {
            throw new UsageException(option + " " + value + ": must be a number above 0");
        }
        return value;
    }
}
