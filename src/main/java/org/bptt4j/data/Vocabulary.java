package org.bptt4j.data;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.bptt4j.spec.Require;

/** Characters (Unicode code points) as ids 0 … size−1, in the order of their code points. */
public final class Vocabulary {
    private final int[] codePoints;

    private Vocabulary(int[] sorted) {
        this.codePoints = sorted;
    }

    /** The characters that occur in {@code text}. */
    public static Vocabulary of(String text) {
        if (text.isEmpty()) {
            throw new IllegalArgumentException("an empty text has no characters to make a vocabulary of");
        }
        return of(text.codePoints().sorted().distinct());
    }

    /** Of code points in rising order, each once. */
    static Vocabulary of(IntStream codePoints) {
        return new Vocabulary(codePoints.toArray());
    }

    /** Number of characters. */
    public int size() {
        return codePoints.length;
    }

    /** The id of a character, or a negative number if it is not in the vocabulary. */
    public int id(int codePoint) {
        return Arrays.binarySearch(codePoints, codePoint);
    }

    /** The ids of a text's characters; an unknown one is an {@link IllegalArgumentException} that names it. */
    public int[] encode(String text) {
        int[] ids = text.codePoints().toArray();
        for (int i = 0; i < ids.length; i++) {
            int id = id(ids[i]);
            if (id < 0) {
                throw unknown(i, ids[i]);
            }
            ids[i] = id;
        }
        return ids;
    }

    /** The exception for a character at {@code position} (from 0) of a text that is not in the vocabulary. */
    IllegalArgumentException unknown(long position, int codePoint) {
        return new IllegalArgumentException(
                "character " + (position + 1) + ", " + name(codePoint) + ", is not in the model's vocabulary of "
                        + codePoints.length + " characters: leave it out, or put one that is in its place");
    }

    /** The character of an id. */
    int codePoint(int id) {
        return codePoints[id];
    }

    /** A character for a message: {@code 'é' (U+00E9)}, or of a control character only its number. */
    public static String name(int codePoint) {
        String code = String.format("U+%04X", codePoint);
        return Character.isISOControl(codePoint) ? code : "'" + Character.toString(codePoint) + "' (" + code + ")";
    }

    /** The text of these ids. */
    public String decode(int... ids) {
        StringBuilder text = new StringBuilder(ids.length);
        for (int id : Require.given(ids, "ids")) {
            if (id < 0 || id >= codePoints.length) {
                throw new IllegalArgumentException("id " + id + ": must be 0 … " + (codePoints.length - 1)
                        + ", as the vocabulary has " + codePoints.length + " characters");
            }
            text.appendCodePoint(codePoints[id]);
        }
        return text.toString();
    }

    /** All characters in the order of their ids: {@code Vocabulary.of(v.characters())} equals {@code v}. */
    public String characters() {
        return new String(codePoints, 0, codePoints.length);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Vocabulary v && Arrays.equals(codePoints, v.codePoints);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(codePoints);
    }

    @Override
    public String toString() {
        return "Vocabulary" + Arrays.toString(codePoints);
    }
}
