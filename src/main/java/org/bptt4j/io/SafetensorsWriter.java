package org.bptt4j.io;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes a container in the safetensors format.
 *
 * <p>The header keeps the container's order. The data puts the wider types first and the header is padded with spaces
 * to a multiple of 8 bytes, so that every value lies at a multiple of its own size in the file, as readers that map
 * the file into memory want it.
 */
final class SafetensorsWriter {
    private static final int ALIGNMENT = 8;

    private SafetensorsWriter() {}

    /** @param before where to keep the file that is there, or null to let it go */
    static void write(Safetensors container, Path file, Path before) throws IOException {
        List<Tensor> layout = new ArrayList<>(container.tensors().values());
        layout.sort(Comparator.comparingInt((Tensor tensor) -> -tensor.dtype().bytes())); // stable
        byte[] header = header(container, layout);
        if (header.length > SafetensorsReader.MAX_HEADER_BYTES) {
            throw new SafetensorsException(file + ": the header takes " + header.length + " bytes, expected at most "
                    + SafetensorsReader.MAX_HEADER_BYTES);
        }
        try {
            AtomicFiles.write(file, before, out -> {
                ByteBuffer length = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
                out.write(length.putLong(header.length).array());
                out.write(header);
                TensorBytes bytes = new TensorBytes();
                for (Tensor tensor : layout) {
                    bytes.write(tensor, out);
                }
            });
        } catch (FileSystemException e) {
            throw e; // names the file already
        } catch (IOException e) {
            throw new IOException(file + ": cannot write: " + e.getMessage(), e);
        }
    }

    private static byte[] header(Safetensors container, List<Tensor> layout) throws IOException {
        Map<String, Long> begins = new HashMap<>();
        long end = 0;
        for (Tensor tensor : layout) {
            begins.put(tensor.name(), end);
            end += (long) tensor.size() * tensor.dtype().bytes();
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JsonGenerator json = new JsonFactory().createGenerator((OutputStream) bytes)) {
            json.writeStartObject();
            json.writeObjectFieldStart(Safetensors.METADATA_KEY);
            for (Map.Entry<String, String> entry : container.metadata().entrySet()) {
                json.writeStringField(entry.getKey(), entry.getValue());
            }
            json.writeStringField(Safetensors.CHECKSUM_KEY, Checksum.of(container));
            json.writeEndObject();
            for (Tensor tensor : container.tensors().values()) {
                writeEntry(json, tensor, begins.get(tensor.name()));
            }
            json.writeEndObject();
        }
        while (bytes.size() % ALIGNMENT != 0) {
            bytes.write(' ');
        }
        return bytes.toByteArray();
    }

    private static void writeEntry(JsonGenerator json, Tensor tensor, long begin) throws IOException {
        json.writeObjectFieldStart(tensor.name());
        json.writeStringField("dtype", tensor.dtype().name());
        json.writeFieldName("shape");
        long[] shape = tensor.shape();
        json.writeArray(shape, 0, shape.length);
        json.writeFieldName("data_offsets");
        long end = begin + (long) tensor.size() * tensor.dtype().bytes();
        json.writeArray(new long[] {begin, end}, 0, 2);
        json.writeEndObject();
    }
}
