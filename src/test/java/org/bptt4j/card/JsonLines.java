package org.bptt4j.card;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Flat JSON objects, one a line, of strings, numbers and booleans: what a run on a card leaves. */
final class JsonLines {
    private static final JsonFactory JSON = new JsonFactory();

    private JsonLines() {}

    /** On one line, without a line end; numbers that are not finite are left out. */
    static String line(Map<String, ?> object) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(text)) {
            json.writeStartObject();
            for (Map.Entry<String, ?> entry : object.entrySet()) {
                if (!(entry.getValue() instanceof Number n) || Double.isFinite(n.doubleValue())) {
                    json.writeFieldName(entry.getKey());
                    json.writeObject(entry.getValue()); // of these kinds none needs a codec
                }
            }
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString();
    }

    /** The objects of a file; none if it is not there. A last line that was cut off is not looked at. */
    static List<Map<String, Object>> read(Path file) throws IOException {
        List<Map<String, Object>> objects = new ArrayList<>();
        if (Files.exists(file)) {
            for (String line : Files.readAllLines(file)) {
                if (line.startsWith("{") && line.endsWith("}")) {
                    objects.add(parse(line));
                }
            }
        }
        return objects;
    }

    private static Map<String, Object> parse(String line) throws IOException {
        Map<String, Object> object = new LinkedHashMap<>();
        try (JsonParser json = JSON.createParser(line)) {
            json.nextToken();
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                String name = json.currentName();
                object.put(
                        name,
                        switch (json.nextToken()) {
                            case VALUE_STRING -> json.getText();
                            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> json.getDoubleValue();
                            case VALUE_TRUE, VALUE_FALSE -> json.getBooleanValue();
                            default ->
                                throw new IOException(
                                        "'" + name + "' is neither text nor number nor truth value in " + line);
                        });
            }
        }
        return object;
    }
}
