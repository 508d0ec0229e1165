package org.bptt4j.spec;

import java.nio.charset.StandardCharsets;

/** Text as one word of a POSIX shell, for commands that a message gives to be pasted. */
public final class ShellWord {
    private static final int ZERO_WIDTH_NON_JOINER = 0x200c;
    private static final int ZERO_WIDTH_JOINER = 0x200d;

    private ShellWord() {}

    /** The word: bare where the shell takes it as it is, else in quotation marks; control characters are escapes of bash. */
    public static String of(String text) {
        if (text.codePoints().allMatch(ShellWord::isPlain) && !text.isEmpty() && !text.startsWith("=")) {
            return text;
        }
        if (text.codePoints().allMatch(ShellWord::isHarmless)) {
            return "'" + text.replace("'", "'\\''") + "'";
        }
        StringBuilder word = new StringBuilder("$'");
        text.codePoints().forEach(c -> {
            if (c == '\'' || c == '\\') {
                word.append('\\').append((char) c);
            } else if (isHarmless(c)) {
                word.appendCodePoint(c);
            } else {
                for (byte b : Character.toString(c).getBytes(StandardCharsets.UTF_8)) {
                    word.append(String.format("\\%03o", b & 0xff));
                }
            }
        });
        return word.append("'").toString();
    }

    /** A file's name as a word that no command takes for an option. */
    public static String ofFile(String name) {
        return of(name.startsWith("-") ? "./" + name : name);
    }

    /** Letters and digits of all languages, and what no shell reads in its own way. */
    private static boolean isPlain(int codePoint) {
        return Character.isLetterOrDigit(codePoint) || "_-.,:/@%+=".indexOf(codePoint) >= 0;
    }

    /** Whether a message can hold the character as it is: a terminal does not obey it, and it hides nothing. */
    public static boolean isHarmless(int codePoint) {
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
}
