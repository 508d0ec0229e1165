package org.bptt4j.data;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.PrimitiveIterator;
import java.util.function.LongConsumer;
import java.util.stream.IntStream;

/**
 * A text file in UTF-8 of any size, read as its characters are consumed. One pass over it finds what must be known beforehand: that
 * it is text, its length, its vocabulary, and where in it characters are (8 bytes of memory for 64 KiB of file).
 *
 * <p>Characters are Unicode code points; a byte order mark is none of them. The file must stay as it is: a change of its size or
 * its time of modification makes reading fail with an {@link java.io.UncheckedIOException} that says so. Nothing is kept open. What
 * is not a regular file, such as a pipe, is held in memory.
 */
public final class TextFile {
    private final FileBytes bytes;
    private final TextScan scan;

    private TextFile(FileBytes bytes, TextScan scan) {
        this.bytes = bytes;
        this.scan = scan;
    }

    /**
     * Reads the file once.
     *
     * @param expected what it should be ("a text"), for messages
     * @param progress told the number of bytes read, now and then
     * @throws IllegalArgumentException if it is not UTF-8, has a NUL or is empty, with the byte
     * @throws IOException if it cannot be read
     */
    public static TextFile scan(Path file, String expected, LongConsumer progress) throws IOException {
        FileBytes bytes = FileBytes.of(file);
        return new TextFile(bytes, TextScan.of(bytes, expected, TextScan.CHUNK, progress));
    }

    /** Number of characters. */
    public long length() {
        return scan.characters();
    }

    /** Its bytes, to be read from the start. */
    public long size() {
        return bytes.size();
    }

    /** The characters that occur. */
    public Vocabulary vocabulary() {
        return scan.vocabulary();
    }

    /** Its text without a byte order mark; the reader need not be closed. */
    public Reader reader() {
        return new InputStreamReader(
                new BufferedInputStream(bytes.stream(scan.byteBefore(0)), TextScan.CHUNK), StandardCharsets.UTF_8);
    }

    /**
     * Its characters as ids of {@code vocabulary}.
     *
     * @throws IllegalArgumentException if there is a character that the vocabulary does not have, with its position
     */
    public SymbolSequence symbols(Vocabulary vocabulary) {
        requireKnown(vocabulary);
        return new SymbolSequence() {
            @Override
            public long length() {
                return scan.characters();
            }

            @Override
            public PrimitiveIterator.OfInt from(long position) {
                return new TextCursor(bytes, scan, position, vocabulary);
            }
        };
    }

    private void requireKnown(Vocabulary vocabulary) {
        Vocabulary own = scan.vocabulary();
        if (IntStream.range(0, own.size()).allMatch(id -> vocabulary.id(own.codePoint(id)) >= 0)) {
            return;
        }
        TextCursor cursor = new TextCursor(bytes, scan, 0, own);
        for (long position = 0; cursor.hasNext(); position++) {
            int codePoint = own.codePoint(cursor.nextInt());
            if (vocabulary.id(codePoint) < 0) {
                throw vocabulary.unknown(position, codePoint);
            }
        }
    }
}
