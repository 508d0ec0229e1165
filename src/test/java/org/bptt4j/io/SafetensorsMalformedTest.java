package org.bptt4j.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Damaged and hostile files: each is one line naming the file and what is wrong, never another kind of failure. */
class SafetensorsMalformedTest {
    /** One F32 tensor of 2 elements; needs 8 bytes of data. */
    private static final String GOOD = "{\"w\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}";

    @TempDir
    Path folder;

    private Path file;

    @BeforeEach
    void nameFile() {
        file = folder.resolve("bad.safetensors");
    }

    @Test
    void theGoodOneIsGood() throws IOException {
        write(GOOD + "   ", 8);
        assertEquals(2, Safetensors.read(file).tensor("w").size());
    }

    @Test
    void missingFileAndFolder() {
        assertRefused("there is no such file");
        file = folder;
        assertRefused("is a folder");
    }

    @Test
    void tooShortForTheHeaderLength() throws IOException {
        Files.write(file, new byte[0]);
        assertRefused("the file is empty, expected at least 8 bytes");
        Files.write(file, new byte[7]);
        assertRefused("the file is 7 bytes long, expected at least 8 bytes");
    }

    @ParameterizedTest
    @CsvSource({
        "3, expected at most the 2 bytes that follow",
        "100000000, expected at most the 2 bytes that follow",
        "100000001, expected at most 100000000",
        "9223372036854775807, byte 0: header length of 19 digits",
        "-9223372036854775808, byte 0: header length of 19 digits",
        "-1, byte 0: header length of 20 digits",
        "0, does not begin with '{'",
    })
    void headerLengthThatCannotBe(long length, String part) throws IOException {
        Files.write(
                file,
                ByteBuffer.allocate(10)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putLong(length)
                        .put((byte) '{')
                        .put((byte) '}')
                        .array());
        assertRefused(part);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[1]",
                "\"text\"",
                "null",
                "garbage",
                "\uFEFF{}",
                "{",
                "{\"w\"",
                "{\"w\":}",
                "{} {}",
                "{}x",
                "{\"__metadata__\":{\"a\":\"\\q\"}}",
                "{\"__metadata__\":{\"a\":\"unended",
                "{\"a\nb\":1}",
                "{'w':1}",
                "{\"w\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8"
            })
    void headerThatIsNoJsonObject(String header) throws IOException {
        write(header, 0);
        assertRefused("header");
    }

    @Test
    void invalidUtf8NamesItsByte() throws IOException {
        byte[] header = GOOD.getBytes(StandardCharsets.US_ASCII);
        header[2] = (byte) 0xff;
        write(header, 8);
        assertRefused("byte 10: the header has invalid UTF-8");
        write("{\0\"\0w\0\"\0:\0" + "1\0}\0", 0); // UTF-16
        assertRefused("not valid JSON");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{'__metadata__':1} | __metadata__ is an integer, expected an object of strings",
                "{'__metadata__':[]} | __metadata__ is an array",
                "{'__metadata__':{'k':1}} | metadata 'k' is an integer, expected a string",
                "{'__metadata__':{'k':{}}} | metadata 'k' is an object",
                "{'__metadata__':{'k':'a','k':'b'}} | metadata 'k' appears twice",
                "{'__metadata__':{},'__metadata__':{}} | '__metadata__' appears twice",
                "{'__metadata__':{'\\ud800':''}} | surrogate pair",
                "{'__metadata__':{'\\udc00':''}} | surrogate",
                "{'__metadata__':{'k':'\\ud800'}} | surrogate pair",
                "{'__metadata__':{'k':'\\udc00'}} | surrogate",
                "{'\\udc00':{}} | surrogate",
                "{'w':[]} | tensor 'w' is an array, expected an object",
                "{'w\\n\\u2028':1} | tensor 'w\\u000a\\u2028' is an integer",
                "{'w':{}} | tensor 'w' has no field dtype",
                "{'w':{'dtype':'F32','shape':[2]}} | tensor 'w' has no field data_offsets",
                "{'w':{'dtype':'F32','data_offsets':[0,8]}} | tensor 'w' has no field shape",
                "{'w':{'dtype':'F32','dtype':'F32'}} | field dtype appears twice",
                "{'w':{'color':1}} | tensor 'w' has no field dtype",
                "{'w':{'dtype':1}} | dtype is an integer, expected a string",
                "{'w':{'shape':2}} | shape is an integer, expected an array",
                "{'w':{'shape':['2']}} | shape holds a string, expected integers",
                "{'w':{'shape':[2.5]}} | shape holds a number with a fraction",
                "{'w':{'shape':[[]]}} | shape holds an array",
                "{'w':{'shape':[9223372036854775808]}} | overflows 64 bits",
                "{'w':{'shape':[true]}} | shape holds a boolean",
                "{'w':{'data_offsets':[0,4,8]}} | data_offsets holds more than 2 integers",
            })
    void fieldsOfTheWrongKind(String header, String part) throws IOException {
        write(header.replace('\'', '"'), 8);
        assertRefused(part);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "BF16 | [2] | [0,4] | has dtype 'BF16', expected one of F32, F64, I64, I32",
                "F32 | [-2] | [0,8] | negative dimension -2",
                "F32 | [4294967296,4294967296] | [0,8] | overflows 64 bits",
                "F32 | [0,4294967296,4294967296] | [0,0] | overflows 64 bits",
                "F32 | [2147483648] | [0,8589934592] | has 2147483648 elements, expected at most 2147483639",
                "F32 | [3] | [0,8] | data_offsets [0, 8] span 8 bytes, expected 12 for F32 [3]",
                "F64 | [2] | [0,8] | expected 16 for F64 [2]",
                "F32 | [2] | [8,0] | expected [begin, end]",
                "F32 | [2] | [-8,0] | expected [begin, end]",
                "F32 | [2] | [-9223372036854775808,9223372036854775807] | expected [begin, end]",
                "F32 | [2] | [8] | expected [begin, end]",
                "F32 | [2] | [1,9] | leaves a hole before it, expected 0",
                "F32 | [3] | [0,12] | end at 12, expected at most the 8 bytes",
                "I32 | [1] | [0,4] | 4 bytes follow the last tensor",
                "F32 | [1000000000] | [0,4000000000] | expected at most the 8 bytes",
            })
    void numbersThatDoNotFit(String dtype, String shape, String offsets, String part) throws IOException {
        write("{\"w\":" + entry(dtype, shape, offsets) + "}", 8);
        assertRefused(part);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "w | [1] | [0,4] | tensor 'w' appears twice",
                "v | [1] | [0,4] | overlaps the tensor before it, expected 4",
                "v | [1] | [2,6] | overlaps the tensor before it, expected 4",
                "v | [1] | [8,12] | leaves a hole before it, expected 4",
                "v | [0] | [2,2] | overlaps the tensor before it, expected 4",
            })
    void pairsThatDoNotFit(String name, String shape, String offsets, String part) throws IOException {
        write("{\"w\":" + entry("F32", "[1]", "[0,4]") + ",\"" + name + "\":" + entry("F32", shape, offsets) + "}", 8);
        assertRefused(part);
    }

    @Test
    void truncatedDataAndTrailingGarbage() throws IOException {
        write(GOOD, 7);
        assertRefused("tensor 'w': data_offsets end at 8, expected at most the 7 bytes");
        write(GOOD, 9);
        assertRefused("byte " + (8 + GOOD.length() + 8) + ": 1 byte follows the last tensor");
    }

    @Test
    void deepNestingAndHugeTokens() throws IOException {
        write("{\"w\":" + "{\"w\":".repeat(1_000_000), 0);
        assertRefused("nesting depth");
        write("{\"w\":{\"shape\":" + "[".repeat(1_000_000), 0);
        assertRefused("shape holds an array");
        write("{\"w\":{\"shape\":[" + "1,".repeat(1_000_000) + "1]}}", 0);
        assertRefused("shape holds more than 64 integers");
        write("{\"w\":{\"shape\":[" + "9".repeat(1_000_000) + "]}}", 0);
        assertRefused("not valid JSON");
        write("{\"" + "w".repeat(1_000_000) + "\":1}", 0);
        assertRefused("not valid JSON");
    }

    /** Every prefix, and every byte flipped three ways, either reads or is refused in one line. */
    @Test
    void anyDamageIsRefusedOrHarmless() throws IOException {
        new Safetensors()
                .putMetadata("k", "v")
                .put("a", new float[] {1, 2}, 2)
                .put("b", new long[] {3}, 1)
                .write(file);
        byte[] good = Files.readAllBytes(file);
        for (int length = 0; length < good.length; length++) {
            Files.write(file, Arrays.copyOf(good, length));
            assertRefused("");
        }
        for (int at = 0; at < good.length; at++) {
            for (int flip : new int[] {1, 0x20, 0x80}) {
                byte[] damaged = good.clone();
                damaged[at] ^= (byte) flip;
                Files.write(file, damaged);
                try {
                    Safetensors.read(file);
                } catch (SafetensorsException e) {
                    assertOneLine(e.getMessage());
                }
            }
        }
    }

    private static String entry(String dtype, String shape, String offsets) {
        return "{\"dtype\":\"" + dtype + "\",\"shape\":" + shape + ",\"data_offsets\":" + offsets + "}";
    }

    private void write(String header, int dataBytes) throws IOException {
        write(header.getBytes(StandardCharsets.UTF_8), dataBytes);
    }

    private void write(byte[] header, int dataBytes) throws IOException {
        ByteBuffer bytes =
                ByteBuffer.allocate(Long.BYTES + header.length + dataBytes).order(ByteOrder.LITTLE_ENDIAN);
        Files.write(file, bytes.putLong(header.length).put(header).array());
    }

    private void assertRefused(String part) {
        String message = assertThrows(SafetensorsException.class, () -> Safetensors.read(file))
                .getMessage();
        assertTrue(message.contains(part), message);
        assertOneLine(message);
    }

    private void assertOneLine(String message) {
        assertTrue(message.startsWith(file + ": "), message);
        assertFalse(message.contains("\n") || message.contains("\r"), message);
        assertTrue(message.length() < file.toString().length() + 400, message);
    }
}
