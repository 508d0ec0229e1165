package org.bptt4j.spec;

/** Numbers of things in words: "1 row", "2 rows", "1234 updates", digits as options take them. */
public final class Count {
    private Count() {}

    /** {@code count} and the noun, in the plural unless the count is 1. */
    public static String of(long count, String noun) {
        return count + " " + inNumber(count, noun);
    }

    private static String inNumber(long count, String noun) {
        if (count == 1) {
            return noun;
        }
        return noun + (noun.matches(".*(s|x|tch|sh)") ? "es" : "s");
    }
}
