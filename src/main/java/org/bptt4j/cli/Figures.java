package org.bptt4j.cli;

import java.util.Locale;
import java.util.Map;
import org.bptt4j.NonFiniteException;

/** Figures of an evaluation: looked at before they are shown or saved, and compared in words. */
final class Figures {
    /** Above this change a percentage says less than the factor. */
    private static final double LARGEST_PERCENTAGE = 1000;

    private Figures() {}

    /**
     * The figures, if all of them are finite.
     *
     * @param where what they are figures of, such as "held-out fifth of 'table.csv'", for the message
     * @throws NonFiniteException naming the first that is not
     */
    static Map<String, Double> requireFinite(Map<String, Double> figures, String where) {
        figures.forEach((name, value) -> {
            if (!Double.isFinite(value)) {
                throw new NonFiniteException(where + ": the figure '" + name + "' is " + value
                        + ": what the network gives, or the data, is too large for it; train with a lower learning rate"
                        + " or a smaller clip norm, or scale the data");
            }
        });
        return figures;
    }

    /**
     * What {@code value} is beside {@code baseline}, in brackets and with a blank before it: " (-11.5 %)", from eleven times on
     * " (24 times as large)"; nothing beside a baseline of 0.
     */
    static String comparedTo(double value, double baseline) {
        double ratio = value / baseline;
        if (!(baseline > 0) || !Double.isFinite(ratio)) {
            return "";
        }
        double percent = 100 * (ratio - 1);
        return percent > LARGEST_PERCENTAGE
                ? " (" + factor(ratio) + " times as large)"
                : String.format(Locale.ROOT, " (%+.1f %%)", percent);
    }

    private static String factor(double ratio) {
        return String.format(Locale.ROOT, ratio < 1e6 ? "%.0f" : "%.1e", ratio);
    }

    /** A number as a user would write it: 1 and not 1.0. */
    static String brief(Number value) {
        String text = value.toString();
        return text.endsWith(".0") ? text.substring(0, text.length() - 2) : text;
    }
}
