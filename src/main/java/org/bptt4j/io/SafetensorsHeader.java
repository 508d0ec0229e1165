package org.bptt4j.io;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Parses the JSON header of a safetensors file, checking each entry by itself. Fields of an entry that the format does not know
 * are passed over, and {@code "__metadata__": null} is none, as the reference reader has it; a name that appears twice is refused.
 *
 * <p>What is read has a fixed depth, and what is passed over costs no stack.
 */
final class SafetensorsHeader {
    /**
     * One tensor's entry; {@code end - begin = elements * dtype.bytes} holds and {@code begin >= 0}.
     *
     * @param begin first byte, counted from the end of the header
     * @param end byte after the last, counted from the end of the header
     */
    record Entry(String name, DType dtype, List<Long> dimensions, int elements, long begin, long end) {
        long[] shape() {
            return toArray(dimensions);
        }
    }

    private static final Set<String> FIELDS = Set.of("dtype", "shape", "data_offsets");
    private static final String EXPECTED_FIELDS = ", expected dtype, shape and data_offsets";

    private final HeaderJson json;
    private final List<Entry> entries = new ArrayList<>();
    private final Map<String, String> metadata = new LinkedHashMap<>();

    private SafetensorsHeader(HeaderJson json) {
        this.json = json;
    }

    /**
     * Parses a header.
     *
     * @param file the file's name, for messages
     * @param headerAt the byte of the file where the header begins, for messages
     * @param bytes the header
     * @throws SafetensorsException if the header is anything but one JSON object of valid tensor entries
     */
    static SafetensorsHeader parse(String file, long headerAt, byte[] bytes) throws IOException {
        try (HeaderJson json = new HeaderJson(file, headerAt, bytes)) {
            SafetensorsHeader header = new SafetensorsHeader(json);
            try {
                header.parseAll();
            } catch (JsonProcessingException e) {
                throw json.invalid(e);
            }
            return header;
        }
    }

    /** The tensors, in the header's order. */
    List<Entry> entries() {
        return entries;
    }

    /** The metadata, in the header's order. */
    Map<String, String> metadata() {
        return metadata;
    }

    private void parseAll() throws IOException {
        json.expectObject("the header", "a JSON object");
        Set<String> names = new HashSet<>();
        while (json.nextField()) {
            String name = json.text("tensor name");
            if (!names.add(name)) {
                throw json.fail("tensor " + SafetensorsException.quote(name) + " appears twice, expected once");
            }
            if (name.equals(Safetensors.METADATA_KEY)) {
                parseMetadata();
            } else {
                parseEntry(name);
            }
        }
        json.expectEnd();
    }

    private void parseMetadata() throws IOException {
        if (!json.isObjectOrNull(Safetensors.METADATA_KEY, "an object of strings")) {
            return;
        }
        while (json.nextField()) {
            String key = json.text("metadata key");
            String what = "metadata " + SafetensorsException.quote(key);
            if (metadata.put(key, json.string(what)) != null) {
                throw json.fail(what + " appears twice, expected once");
            }
        }
    }

    private void parseEntry(String name) throws IOException {
        String what = "tensor " + SafetensorsException.quote(name);
        json.expectObject(what, "an object with dtype, shape and data_offsets");
        String dtype = "";
        Map<String, List<Long>> arrays = new HashMap<>();
        Set<String> seen = new HashSet<>();
        while (json.nextField()) {
            String field = json.text("field name");
            if (!FIELDS.contains(field)) {
                json.skip(); // what another writer adds takes nothing away
                continue;
            }
            if (!seen.add(field)) {
                throw json.fail(what + ": field " + field + " appears twice, expected once");
            }
            String value = what + ": " + field;
            if (field.equals("dtype")) {
                dtype = json.string(value);
            } else {
                arrays.put(field, json.integers(value, field.equals("shape") ? Shapes.MAX_RANK : 2));
            }
        }
        for (String field : List.of("dtype", "shape", "data_offsets")) {
            if (!seen.contains(field)) {
                throw json.fail(what + " has no field " + field + EXPECTED_FIELDS);
            }
        }
        entries.add(entry(name, what, dtype, arrays.get("shape"), arrays.get("data_offsets")));
    }

    private Entry entry(String name, String what, String typeName, List<Long> shape, List<Long> offsets)
            throws SafetensorsException {
        Optional<DType> dtype = DType.named(typeName);
        if (dtype.isEmpty()) {
            throw json.fail(what + " has dtype " + SafetensorsException.quote(typeName) + ", expected one of "
                    + DType.supported());
        }
        int elements;
        try {
            elements = Shapes.elements(toArray(shape));
        } catch (IllegalArgumentException e) {
            throw json.fail(what + ": " + e.getMessage());
        }
        if (offsets.size() != 2 || offsets.get(0) < 0 || offsets.get(1) < offsets.get(0)) {
            throw json.fail(what + ": data_offsets " + offsets + ", expected [begin, end] with 0 <= begin <= end");
        }
        long span = offsets.get(1) - offsets.get(0);
        long bytes = (long) elements * dtype.get().bytes();
        if (span != bytes) {
            throw json.fail(what + ": data_offsets " + offsets + " span " + span + " bytes, expected " + bytes + " for "
                    + typeName + " " + shape);
        }
        return new Entry(name, dtype.get(), shape, elements, offsets.get(0), offsets.get(1));
    }

    private static long[] toArray(List<Long> values) {
        return values.stream().mapToLong(Long::longValue).toArray();
    }
}
