package org.bptt4j.cli;

import java.util.Collection;
import java.util.stream.Collectors;
import org.bptt4j.spec.ShellWord;

/**
 * Text of unknown origin (cells, names, metadata) as it may stand in a message: characters that a terminal obeys or that change
 * what a reader sees are escapes, and long texts and lists are cut.
 */
final class Printable {
    private static final int LONGEST = 60;
    private static final int MOST_NAMES = 6;
    private static final char CUT = '…';

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

    private static void append(StringBuilder printable, int codePoint) {
        switch (codePoint) {
            case '\t' -> printable.append("\\t");
            case '\n' -> printable.append("\\n");
            case '\r' -> printable.append("\\r");
            default -> {
                if (ShellWord.isHarmless(codePoint)) {
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
