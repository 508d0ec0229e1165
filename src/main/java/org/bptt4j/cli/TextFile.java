package org.bptt4j.cli;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Reads a whole text file in UTF-8; everything that can be wrong with it is a {@link UsageException} naming the file. */
final class TextFile {
    private static final char BYTE_ORDER_MARK = '\uFEFF';

    private TextFile() {}

    /** The text, without a byte order mark; {@code use} says what it should have been, for messages. */
    static String read(Path file, String use) {
        byte[] bytes = bytes(file, use);
        for (int i = 0; i < bytes.length; i++) {
            if (bytes[i] == 0) {
                throw new UsageException(
                        file + ": byte " + i + " is NUL, so this is a binary file; expected " + use + " in UTF-8");
            }
        }
        String text = decode(file, bytes, use);
        text = !text.isEmpty() && text.charAt(0) == BYTE_ORDER_MARK ? text.substring(1) : text;
        if (text.isEmpty()) {
            throw new UsageException(file + ": the file is empty, expected " + use);
        }
        return text;
    }

    private static byte[] bytes(Path file, String use) {
        if (!Files.exists(file)) {
            throw new UsageException(file + ": there is no such file");
        }
        if (Files.isDirectory(file)) {
            throw new UsageException(file + ": is a folder, expected " + use);
        }
        if (!Files.isReadable(file)) {
            throw new UsageException(file + ": cannot read: no permission");
        }
        try {
            if (Files.size(file) > Integer.MAX_VALUE - 8) {
                throw new UsageException(file + ": is larger than 2 GiB: give a part of it");
            }
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new UsageException(file + ": cannot read: " + e.getMessage(), e);
        }
    }

    private static String decode(Path file, byte[] bytes, String use) {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        CharBuffer out = CharBuffer.allocate(bytes.length);
        CoderResult result = StandardCharsets.UTF_8.newDecoder().decode(in, out, true);
        if (result.isError()) {
            throw new UsageException(file + ": byte " + in.position() + " is not UTF-8; expected " + use
                    + " in UTF-8 (iconv converts other encodings)");
        }
        return out.flip().toString();
    }
}
