package org.bptt4j.io;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads a safetensors file that may be damaged or hostile.
 *
 * <p>Memory is asked for only after the file's size has vouched for it, so a small file cannot ask for much.
 */
final class SafetensorsReader {
    /** The reference implementation's limit. */
    static final int MAX_HEADER_BYTES = 100_000_000;

    private static final int LENGTH_BYTES = Long.BYTES;

    private final Path file;
    private final long fileBytes;

    /** Of a longer header only the number of digits tells anything: it is the text of another kind of file. */
    private static final long LONGEST_SAID = 1_000_000_000_000L;

    private SafetensorsReader(Path file, long fileBytes) {
        this.file = file;
        this.fileBytes = fileBytes;
    }

    static Safetensors read(Path file) throws SafetensorsException {
        requireRegularFile(file);
        // Not a channel: an interrupt closes those.
        try (InputStream in = Files.newInputStream(file)) {
            return new SafetensorsReader(file, Files.size(file)).read(in);
        } catch (SafetensorsException e) {
            throw e;
        } catch (AccessDeniedException e) {
            throw new SafetensorsException(file + ": cannot read: no permission", e);
        } catch (IOException e) {
            throw new SafetensorsException(file + ": cannot read: " + e.getMessage(), e);
        }
    }

    private static void requireRegularFile(Path file) throws SafetensorsException {
        if (!Files.isRegularFile(file)) {
            String found = Files.isDirectory(file)
                    ? "is a folder"
                    : Files.exists(file) ? "is no regular file" : "there is no such file";
            throw new SafetensorsException(file + ": " + found + ", expected a safetensors file");
        }
    }

    private Safetensors read(InputStream in) throws IOException {
        byte[] headerBytes = readHeader(in);
        SafetensorsHeader header = SafetensorsHeader.parse(file.toString(), LENGTH_BYTES, headerBytes);
        long dataBegin = LENGTH_BYTES + (long) headerBytes.length;
        List<SafetensorsHeader.Entry> layout = new ArrayList<>(header.entries());
        // An empty tensor comes before the one that begins at the same byte.
        layout.sort(Comparator.comparingLong(SafetensorsHeader.Entry::begin)
                .thenComparingLong(SafetensorsHeader.Entry::end));
        requireCovered(layout, dataBegin);

        Map<String, Object> arrays = new HashMap<>();
        TensorBytes bytes = new TensorBytes();
        for (SafetensorsHeader.Entry entry : layout) {
            try {
                arrays.put(entry.name(), bytes.read(entry.dtype(), entry.elements(), in));
            } catch (EOFException e) {
                throw fail(tensor(entry) + ": the file became shorter while it was read", e);
            }
        }
        Safetensors container = new Safetensors(file.toString());
        container.declareChecksum(header.metadata().remove(Safetensors.CHECKSUM_KEY));
        header.metadata().forEach(container::putMetadata);
        for (SafetensorsHeader.Entry entry : header.entries()) {
            container.add(new Tensor(entry.name(), entry.dtype(), entry.shape(), arrays.get(entry.name())));
        }
        return container;
    }

    private byte[] readHeader(InputStream in) throws IOException {
        byte[] lengthBytes = in.readNBytes(LENGTH_BYTES);
        if (lengthBytes.length < LENGTH_BYTES) {
            throw fail("the file is " + (lengthBytes.length == 0 ? "empty" : lengthBytes.length + " bytes long")
                    + ", expected at least 8 bytes (the header length): it is no safetensors file, or was cut off");
        }
        long length =
                ByteBuffer.wrap(lengthBytes).order(ByteOrder.LITTLE_ENDIAN).getLong();
        String found = "byte 0: header length "
                + (length < 0 || length > LONGEST_SAID
                        ? "of " + Long.toUnsignedString(length).length() + " digits"
                        : length);
        if (length < 0 || length > MAX_HEADER_BYTES) {
            throw fail(found + ", expected at most " + MAX_HEADER_BYTES + ": it is no safetensors file");
        }
        if (length > fileBytes - LENGTH_BYTES) {
            throw fail(found + ", expected at most the " + (fileBytes - LENGTH_BYTES)
                    + " bytes that follow it: was the file cut off? Then copy it again");
        }
        byte[] header = in.readNBytes((int) length);
        if (header.length != length) {
            throw fail("byte 8: the file became shorter while its header was read");
        }
        return header;
    }

    /** The tensors must cover the bytes after the header exactly: no hole, no overlap, nothing missing or left. */
    private void requireCovered(List<SafetensorsHeader.Entry> layout, long dataBegin) throws SafetensorsException {
        long dataBytes = fileBytes - dataBegin;
        long covered = 0;
        for (SafetensorsHeader.Entry entry : layout) {
            if (entry.begin() != covered) {
                String kind = entry.begin() < covered ? "overlaps the tensor before it" : "leaves a hole before it";
                throw fail(tensor(entry) + ": data_offsets begin at " + entry.begin() + ", which " + kind
                        + ", expected " + covered);
            }
            if (entry.end() > dataBytes) {
                throw fail(tensor(entry) + ": data_offsets end at " + entry.end() + ", expected at most the "
                        + dataBytes + " bytes of data in the file: was it cut off? Then copy it again");
            }
            covered = entry.end();
        }
        if (covered != dataBytes) {
            throw fail("byte " + (dataBegin + covered) + ": " + (dataBytes - covered)
                    + (dataBytes - covered == 1 ? " byte follows" : " bytes follow")
                    + " the last tensor, expected the end of the file");
        }
    }

    private static String tensor(SafetensorsHeader.Entry entry) {
        return "tensor " + SafetensorsException.quote(entry.name());
    }

    private SafetensorsException fail(String what) {
        return fail(what, null);
    }

    private SafetensorsException fail(String what, Throwable cause) {
        return new SafetensorsException(file + ": " + what, cause);
    }
}
