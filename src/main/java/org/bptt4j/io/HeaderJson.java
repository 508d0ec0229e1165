package org.bptt4j.io;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A strict cursor over the JSON of a header: each step says what it expects, and anything else is an error with the
 * file, the byte and what was found instead.
 */
final class HeaderJson implements AutoCloseable {
    private static final JsonFactory JSON = JsonFactory.builder()
            .disable(JsonFactory.Feature.CHARSET_DETECTION) // the format is UTF-8 whatever the first bytes suggest
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES) // a file must not fill the JVM's string table
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxStringLength(SafetensorsReader.MAX_HEADER_BYTES)
                    .build())
            .build();

    private static final String BLANKS = " \t\r\n";

    private final String file;
    private final long headerAt;
    private final JsonParser json;

    /**
     * Opens the cursor before the first token.
     *
     * @param file the file's name, for messages
     * @param headerAt the byte of the file where the header begins, for messages
     * @param bytes the header
     * @throws SafetensorsException if the bytes are not UTF-8 or do not begin with a brace, but for blanks
     */
    HeaderJson(String file, long headerAt, byte[] bytes) throws IOException {
        int bad = Utf8.firstInvalid(bytes);
        if (bad >= 0) {
            throw new SafetensorsException(
                    file + ": byte " + (headerAt + bad) + ": the header has invalid UTF-8, expected JSON in UTF-8");
        }
        // It keeps a byte order mark out. The format demands the brace at once; the reference reader takes blanks
        // before it.
        int first = 0;
        while (first < bytes.length && BLANKS.indexOf(bytes[first]) >= 0) {
            first++;
        }
        if (first == bytes.length || bytes[first] != '{') {
            throw new SafetensorsException(
                    file + ": byte " + headerAt + ": the header does not begin with '{', expected a JSON object");
        }
        this.file = file;
        this.headerAt = headerAt;
        this.json = JSON.createParser(bytes);
    }

    /** Steps to the next name in the current object, or past the object's end, returning false. */
    boolean nextField() throws IOException {
        return json.nextToken() == JsonToken.FIELD_NAME;
    }

    /** Steps into an object. */
    void expectObject(String what, String expected) throws IOException {
        expect(JsonToken.START_OBJECT, what, expected);
    }

    /** Steps into an object, returning true, or past a null. */
    boolean isObjectOrNull(String what, String expected) throws IOException {
        if (json.nextToken() == JsonToken.VALUE_NULL) {
            return false;
        }
        if (json.currentToken() != JsonToken.START_OBJECT) {
            throw fail(what + " is " + found() + ", expected " + expected);
        }
        return true;
    }

    /** Steps past any value; one that is nested deeper than the parser's limit is an error, not an exhausted stack. */
    void skip() throws IOException {
        json.nextToken();
        json.skipChildren();
    }

    /** Steps past a string and returns it. */
    String string(String what) throws IOException {
        expect(JsonToken.VALUE_STRING, what, "a string");
        return text(what);
    }

    /** Steps past an array of at most {@code most} integers of 64 bits and returns them. */
    List<Long> integers(String what, int most) throws IOException {
        expect(JsonToken.START_ARRAY, what, "an array of integers");
        List<Long> values = new ArrayList<>();
        while (json.nextToken() != JsonToken.END_ARRAY) {
            if (json.currentToken() != JsonToken.VALUE_NUMBER_INT) {
                throw fail(what + " holds " + found() + ", expected integers");
            }
            if (json.getNumberType() == JsonParser.NumberType.BIG_INTEGER) {
                throw fail(what + " holds an integer that overflows 64 bits, expected one that fits");
            }
            if (values.size() == most) {
                throw fail(what + " holds more than " + most + " integers, expected at most that");
            }
            values.add(json.getLongValue());
        }
        return List.copyOf(values);
    }

    /** Steps past the end: nothing but blanks may follow. */
    void expectEnd() throws IOException {
        if (json.nextToken() != null) {
            throw fail("more JSON follows the header's object, expected only blanks");
        }
    }

    /** The current name or string, which must be Unicode: JSON can escape half a surrogate pair, UTF-8 has none. */
    String text(String what) throws IOException {
        String text = json.getText();
        if (!StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
            throw fail(what + " " + SafetensorsException.quote(text)
                    + " has half a surrogate pair, expected valid Unicode");
        }
        return text;
    }

    /** An error at the current place. */
    SafetensorsException fail(String what) {
        return new SafetensorsException(place() + ": " + what);
    }

    /** The error for what the JSON parser refused at the current place, which any step may throw. */
    SafetensorsException invalid(JsonProcessingException e) {
        // The original message is without the parser's own, multi-line account of the place.
        String reason = e.getOriginalMessage().replaceAll("\\s+", " ");
        return new SafetensorsException(place() + ": the header is not valid JSON: " + reason, e);
    }

    @Override
    public void close() throws IOException {
        json.close();
    }

    private void expect(JsonToken token, String what, String expected) throws IOException {
        if (json.nextToken() != token) {
            throw fail(what + " is " + found() + ", expected " + expected);
        }
    }

    private String found() {
        return switch (json.currentToken()) {
            case START_OBJECT -> "an object";
            case START_ARRAY -> "an array";
            case VALUE_STRING -> "a string";
            case VALUE_NUMBER_INT -> "an integer";
            case VALUE_NUMBER_FLOAT -> "a number with a fraction";
            case VALUE_TRUE, VALUE_FALSE -> "a boolean";
            case VALUE_NULL -> "null";
            default -> "missing";
        };
    }

    private String place() {
        return file + ": byte " + (headerAt + json.currentLocation().getByteOffset());
    }
}
