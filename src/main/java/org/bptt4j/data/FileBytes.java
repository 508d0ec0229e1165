package org.bptt4j.data;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;

/**
 * A file's bytes at any position, as long as the file stays as it was. Each read opens and closes it: some microseconds for
 * kilobytes, nothing to be closed by anybody, and any thread may read. What is no regular file is held in memory.
 */
final class FileBytes {
    private final Path file;
    private final byte[] held;
    private final long size;
    private final FileTime modified;

    private FileBytes(Path file, byte[] held, long size, FileTime modified) {
        this.file = file;
        this.held = held;
        this.size = size;
        this.modified = modified;
    }

    static FileBytes of(Path file) throws IOException {
        BasicFileAttributes now = Files.readAttributes(file, BasicFileAttributes.class);
        // Files of /proc say that they are regular and empty.
        boolean regular = now.isRegularFile() && now.size() > 0;
        byte[] held = regular ? null : Files.readAllBytes(file);
        return new FileBytes(file, held, regular ? now.size() : held.length, now.lastModifiedTime());
    }

    Path file() {
        return file;
    }

    long size() {
        return size;
    }

    /** Reads {@code length} bytes, fewer at the end, and returns their number. */
    int read(long position, byte[] to, int offset, int length) throws IOException {
        int count = (int) Math.min(length, size - position);
        if (held != null) {
            System.arraycopy(held, (int) position, to, offset, count);
            return count;
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            ByteBuffer buffer = ByteBuffer.wrap(to, offset, count);
            int got = 0;
            while (buffer.hasRemaining() && got >= 0) {
                got = channel.read(buffer, position + buffer.position() - offset);
            }
            requireUnchanged(Files.readAttributes(file, BasicFileAttributes.class));
            return count;
        } catch (NoSuchFileException e) {
            throw changed("is gone");
        }
    }

    /** The bytes from {@code from} on, one after another. */
    InputStream stream(long from) {
        return new InputStream() {
            private long position = from;

            @Override
            public int read() throws IOException {
                byte[] one = new byte[1];
                return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
            }

            @Override
            public int read(byte[] to, int offset, int length) throws IOException {
                int count = FileBytes.this.read(position, to, offset, length);
                position += count;
                return count == 0 && length > 0 ? -1 : count;
            }
        };
    }

    private void requireUnchanged(BasicFileAttributes now) throws IOException {
        if (now.size() != size) {
            throw changed("had " + size + " bytes and now has " + now.size());
        }
        if (!now.lastModifiedTime().equals(modified)) {
            throw changed("was modified at " + now.lastModifiedTime());
        }
    }

    /** The exception for a file that is not what it was when it was first read. */
    IOException changed(String how) {
        return new IOException(
                file + ": " + how + ": it has changed while it was in use; start again and leave it as it is");
    }
}
