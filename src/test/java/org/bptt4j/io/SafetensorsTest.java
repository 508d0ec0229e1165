package org.bptt4j.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a container keeps through a file, and the exact bytes of one; see {@link SafetensorsMalformedTest} too. */
class SafetensorsTest {
    @TempDir
    Path folder;

    private Path file;

    @BeforeEach
    void nameFile() {
        file = folder.resolve("model.safetensors");
    }

    @Test
    void keepsEveryTypeBitForBit() throws IOException {
        float[] floats = {0f, -0f, Float.NaN, Float.NEGATIVE_INFINITY, Float.MIN_VALUE, 1.5f};
        double[] doubles = {Math.PI, Double.MAX_VALUE, -0.0};
        long[] longs = {Long.MIN_VALUE, -1, Long.MAX_VALUE};
        int[] ints = {Integer.MIN_VALUE, 7};
        new Safetensors()
                .put("f", floats, 2, 3)
                .put("d", doubles, 3)
                .put("l", longs, 1, 3)
                .put("i", ints, 2, 1)
                .write(file);
        Safetensors read = Safetensors.read(file);
        assertArrayEquals(floats, read.tensor("f").toFloats());
        assertArrayEquals(new long[] {2, 3}, read.tensor("f").shape());
        assertEquals(DType.F32, read.tensor("f").dtype());
        assertArrayEquals(doubles, read.tensor("d").toDoubles());
        assertArrayEquals(longs, read.tensor("l").toLongs());
        assertArrayEquals(ints, read.tensor("i").toInts());
        assertEquals(List.of("f", "d", "l", "i"), List.copyOf(read.tensors().keySet()));
    }

    @Test
    void keepsScalarsEmptyTensorsNamesAndMetadata() throws IOException {
        new Safetensors()
                .put("empty", new float[0], 3, 0, 5)
                .put("scalar", new double[] {2.5})
                .put("late empty", new int[0], 0)
                .put("naïve \"名\" \uD83D\uDE00\n", new long[] {1}, 1)
                .putMetadata("format", "bptt4j")
                .putMetadata("ünïcode", "line\nbreak")
                .write(file);
        Safetensors read = Safetensors.read(file);
        assertArrayEquals(new long[] {3, 0, 5}, read.tensor("empty").shape());
        assertEquals(0, read.tensor("late empty").size());
        assertArrayEquals(new long[0], read.tensor("scalar").shape());
        assertArrayEquals(new double[] {2.5}, read.tensor("scalar").toDoubles());
        assertArrayEquals(
                new long[] {1}, read.tensor("naïve \"名\" \uD83D\uDE00\n").toLongs());
        assertEquals(Map.of("format", "bptt4j", "ünïcode", "line\nbreak"), read.metadata());
        assertEquals("format", read.metadata().keySet().iterator().next());
    }

    @Test
    void keepsAnEmptyContainerAndMoreThanOneChunk() throws IOException {
        new Safetensors().write(file);
        assertTrue(Safetensors.read(file).tensors().isEmpty());

        float[] many = new float[50_001];
        for (int i = 0; i < many.length; i++) {
            many[i] = i;
        }
        new Safetensors().put("many", many, many.length).write(file);
        assertArrayEquals(many, Safetensors.read(file).tensor("many").toFloats());
    }

    /**
     * Written out by hand from the format's description, wide types first and header padded to 8 bytes. The checksum was computed bit
     * by bit by another program.
     */
    @Test
    void matchesAHandWrittenFile() throws IOException {
        String header = "{\"__metadata__\":{\"k\":\"v\",\"bptt4j_crc32c\":\"3d835aeb\"},"
                + "\"w\":{\"dtype\":\"F32\",\"shape\":[1,2],\"data_offsets\":[8,16]},"
                + "\"n\":{\"dtype\":\"I64\",\"shape\":[],\"data_offsets\":[0,8]}}";
        assertEquals(161, header.length());
        ByteArrayOutputStream expected = new ByteArrayOutputStream();
        expected.write(new byte[] {(byte) 168, 0, 0, 0, 0, 0, 0, 0});
        expected.write((header + "       ").getBytes(StandardCharsets.US_ASCII));
        expected.write(new byte[] {(byte) 0xfe, -1, -1, -1, -1, -1, -1, -1}); // -2
        expected.write(new byte[] {0, 0, (byte) 0x80, 0x3f}); // 1.0f
        expected.write(new byte[] {0, 0, 0x20, (byte) 0xc0}); // -2.5f

        new Safetensors()
                .putMetadata("k", "v")
                .put("w", new float[] {1f, -2.5f}, 1, 2)
                .put("n", new long[] {-2})
                .write(file);
        assertArrayEquals(expected.toByteArray(), Files.readAllBytes(file));

        Safetensors read = Safetensors.read(file);
        assertArrayEquals(new float[] {1f, -2.5f}, read.tensor("w").toFloats());
        assertArrayEquals(new int[] {-2}, read.tensor("n").toInts());
        assertEquals("w F32 [1, 2]", read.tensor("w").toString());
    }

    @Test
    void convertsOnlyWithinAKind() throws IOException {
        Safetensors container = new Safetensors()
                .put("d", new double[] {0.1, 1e300}, 2)
                .put("f", new float[] {0.1f}, 1)
                .put("i", new int[] {3}, 1)
                .put("l", new long[] {1, 1L << 31}, 2);
        assertArrayEquals(
                new float[] {0.1f, Float.POSITIVE_INFINITY},
                container.tensor("d").toFloats());
        assertArrayEquals(new double[] {0.1f}, container.tensor("f").toDoubles());
        assertArrayEquals(new long[] {3}, container.tensor("i").toLongs());
        assertMessage(
                "tensor 'l': value 2147483648", () -> container.tensor("l").toInts());
        assertMessage(
                "tensor 'i' has dtype I32, expected F32 or F64",
                () -> container.tensor("i").toFloats());
        assertMessage("tensor 'i' has dtype I32", () -> container.tensor("i").toDoubles());
        assertMessage("tensor 'f' has dtype F32", () -> container.tensor("f").toInts());
        assertMessage("tensor 'f' has dtype F32", () -> container.tensor("f").toLongs());
        assertMessage("there is no tensor 'x'", () -> container.tensor("x"));
    }

    @Test
    void keepsItsOwnCopies() throws IOException {
        float[] values = {1f};
        long[] shape = {1};
        Safetensors container = new Safetensors().put("a", values, shape);
        values[0] = 9f;
        shape[0] = 9;
        container.tensor("a").toFloats()[0] = 9f;
        container.tensor("a").shape()[0] = 9;
        assertArrayEquals(new float[] {1f}, container.tensor("a").toFloats());
        assertArrayEquals(new long[] {1}, container.tensor("a").shape());
        assertThrows(
                UnsupportedOperationException.class, () -> container.tensors().clear());
    }

    @Test
    void refusesToBuildWhatCouldNotBeRead() {
        Safetensors container = new Safetensors().put("a", new float[1], 1);
        assertRefused("already used", () -> container.put("a", new float[1], 1));
        assertRefused("reserved", () -> container.put("__metadata__", new float[1], 1));
        assertRefused("takes 6 values, got 5", () -> container.put("b", new float[5], 2, 3));
        assertRefused("takes 1 values, got 5", () -> container.put("b", new float[5]));
        assertRefused("negative", () -> container.put("b", new float[5], -5));
        assertRefused("surrogate", () -> container.put("\uD800", new float[1], 1));
        assertRefused("surrogate", () -> container.putMetadata("k", "\uDC00"));
    }

    @Test
    void failingToWriteNamesTheFile() {
        Path target = folder.resolve("missing").resolve("x");
        IOException thrown = assertThrows(NoSuchFileException.class, () -> new Safetensors().write(target));
        assertTrue(thrown.getMessage().startsWith(target.toString()), thrown.getMessage());
    }

    private interface Action {
        void run() throws IOException;
    }

    private static void assertMessage(String part, Action action) {
        String message = assertThrows(SafetensorsException.class, action::run).getMessage();
        assertTrue(message.contains(part), message);
    }

    private static void assertRefused(String part, Runnable action) {
        String message =
                assertThrows(IllegalArgumentException.class, action::run).getMessage();
        assertTrue(message.contains(part), message);
    }

    /** Every bit of a file's values and metadata, but not the order in which a writer puts them. */
    @Test
    void aFlippedBitIsNoticed() throws IOException {
        new Safetensors()
                .putMetadata("k", "v")
                .putMetadata("l", "w")
                .put("w", new float[] {1f, -2.5f}, 1, 2)
                .put("n", new long[] {-2})
                .write(file);
        assertTrue(Safetensors.read(file).hasChecksum());
        assertTrue(Safetensors.read(file).checksumHolds());
        byte[] bytes = Files.readAllBytes(file);
        int read = 0;
        for (int bit = 0; bit < 8 * bytes.length; bit++) {
            bytes[bit / 8] ^= (byte) (1 << bit % 8);
            Files.write(file, bytes);
            bytes[bit / 8] ^= (byte) (1 << bit % 8);
            try {
                assertFalse(Safetensors.read(file).checksumHolds(), "bit " + bit);
                read++;
            } catch (SafetensorsException e) {
                // no file of the format any more
            }
        }
        assertTrue(read >= 8 * 16, "flipped in values: " + read);
    }

    @Test
    void anotherWritersOrderKeepsTheChecksum() throws IOException {
        new Safetensors()
                .putMetadata("k", "v")
                .put("a", new int[] {1}, 1)
                .put("b", new int[] {2}, 1)
                .write(file);
        String text = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
        String swapped =
                text.replace("\"a\":", "\"x\":").replace("\"b\":", "\"a\":").replace("\"x\":", "\"b\":");
        int data = swapped.length() - 8;
        swapped = swapped.substring(0, data) + swapped.substring(data + 4) + swapped.substring(data, data + 4);
        Files.write(file, swapped.getBytes(StandardCharsets.ISO_8859_1));
        assertTrue(Safetensors.read(file).checksumHolds());
    }

    @Test
    void theFileBeforeIsKept() throws IOException {
        Path before = file.resolveSibling("before.safetensors");
        new Safetensors().put("n", new int[] {1}, 1).write(file, before);
        assertFalse(Files.exists(before));
        new Safetensors().put("n", new int[] {2}, 1).write(file, before);
        new Safetensors().put("n", new int[] {3}, 1).write(file, before);
        assertArrayEquals(new int[] {3}, Safetensors.read(file).tensor("n").toInts());
        assertArrayEquals(new int[] {2}, Safetensors.read(before).tensor("n").toInts());
    }

    /** What the reference reader takes as well, and where nothing is lost. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"__metadata__\":null,\"n\":{\"dtype\":\"I32\",\"shape\":[1],\"data_offsets\":[0,4]}}",
                " \t\r\n{\"n\":{\"dtype\":\"I32\",\"shape\":[1],\"data_offsets\":[0,4]}}",
                "{\"n\":{\"dtype\":\"I32\",\"note\":{\"a\":[1,{}]},\"shape\":[1],\"data_offsets\":[0,4],\"b\":null}}"
            })
    void aLenientHeader(String header) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(8 + header.length() + 4).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putLong(header.length())
                .put(header.getBytes(StandardCharsets.US_ASCII))
                .putInt(7);
        Files.write(file, bytes.array());
        Safetensors read = Safetensors.read(file);
        assertArrayEquals(new int[] {7}, read.tensor("n").toInts());
        assertFalse(read.hasChecksum());
        assertFalse(read.checksumHolds());
    }
}
