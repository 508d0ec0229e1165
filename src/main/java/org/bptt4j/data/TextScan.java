package org.bptt4j.data;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.LongConsumer;
import java.util.stream.IntStream;
import org.bptt4j.spec.ShellWord;

/** The first pass over a text: checks it, counts its characters, and notes which occur and where in the file they are. */
final class TextScan {
    /** Bytes read at a time and between two entries of the index. */
    static final int CHUNK = 1 << 16;

    private static final char BYTE_ORDER_MARK = '\uFEFF';
    private static final int LONGEST_CHARACTER = 4;
    private static final int BEYOND_ASCII = 128;

    private final FileBytes bytes;
    private final String expected;
    private final int chunk;
    private final boolean[] seen = new boolean[Character.MAX_CODE_POINT + 1];
    /** Characters that begin before byte k·chunk. */
    private final long[] before;

    private long characters;
    private int firstByte;

    private TextScan(FileBytes bytes, String expected, int chunk) {
        this.bytes = bytes;
        this.expected = expected;
        this.chunk = chunk;
        this.before = new long[Math.toIntExact((bytes.size() + chunk - 1) / chunk)];
    }

    /**
     * Scans all of it.
     *
     * @param expected what it should be, for messages
     * @param chunk bytes between two entries of the index, at least 4
     * @param progress told the number of bytes read, after each chunk
     */
    static TextScan of(FileBytes bytes, String expected, int chunk, LongConsumer progress) throws IOException {
        TextScan scan = new TextScan(bytes, expected, chunk);
        scan.run(progress);
        if (scan.characters == 0) {
            throw new IllegalArgumentException(bytes.file() + ": the file is empty, expected " + expected);
        }
        return scan;
    }

    private void run(LongConsumer progress) throws IOException {
        CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder(); // reports errors, replaces nothing
        ByteBuffer in = ByteBuffer.allocate(chunk + LONGEST_CHARACTER);
        CharBuffer out = CharBuffer.allocate(chunk + LONGEST_CHARACTER);
        for (int k = 0; k < before.length; k++) {
            long position = (long) k * chunk;
            // What is left in the buffer is the beginning of one character.
            int left = in.position();
            before[k] = characters + (left > 0 ? 1 : 0);
            in.position(left + bytes.read(position, in.array(), left, chunk)).flip();
            CoderResult result = decoder.decode(in, out.clear(), k == before.length - 1);
            if (result.isError()) {
                count(out.flip(), k == 0); // tells whether some of it is UTF-8 beyond ASCII
                throw notUtf8(position - left, position - left + in.position());
            }
            if (!count(out.flip(), k == 0)) {
                throw nul(firstNul(position - left));
            }
            in.compact();
            progress.accept(Math.min(position + chunk, bytes.size()));
        }
    }

    /** Counts and notes these characters; false if one of them is NUL. */
    private boolean count(CharBuffer text, boolean first) {
        char[] chars = text.array();
        boolean[] noted = seen; // a field would be loaded again for every character
        int from = 0;
        if (first && text.hasRemaining() && chars[0] == BYTE_ORDER_MARK) {
            firstByte = 3;
            from = 1;
        }
        int pairs = 0;
        for (int i = from; i < text.limit(); i++) {
            char c = chars[i];
            if (Character.isHighSurrogate(c)) {
                noted[Character.toCodePoint(c, chars[++i])] = true;
                pairs++;
            } else {
                noted[c] = true;
            }
        }
        characters += text.limit() - from - pairs;
        return !noted[0];
    }

    /** A NUL anywhere says more about a file than a byte that is not UTF-8. */
    private IllegalArgumentException notUtf8(long from, long position) throws IOException {
        long nul = firstNul(from);
        return nul >= 0
                ? nul(nul)
                : notText(place(position) + " is not UTF-8; expected " + expected + " in UTF-8. " + remedy(position));
    }

    /** "line 3, character 5: byte 12 (0xE9)". */
    private String place(long position) throws IOException {
        long line = 1;
        long character = 1;
        byte[] some = new byte[CHUNK];
        for (long from = firstByte; from < position; from += some.length) {
            int count = bytes.read(from, some, 0, (int) Math.min(some.length, position - from));
            for (int i = 0; i < count; i++) {
                character += (some[i] & 0xc0) == 0x80 ? 0 : 1; // of a character's bytes one is no continuation
                if (some[i] == '\n') {
                    line++;
                    character = 1;
                }
            }
        }
        bytes.read(position, some, 0, 1);
        return String.format("line %d, character %d: byte %d (0x%02X)", line, character, position, some[0]);
    }

    /** A text with characters of UTF-8 before the place is broken there; another is in the encoding of some old system. */
    private String remedy(long position) throws IOException {
        if (hasSeenBeyondAscii()) {
            String name = ShellWord.ofFile(bytes.file().toString());
            return "What comes before is, so mend that place, or leave out what is none: iconv -c -f UTF-8 -t UTF-8 "
                    + name + " > " + ShellWord.ofFile(bytes.file() + ".utf8");
        }
        boolean windows = hasControls(position);
        return "If it is " + (windows ? "Windows-1252: " : "Latin-1: ")
                + FileKind.toUtf8(windows ? "CP1252" : "LATIN1", bytes.file());
    }

    private boolean hasSeenBeyondAscii() {
        for (int c = BEYOND_ASCII; c < seen.length; c++) {
            if (seen[c]) {
                return true;
            }
        }
        return false;
    }

    /** Whether from there on there are bytes that are control characters in Latin-1, and letters and signs in Windows' encoding. */
    private boolean hasControls(long from) throws IOException {
        byte[] some = new byte[CHUNK];
        for (long position = from; position < bytes.size(); position += some.length) {
            int count = bytes.read(position, some, 0, some.length);
            for (int i = 0; i < count; i++) {
                if ((some[i] & 0xe0) == 0x80) {
                    return true;
                }
            }
        }
        return false;
    }

    private IllegalArgumentException nul(long position) throws IOException {
        return notText("byte " + position + " is NUL, so this is a binary file; expected " + expected + " in UTF-8");
    }

    private IllegalArgumentException notText(String otherwise) throws IOException {
        byte[] head = new byte[FileKind.HEAD];
        int length = bytes.read(0, head, 0, head.length);
        String what = FileKind.of(head, length, bytes.file())
                .map(kind -> "expected " + expected + " in UTF-8, but this is " + kind)
                .orElse(otherwise);
        return new IllegalArgumentException(bytes.file() + ": " + what);
    }

    private long firstNul(long from) throws IOException {
        byte[] some = new byte[chunk];
        for (long position = from; position < bytes.size(); position += chunk) {
            int count = bytes.read(position, some, 0, chunk);
            for (int i = 0; i < count; i++) {
                if (some[i] == 0) {
                    return position + i;
                }
            }
        }
        return -1;
    }

    long characters() {
        return characters;
    }

    Vocabulary vocabulary() {
        return Vocabulary.of(IntStream.range(0, seen.length).filter(c -> seen[c]));
    }

    /** A byte of the file at or before the beginning of character {@code position}; others may begin between them. */
    long byteBefore(long position) {
        return Math.max(firstByte, (long) chunkOf(position) * chunk);
    }

    /** Characters that begin before that byte. */
    long charactersBefore(long position) {
        return before[chunkOf(position)];
    }

    /** The last chunk before which no more than {@code position} characters begin. */
    private int chunkOf(long position) {
        int found = Arrays.binarySearch(before, position);
        return found >= 0 ? found : -found - 2;
    }
}
