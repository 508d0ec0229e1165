package org.bptt4j.cli;

import java.util.Collection;
import java.util.stream.Collectors;

/**
 * Text of unknown origin (cells, names, metadata) as it may stand in a message: characters that a terminal obeys or that change
 * what a reader sees are escapes, and long texts and lists are cut.
 */
final class Printable {
    private static final int LONGEST = 60;
    private static final int MOST_NAMES = 6;
    private static final char CUT = '…';
    private static final int ZERO_WIDTH_NON_JOINER = 0x200c;
    private static final int ZERO_WIDTH_JOINER = 0x200d;

    private Printable() {}

    /** The text with escapes, cut after 60 characters. */
    static String of(String text) {
        if (text.codePointCount(0, text.length()) <= LONGEST) {
            return whole(text);
        }
        return whole(text.substring(0, text.offsetByCodePoints(0, LONGEST))) + CUT;
    }

    /** All of the text with escapes: for the names of files, which are of no use when they are cut. */
    static String whole(String text) {
        StringBuilder printable = new StringBuilder(text.length());
        text.codePoints().forEach(c -> append(printable, c));
        return printable.toString();
    }

    /** The first few names in quotation marks, and how many more there are. */
    static String list(Collection<String> names) {
        String few =
                names.stream().limit(MOST_NAMES).map(n -> "'" + of(n) + "'").collect(Collectors.joining(", "));
        return names.size() <= MOST_NAMES ? few : few + " " + CUT + " and " + (names.size() - MOST_NAMES) + " more";
    }

    /** Whether a message can hold the character as it is. */
    static boolean isHarmless(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.CONTROL,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SURROGATE,
                    Character.UNASSIGNED -> false;
            // Overrides of the direction of writing and what has no width; the joiners are spelling in some languages.
            case Character.FORMAT -> codePoint == ZERO_WIDTH_JOINER || codePoint == ZERO_WIDTH_NON_JOINER;
            default -> true;
        };
    }

    private static void append(StringBuilder printable, int codePoint) {
        switch (codePoint) {
            case '\t' -> printable.append("\\t");
            case '\n' -> printable.append("\\n");
            case '\r' -> printable.append("\\r");
            default -> {
                if (isHarmless(codePoint)) {
                    printable.appendCodePoint(codePoint);
                } else {
                    for (char unit : Character.toChars(codePoint)) {
                        printable.append(String.format("\\u%04x", (int) unit));
                    }
                }
            }
        }
    }
}
