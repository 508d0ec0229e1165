package org.bptt4j.io;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The content of a safetensors file, in memory: tensors by name, in order, and string metadata.
 *
 * <p>File layout, little-endian: header length as unsigned 64-bit integer, the header in JSON, the tensors' bytes.
 */
public final class Safetensors {
    /** The metadata's key for the checksum, which is the writer's and reader's own affair. */
    static final String CHECKSUM_KEY = "bptt4j_crc32c";

    /** The header's key for the metadata, which is therefore no tensor's name. */
    static final String METADATA_KEY = "__metadata__";

    private final Map<String, Tensor> tensors = new LinkedHashMap<>();
    private final Map<String, String> metadata = new LinkedHashMap<>();
    private final String origin;
    /** As the file read says, or null. */
    private String declaredChecksum;

    /** Creates an empty container. */
    public Safetensors() {
        this("tensors in memory");
    }

    /**
     * Creates an empty container.
     *
     * @param origin where the tensors come from, for messages
     */
    Safetensors(String origin) {
        this.origin = origin;
    }

    /**
     * Reads a whole file, checking all of it.
     *
     * @param file the file to read
     * @throws SafetensorsException if the file is missing or unreadable, or departs from the format in any way; the
     *     message is one line with the file, the place, what is wrong and what was expected
     */
    public static Safetensors read(Path file) throws SafetensorsException {
        return SafetensorsReader.read(file);
    }

    /**
     * Writes all tensors and metadata, replacing {@code file} atomically. A {@linkplain #hasChecksum checksum} is added to the
     * metadata.
     *
     * @param file the file to create or replace; its folder must exist
     * @throws IOException if the file cannot be written; an existing one is then left as it was
     */
    public void write(Path file) throws IOException {
        SafetensorsWriter.write(this, file, null);
    }

    /**
     * Adds a copy of {@code values} as an F32 tensor.
     *
     * @param name a name not yet used
     * @param values row-major, one per element of {@code shape}
     * @param shape the dimensions, outermost first; none for a scalar
     * @return this
     * @throws IllegalArgumentException if the name is taken, reserved or not valid Unicode, or shape and values differ
     */
    public Safetensors put(String name, float[] values, long... shape) {
        return put(name, DType.F32, values.clone(), values.length, shape);
    }

    /** Adds a copy of {@code values} as an F64 tensor, on the terms of {@link #put(String, float[], long...)}. */
    public Safetensors put(String name, double[] values, long... shape) {
        return put(name, DType.F64, values.clone(), values.length, shape);
    }

    /** Adds a copy of {@code values} as an I64 tensor, on the terms of {@link #put(String, float[], long...)}. */
    public Safetensors put(String name, long[] values, long... shape) {
        return put(name, DType.I64, values.clone(), values.length, shape);
    }

    /** Adds a copy of {@code values} as an I32 tensor, on the terms of {@link #put(String, float[], long...)}. */
    public Safetensors put(String name, int[] values, long... shape) {
        return put(name, DType.I32, values.clone(), values.length, shape);
    }

    /**
     * Sets one metadata entry, replacing an earlier value.
     *
     * @return this
     * @throws IllegalArgumentException if key or value is not valid Unicode, or the key is {@code bptt4j_crc32c}
     */
    public Safetensors putMetadata(String key, String value) {
        requireUnicode("metadata key", key);
        requireUnicode("value of metadata key " + SafetensorsException.quote(key), value);
        if (key.equals(CHECKSUM_KEY)) {
            throw new IllegalArgumentException("metadata key '" + CHECKSUM_KEY + "' is the writer's own");
        }
        metadata.put(key, value);
        return this;
    }

    /**
     * Writes as {@link #write(Path)} does, and keeps the file that was there as {@code before}, whose own earlier content goes. If
     * anything fails before the new file is whole, both stay as they were.
     */
    public void write(Path file, Path before) throws IOException {
        SafetensorsWriter.write(this, file, before);
    }

    /** Whether the file read has a checksum, as those that {@link #write} makes have. */
    public boolean hasChecksum() {
        return declaredChecksum != null;
    }

    /**
     * Whether the content is what the checksum of the file read was taken of; false also where it has none. It covers names, types,
     * shapes, values and metadata, but no order: {@link Checksum}.
     */
    public boolean checksumHolds() {
        return Checksum.of(this).equals(declaredChecksum);
    }

    /** Notes the checksum that a file read has. */
    void declareChecksum(String checksum) {
        declaredChecksum = checksum;
    }

    /**
     * The tensor with this name.
     *
     * @throws SafetensorsException naming the file read and the tensor, if there is none
     */
    public Tensor tensor(String name) throws SafetensorsException {
        Tensor tensor = tensors.get(name);
        if (tensor == null) {
            throw new SafetensorsException(origin + ": there is no tensor " + SafetensorsException.quote(name));
        }
        return tensor;
    }

    /** All tensors by name, in the order they were added or stand in the header; a view that cannot be changed. */
    public Map<String, Tensor> tensors() {
        return Collections.unmodifiableMap(tensors);
    }

    /** All metadata, in order; a view that cannot be changed. */
    public Map<String, String> metadata() {
        return Collections.unmodifiableMap(metadata);
    }

    private Safetensors put(String name, DType dtype, Object data, int length, long[] shape) {
        String quoted = SafetensorsException.quote(name);
        int elements;
        try {
            elements = Shapes.elements(shape);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("tensor " + quoted + ": " + e.getMessage(), e);
        }
        if (elements != length) {
            throw new IllegalArgumentException("tensor " + quoted + ": shape " + Arrays.toString(shape) + " takes "
                    + elements + " values, got " + length);
        }
        requireUnicode("tensor name", name);
        if (name.equals(METADATA_KEY) || tensors.containsKey(name)) {
            throw new IllegalArgumentException("tensor name " + quoted + " is reserved or already used");
        }
        add(new Tensor(name, dtype, shape.clone(), data));
        return this;
    }

    /** Adds a tensor already checked, as the reader has done. */
    void add(Tensor tensor) {
        tensors.put(tensor.name(), tensor);
    }

    private static void requireUnicode(String what, String text) {
        if (!StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
            throw new IllegalArgumentException(
                    what + " " + SafetensorsException.quote(text) + " has half a surrogate pair");
        }
    }
}
