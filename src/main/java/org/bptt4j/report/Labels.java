package org.bptt4j.report;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Locale;

/** Text that goes into a picture. */
final class Labels {
    private static final int LONGEST = 70;

    private Labels() {}

    /**
     * A number beside a tick: at most 10 digits, thousands grouped from 10,000 on (so that years are not), scientific
     * when very large or small.
     */
    static String number(double value) {
        double size = Math.abs(value);
        if (size != 0 && (size >= 1e10 || size < 1e-4)) {
            String[] parts = String.format(Locale.ROOT, "%.3e", value).split("e", 2);
            return plain(Double.parseDouble(parts[0])) + "e" + Integer.parseInt(parts[1]);
        }
        return size >= 10_000 ? String.format(Locale.ROOT, "%,.0f", value) : plain(value);
    }

    /** A figure in a text, to four digits. */
    static String figure(double value) {
        return value == 0 || !Double.isFinite(value)
                ? number(value)
                : number(new BigDecimal(value).round(new MathContext(4)).doubleValue());
    }

    /**
     * The value beside a tick of a logarithmic axis, to 2 digits: ticks are evenly spaced in the logarithm, so most are
     * not round numbers.
     *
     * @param log10 the tick's place, the decimal logarithm of its value
     */
    static String power(double log10) {
        int exponent = (int) Math.floor(log10 + 1e-9); // a tick meant for 3 may be a little below it
        BigDecimal mantissa = new BigDecimal(Math.pow(10, log10 - exponent)).round(new MathContext(2));
        if (exponent < -4 || exponent > 5) {
            return mantissa.stripTrailingZeros().toPlainString() + "e" + exponent;
        }
        return number(mantissa.scaleByPowerOfTen(exponent).doubleValue());
    }

    /** A text in one line. */
    static String line(String text) {
        return text.replaceAll("\\s+", " ").strip();
    }

    /** A title in one line of at most 70 characters. */
    static String title(String text) {
        String line = line(text);
        return line.length() > LONGEST ? line.substring(0, LONGEST - 1) + "…" : line;
    }

    private static String plain(double value) {
        BigDecimal rounded = new BigDecimal(value).round(new MathContext(10)); // hides 0.30000000000000004
        return rounded.signum() == 0 ? "0" : rounded.stripTrailingZeros().toPlainString();
    }
}
