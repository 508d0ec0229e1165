package org.bptt4j.io;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;

/** Checks UTF-8. */
public final class Utf8 {
    private Utf8() {}

    /** The index of the first byte that does not belong to valid UTF-8, or -1 if all do. */
    public static int firstInvalid(byte[] bytes) {
        CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder(); // reports errors, replaces nothing
        ByteBuffer in = ByteBuffer.wrap(bytes);
        CharBuffer out = CharBuffer.allocate(8192);
        CoderResult result = CoderResult.OVERFLOW;
        while (result.isOverflow()) {
            out.clear(); // only validity matters
            result = decoder.decode(in, out, true);
        }
        return result.isError() ? in.position() : -1;
    }
}
