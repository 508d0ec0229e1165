package org.bptt4j.spec;

import java.util.Locale;

/** Numbers of things in words: "1 row", "2 rows", "1,234 updates". */
public final class Count {
    private Count() {}

    /** {@code count} and the noun, in the plural unless the count is 1. */
    public static String of(long count, String noun) {
        return count + " " + inNumber(count, noun);
    }

    /** The same with thousands grouped. */
    public static String grouped(long count, String noun) {
        return String.format(Locale.ROOT, "%,d ", count) + inNumber(count, noun);
    }

    private static String inNumber(long count, String noun) {
        if (count == 1) {
            return noun;
        }
        return noun + (noun.matches(".*(s|x|tch|sh)") ? "es" : "s");
    }
}
