package org.bptt4j.cli;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.bptt4j.spec.Cell;

/** Names as the command line writes them: an enum's constants in lower case with '-' for '_', and the nearest to a typo. */
final class Names {
    private Names() {}

    /** The command line's name of {@code value}: CROSS_ENTROPY is "cross-entropy". */
    static String of(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** All names of {@code type}, in the order of its constants. */
    static <E extends Enum<E>> List<String> all(Class<E> type) {
        return Arrays.stream(type.getEnumConstants()).map(Names::of).toList();
    }

    /**
     * The constant called {@code value}, in small letters or capitals.
     *
     * @param option the option that was given the value, for the message
     * @throws UsageException naming the option, the value, the names there are and the nearest of them
     */
    static <E extends Enum<E>> E parse(String option, String value, Class<E> type) {
        for (E constant : type.getEnumConstants()) {
            if (of(constant).equalsIgnoreCase(value)) {
                return constant;
            }
        }
        throw unknown(option, value, all(type));
    }

    /**
     * The value of {@code values} whose name is {@code name}, in small letters or capitals.
     *
     * @throws UsageException as {@link #parse}
     */
    static <T> T choose(String option, String name, Map<String, T> values) {
        T exact = values.get(name);
        if (exact != null) {
            return exact;
        }
        return values.entrySet().stream()
                .filter(e -> e.getKey().equalsIgnoreCase(name))
                .findFirst()
                .map(Map.Entry::getValue)
                .orElseThrow(() -> unknown(option, name, values.keySet()));
    }

    /** The cell of that name. */
    static Cell cell(String option, String name) {
        Map<String, Cell> cells = new LinkedHashMap<>();
        Cell.all().forEach(cell -> cells.put(cell.name(), cell));
        return choose(option, name, cells);
    }

    private static UsageException unknown(String option, String value, Collection<String> names) {
        return new UsageException(
                option + " '" + value + "': must be one of " + String.join(", ", names) + didYouMean(value, names));
    }

    /** "; did you mean 'x'?", or nothing where no candidate is near. */
    static String didYouMean(String value, Collection<String> candidates) {
        return nearest(value, candidates).map(Names::meant).orElse("");
    }

    /** What to say of an option that nobody knows: with ours for another system's word, or the nearest to a typo. */
    static String unknownOption(String name, Collection<String> options) {
        if (name.equals("--loss") && options.contains("--loss-at")) {
            return "unknown option '--loss'; the loss follows from the data here: leave it out";
        }
        return "unknown option '" + name + "'"
                + Synonyms.option(name, options).map(Names::meant).orElseGet(() -> didYouMean(name, options));
    }

    /** The same of a command. */
    static String unknownCommand(String name, Collection<String> commands) {
        List<String> words = new ArrayList<>(commands);
        words.addAll(List.of("--help", "--version"));
        return "unknown command '" + name + "'"
                + Synonyms.command(name, words).map(Names::meant).orElseGet(() -> didYouMean(name, commands));
    }

    private static String meant(String name) {
        return "; did you mean '" + name + "'?";
    }

    /** The candidate with the fewest edits from {@code value}, if that is at most half the longer one's letters. */
    static Optional<String> nearest(String value, Collection<String> candidates) {
        String typed = comparable(value);
        return candidates.stream()
                .filter(c -> 2 * edits(typed, comparable(c))
                        <= Math.max(typed.length(), comparable(c).length()))
                .min(Comparator.comparingInt(c -> edits(typed, comparable(c))));
    }

    /** In lower case and without the dashes of an option, which all options share. */
    private static String comparable(String name) {
        return name.toLowerCase(Locale.ROOT).replace('_', '-').replaceFirst("^-+", "");
    }

    /** Levenshtein's distance: the fewest letters to insert, delete or replace to make {@code b} of {@code a}. */
    private static int edits(String a, String b) {
        int[] row = new int[b.length() + 1];
        Arrays.setAll(row, j -> j);
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j < row.length; j++) {
                int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, 1 + Math.min(row[j - 1], row[j]));
            }
        }
        return row[b.length()];
    }
}
