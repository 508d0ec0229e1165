package org.bptt4j.data;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.NoSuchElementException;
import java.util.PrimitiveIterator;

/** Characters of a scanned text file from some position on, as ids, read through a small buffer. */
final class TextCursor implements PrimitiveIterator.OfInt {
    private static final int BUFFER = 1 << 13;

    private final FileBytes bytes;
    private final Vocabulary vocabulary;
    private final byte[] buffer;
    private final long end;

    private long position;
    private long nextByte;
    private int at;
    private int limit;

    TextCursor(FileBytes bytes, TextScan scan, long position, Vocabulary vocabulary) {
        this.bytes = bytes;
        this.vocabulary = vocabulary;
        this.end = scan.characters();
        this.buffer = new byte[(int) Math.min(BUFFER, bytes.size())];
        this.position = position;
        if (position < end) {
            seek(scan);
        }
    }

    /** From the nearest byte in the index on: over the rest of a character that began before it, and whole characters. */
    private void seek(TextScan scan) {
        nextByte = scan.byteBefore(position);
        while (isContinuation(peek())) {
            at++;
        }
        for (long p = scan.charactersBefore(position); p < position; p++) {
            codePoint();
        }
    }

    private static boolean isContinuation(int b) {
        return (b & 0xc0) == 0x80;
    }

    @Override
    public boolean hasNext() {
        return position < end;
    }

    @Override
    public int nextInt() {
        if (position >= end) {
            throw new NoSuchElementException("the text has " + end + " characters");
        }
        position++;
        int id = vocabulary.id(codePoint());
        if (id < 0) {
            throw new UncheckedIOException(bytes.changed("has other characters than it had"));
        }
        return id;
    }

    /** Decodes one character; the scan has checked that all are well-formed. */
    private int codePoint() {
        int first = peek();
        at++;
        if (first >= 0) {
            return first;
        }
        int more = first < (byte) 0xe0 ? 1 : first < (byte) 0xf0 ? 2 : 3;
        int code = first & (0x3f >> more);
        for (int i = 0; i < more; i++) {
            code = code << 6 | peek() & 0x3f;
            at++;
        }
        return code;
    }

    private byte peek() {
        if (at == limit) {
            fill();
        }
        return buffer[at];
    }

    private void fill() {
        try {
            if (nextByte >= bytes.size()) {
                throw bytes.changed("ends too early");
            }
            limit = bytes.read(nextByte, buffer, 0, buffer.length);
            nextByte += limit;
            at = 0;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
