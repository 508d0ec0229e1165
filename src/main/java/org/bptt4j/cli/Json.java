package org.bptt4j.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bptt4j.io.Utf8;

/** JSON of maps, collections, strings, numbers, booleans and null. Numbers that are not finite become null. */
final class Json {
    private static final JsonFactory FACTORY = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private Json() {}

    /** On one line, without a line end. */
    static String line(Map<String, ?> object) {
        return text(object, false);
    }

    /** Indented, over several lines. */
    static String pretty(Map<String, ?> object) {
        return text(object, true);
    }

    private static String text(Map<String, ?> object, boolean pretty) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = FACTORY.createGenerator(text)) {
            if (pretty) {
                json.useDefaultPrettyPrinter();
            }
            write(json, object);
        } catch (IOException e) {
            throw new UncheckedIOException(e); // a string takes everything
        }
        return text.toString();
    }

    private static void write(JsonGenerator json, Object value) throws IOException {
        if (value instanceof Map<?, ?> map) {
            json.writeStartObject();
            for (Map.Entry<?, ?> entry : map.entrySet()) {
                json.writeFieldName(entry.getKey().toString());
                write(json, entry.getValue());
            }
            json.writeEndObject();
        } else if (value instanceof Collection<?> list) {
            json.writeStartArray();
            for (Object element : list) {
                write(json, element);
            }
            json.writeEndArray();
        } else if (value instanceof Number n && !Double.isFinite(n.doubleValue())) {
            json.writeNull();
        } else {
            json.writeObject(value); // strings, numbers, booleans and null need no codec
        }
    }

    /** As {@link #read(String)} does, of text in UTF-8. */
    static Map<String, Object> read(byte[] utf8) throws JsonProcessingException {
        int bad = Utf8.firstInvalid(utf8);
        if (bad >= 0) {
            throw new JsonParseException(null, "byte " + bad + " is not UTF-8");
        }
        return read(new String(utf8, StandardCharsets.UTF_8));
    }

    /**
     * One object as a map in its order; whole numbers are Long, others Double.
     *
     * @throws JsonProcessingException if it is anything else: no object, a name twice, something behind it
     */
    static Map<String, Object> read(String text) throws JsonProcessingException {
        try (JsonParser json = FACTORY.createParser(text)) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                throw new JsonParseException(json, "expected an object");
            }
            Map<String, Object> object = object(json);
            if (json.nextToken() != null) {
                throw new JsonParseException(json, "something follows the object");
            }
            return object;
        } catch (JsonProcessingException e) {
            throw e;
        } catch (IOException e) {
            throw new UncheckedIOException(e); // a string gives everything
        }
    }

    /** What is wrong, on one line. */
    static String reason(JsonProcessingException e) {
        String reason = e.getOriginalMessage().replaceAll("\\s+", " ");
        return reason.startsWith("Unexpected end-of-input") ? "it ends in the middle" : reason;
    }

    private static Map<String, Object> object(JsonParser json) throws IOException {
        Map<String, Object> map = new LinkedHashMap<>();
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String name = json.currentName();
            json.nextToken();
            map.put(name, value(json));
        }
        return map;
    }

    private static Object value(JsonParser json) throws IOException {
        JsonToken token = json.currentToken();
        if (token == null) {
            throw new JsonParseException(json, "ends in the middle");
        }
        return switch (token) {
            case START_OBJECT -> object(json);
            case START_ARRAY -> {
                List<Object> list = new ArrayList<>();
                while (json.nextToken() != JsonToken.END_ARRAY) {
                    list.add(value(json));
                }
                yield list;
            }
            case VALUE_NUMBER_INT -> json.getLongValue();
            case VALUE_NUMBER_FLOAT -> json.getDoubleValue();
            case VALUE_TRUE, VALUE_FALSE -> json.getBooleanValue();
            case VALUE_NULL -> null;
            default -> json.getText();
        };
    }
}
