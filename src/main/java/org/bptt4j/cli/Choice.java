package org.bptt4j.cli;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Map;

/** Names a user may choose from, with the nearest one for a name that is not among them. */
final class Choice {
    private Choice() {}

    /** The value called {@code name}; a {@link UsageException} with the nearest name if there is none. */
    static <T> T of(String option, String name, Map<String, T> values) {
        T value = values.get(name);
        if (value == null) {
            throw new UsageException(option + " '" + name + "' is not known; the nearest is '"
                    + nearest(name, values.keySet()) + "' (there are: " + String.join(", ", values.keySet()) + ")");
        }
        return value;
    }

    /** The name with the fewest changed letters, whatever their case; {@code names} must not be empty. */
    static String nearest(String name, Collection<String> names) {
        return names.stream()
                .min(Comparator.comparingInt(n -> distance(name.toLowerCase(Locale.ROOT), n.toLowerCase(Locale.ROOT))))
                .orElseThrow();
    }

    /** Levenshtein's distance: insertions, deletions and replacements of one character. */
    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j < row.length; j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j < row.length; j++) {
                int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }
}
