package org.bptt4j.io;

import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.CRC32C;
import java.util.zip.CheckedOutputStream;

/**
 * The checksum of a safetensors file's content: CRC-32C (Castagnoli 1993; RFC 3720) of all metadata and all tensors by name,
 * type, shape and little-endian bytes, each in the order of their names. So it says nothing of how a writer orders them, and one
 * flipped bit anywhere changes it.
 */
final class Checksum {
    private Checksum() {}

    /** Eight hexadecimal digits. */
    static String of(Safetensors container) {
        CRC32C crc = new CRC32C();
        try (DataOutputStream out =
                new DataOutputStream(new CheckedOutputStream(OutputStream.nullOutputStream(), crc))) {
            for (Map.Entry<String, String> entry : new TreeMap<>(container.metadata()).entrySet()) {
                text(out, entry.getKey());
                text(out, entry.getValue());
            }
            TensorBytes bytes = new TensorBytes();
            for (Tensor tensor : new TreeMap<>(container.tensors()).values()) {
                text(out, tensor.name());
                text(out, tensor.dtype().name());
                for (long dimension : tensor.shape()) {
                    out.writeLong(dimension);
                }
                bytes.write(tensor, out);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e); // nothing is written anywhere
        }
        return String.format("%08x", crc.getValue());
    }

    private static void text(DataOutputStream out, String text) throws IOException {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        out.writeInt(utf8.length);
        out.write(utf8);
    }
}
