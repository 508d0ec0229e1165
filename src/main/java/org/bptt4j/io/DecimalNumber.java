package org.bptt4j.io;

/**
 * Numbers as files and people write them, the syntax of C and Python: a sign, decimal digits with or without a point, an exponent;
 * or {@code nan}, {@code inf}, {@code infinity} in any case. Java's own syntax is wider: there {@code 1d}, {@code 3F} and {@code
 * 0x1p3} are numbers, which elsewhere are durations, labels and codes.
 */
public final class DecimalNumber {
    /** Up to 10^22 powers of ten are exact in a double. */
    private static final double[] POWERS = new double[23];

    /** Whole numbers below it are exact in a double. */
    private static final long EXACT = 1L << 53;

    private static final int MOST_DIGITS = 18; // that always fit a long

    static {
        POWERS[0] = 1;
        for (int i = 1; i < POWERS.length; i++) {
            POWERS[i] = 10 * POWERS[i - 1];
        }
    }

    private DecimalNumber() {}

    /** Whether {@link #parse} takes the text; blanks around a number are none of it. */
    public static boolean isNumber(String text) {
        return endOfDecimal(text) == text.length() || special(text) != 0;
    }

    /**
     * The double nearest to the number; infinite if none is near.
     *
     * @throws NumberFormatException if the text is none, with the text in its message
     */
    public static double parse(String text) {
        long digits = 0;
        int count = 0;
        int scale = 0;
        int i = signEnd(text);
        boolean point = false;
        for (; i < text.length(); i++) {
            char c = text.charAt(i);
            if (isDigit(c)) {
                digits = 10 * digits + (c - '0'); // may overflow: the count of digits says so
                count += digits == 0 ? 0 : 1;
                scale -= point ? 1 : 0;
            } else if (c == '.' && !point) {
                point = true;
            } else {
                break;
            }
        }
        // Short numbers are one exact product or quotient (Clinger 1990); their syntax is right if there was a digit.
        boolean simple = i == text.length() && i > signEnd(text) + (point ? 1 : 0);
        if (simple && count <= MOST_DIGITS && digits < EXACT && -scale < POWERS.length) {
            double value = digits / POWERS[-scale];
            return text.charAt(0) == '-' ? -value : value;
        }
        return rare(text);
    }

    /** Long numbers, exponents, what is not finite, and what is no number. */
    private static double rare(String text) {
        if (endOfDecimal(text) == text.length()) {
            return Double.parseDouble(text);
        }
        double special = special(text);
        if (special == 0) {
            throw new NumberFormatException("'" + text + "' is not a number");
        }
        return special;
    }

    /** One past the decimal number that the text begins with, or −1. */
    private static int endOfDecimal(String text) {
        int start = signEnd(text);
        int point = digitsEnd(text, start);
        boolean hasPoint = point < text.length() && text.charAt(point) == '.';
        int end = hasPoint ? digitsEnd(text, point + 1) : point;
        if (end - start == (hasPoint ? 1 : 0)) {
            return -1; // no digit
        }
        if (end < text.length() && (text.charAt(end) == 'e' || text.charAt(end) == 'E')) {
            int exponent = end + 1 < text.length() && isSign(text.charAt(end + 1)) ? end + 2 : end + 1;
            int exponentEnd = digitsEnd(text, exponent);
            return exponentEnd > exponent ? exponentEnd : -1;
        }
        return end;
    }

    private static int digitsEnd(String text, int from) {
        int end = from;
        while (end < text.length() && isDigit(text.charAt(end))) {
            end++;
        }
        return end;
    }

    private static int signEnd(String text) {
        return !text.isEmpty() && isSign(text.charAt(0)) ? 1 : 0;
    }

    private static boolean isSign(char c) {
        return c == '+' || c == '-';
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    /** What is written as a word, or 0. */
    private static double special(String text) {
        int start = signEnd(text);
        if (isWord(text, start, "nan")) {
            return Double.NaN;
        }
        if (isWord(text, start, "inf") || isWord(text, start, "infinity")) {
            return text.charAt(0) == '-' ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
        }
        return 0;
    }

    /** Whether the text from {@code start} on is this word in lower or upper case of ASCII: Unicode has other i's. */
    private static boolean isWord(String text, int start, String word) {
        if (text.length() - start != word.length()) {
            return false;
        }
        for (int i = 0; i < word.length(); i++) {
            if ((text.charAt(start + i) | 0x20) != word.charAt(i)) {
                return false;
            }
        }
        return true;
    }
}
