package org.bptt4j.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.PrimitiveIterator;
import java.util.Random;
import org.bptt4j.spec.Loss;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TextFileTest {
    private static final String MARK = "\uFEFF";

    @TempDir
    Path folder;

    /** Characters of one to four bytes, surrogate pairs, line ends of two characters, marks that are none. */
    private static String mixed(int length) {
        String[] some = {"a", "b", "é", "ß", "中", "\uFFFD", MARK, "😀", "\uD834\uDD1E", "\r\n", "\uDBFF\uDFFF"};
        Random random = new Random(length);
        StringBuilder text = new StringBuilder("x");
        for (int i = 1; i < length; i++) {
            text.append(some[random.nextInt(some.length)]);
        }
        return text.toString();
    }

    private Path write(byte[] bytes) throws IOException {
        return Files.write(folder.resolve("text"), bytes);
    }

    private Path write(String text) throws IOException {
        return write(text.getBytes(StandardCharsets.UTF_8));
    }

    private static TextFile scan(Path file) throws IOException {
        return TextFile.scan(file, "a text", done -> {});
    }

    private static int[] rest(PrimitiveIterator.OfInt from) {
        List<Integer> ids = new ArrayList<>();
        from.forEachRemaining((Integer id) -> ids.add(id));
        return ids.stream().mapToInt(Integer::intValue).toArray();
    }

    /** Borders of chunks fall between and inside of characters of every length. */
    @ParameterizedTest
    @ValueSource(ints = {4, 5, 6, 7, 11, 64})
    void anyPositionIsFoundWhateverTheChunk(int chunk) throws IOException {
        String text = mixed(97);
        Vocabulary vocabulary = Vocabulary.of(text);
        int[] ids = vocabulary.encode(text);
        for (String mark : List.of("", MARK)) {
            FileBytes bytes = FileBytes.of(write(mark + text));
            TextScan scan = TextScan.of(bytes, "a text", chunk, done -> {});
            assertEquals(ids.length, scan.characters());
            assertEquals(vocabulary, scan.vocabulary());
            for (int position = 0; position <= ids.length; position++) {
                assertArrayEquals(
                        java.util.Arrays.copyOfRange(ids, position, ids.length),
                        rest(new TextCursor(bytes, scan, position, vocabulary)),
                        "from " + position);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"1,1", "1,17", "2,50", "7,13", "13,101", "32,100", "5,3001", "2000,3"})
    void aFilesBatchesAreThoseOfItsTextInMemory(int rows, int steps) throws IOException {
        String text = mixed(150_001);
        TextFile file = scan(write(text));
        int[] ids = Vocabulary.of(text).encode(text);
        SymbolSequence memory = SymbolSequence.of(ids);
        SymbolSequence read = file.symbols(file.vocabulary());
        assertTrue(file.size() > TextScan.CHUNK, "one chunk only");
        int split = ids.length - ids.length / 10;
        for (Loss.At at : Loss.At.values()) {
            assertSameEpoch(
                    TextSource.training(memory, 0, split, rows, steps, at),
                    TextSource.training(read, 0, split, rows, steps, at));
        }
        assertSameEpoch(
                TextSource.evaluation(memory, split, ids.length, rows, steps),
                TextSource.evaluation(read, split, ids.length, rows, steps));
    }

    private static void assertSameEpoch(TextSource expected, TextSource source) {
        expected.start(0);
        source.start(0);
        long batches = 0;
        for (Batch batch = expected.next(); batch != null; batch = expected.next()) {
            Batch other = source.next();
            assertArrayEquals(batch.ids(), other.ids());
            assertArrayEquals(batch.classes(), other.classes());
            assertEquals(batch.isContinuing(), other.isContinuing());
            batches++;
        }
        assertEquals(null, source.next());
        assertEquals(batches, source.batches());
    }

    @Test
    void theReaderGivesTheTextWithoutItsMark() throws IOException {
        String text = mixed(999);
        char[] read = new char[2 * text.length()];
        int count = 0;
        try (java.io.Reader reader = scan(write(MARK + text)).reader()) {
            for (int got = reader.read(read); got >= 0; got = reader.read(read, count, read.length - count)) {
                count += got;
            }
        }
        assertEquals(text, new String(read, 0, count));
    }

    /** The byte at which a malformed character begins, as the JDK's decoder says it for the whole text at once. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "ff",
                "c0 80",
                "c3",
                "c3 28",
                "e2 82",
                "e2 82 28",
                "e0 80 80",
                "ed a0 80",
                "ed bf bf",
                "f0 9f 98",
                "f0 9f 98 28",
                "f0 80 80 80",
                "f4 90 80 80",
                "f5 80 80 80",
                "80",
                "c3 c3",
                "e4 b8 ad 80"
            })
    void malformedBytesAreNamedWhereverTheyLie(String hex) throws IOException {
        String[] bad = hex.split(" ");
        int within = hex.startsWith("e4") ? 3 : 0;
        for (int before : new int[] {0, 1, 2, 3, 4, 6, 7, 13}) { // about the borders of the chunks
            for (String after : List.of("", "yz".repeat(20))) {
                ByteArrayOutputStream bytes = new ByteArrayOutputStream();
                bytes.write("x".repeat(before).getBytes(StandardCharsets.UTF_8));
                for (String b : bad) {
                    bytes.write(Integer.parseInt(b, 16));
                }
                bytes.write(after.getBytes(StandardCharsets.UTF_8));
                FileBytes file = FileBytes.of(write(bytes.toByteArray()));
                assertRefused(
                        "line 1, character " + (before + within / 3 + 1) + ": byte " + (before + within) + " (0x",
                        file);
                bytes.write(0);
                assertRefused("byte " + (bytes.size() - 1) + " is NUL", FileBytes.of(write(bytes.toByteArray())));
            }
        }
    }

    private static void assertRefused(String expected, FileBytes file) {
        for (int chunk : new int[] {4, 7, TextScan.CHUNK}) {
            String message = assertThrows(
                            IllegalArgumentException.class, () -> TextScan.of(file, "a text", chunk, done -> {}))
                    .getMessage();
            assertTrue(
                    message.contains(expected) && message.contains(file.file().toString()), message);
        }
    }

    @Test
    void unknownCharactersAreNamedWithTheirPosition() throws IOException {
        Vocabulary known = Vocabulary.of("ab😀");
        TextFile file = scan(write(MARK + "ab😀".repeat(50_000) + "aé"));
        String message = assertThrows(IllegalArgumentException.class, () -> file.symbols(known))
                .getMessage();
        assertTrue(message.startsWith("character 150002, 'é' (U+00E9), is not in"), message);
        assertEquals(6, scan(write("ab😀😀ba")).symbols(known).length());
    }

    @Test
    void aFileThatChangesWhileInUseIsAnError() throws IOException {
        String text = "abcdefghij".repeat(5_000);
        Path path = write(text);
        TextFile file = scan(path);
        SymbolSequence symbols = file.symbols(file.vocabulary());
        FileTime modified = Files.getLastModifiedTime(path);
        PrimitiveIterator.OfInt reader = symbols.from(0);
        assertEquals(0, reader.nextInt());

        Files.setLastModifiedTime(path, FileTime.fromMillis(modified.toMillis() + 5_000));
        assertChanged("was modified", reader);
        write(text + "k");
        Files.setLastModifiedTime(path, modified);
        assertChanged("had 50000 bytes and now has 50001", symbols);
        write(text.replace('j', 'k'));
        Files.setLastModifiedTime(path, modified);
        assertChanged("other characters", symbols.from(0));
        Files.delete(path);
        assertChanged("is gone", symbols);
        write(text);
        Files.setLastModifiedTime(path, modified);
        assertEquals(text.length(), rest(symbols.from(0)).length);
    }

    private static void assertChanged(String how, SymbolSequence symbols) {
        assertMessage(how, assertThrows(UncheckedIOException.class, () -> symbols.from(0)));
    }

    private static void assertChanged(String how, PrimitiveIterator.OfInt reader) {
        assertMessage(how, assertThrows(UncheckedIOException.class, () -> rest(reader)));
    }

    private static void assertMessage(String how, UncheckedIOException e) {
        String message = e.getCause().getMessage();
        assertTrue(message.contains(how) && message.contains("has changed while it was in use"), message);
    }

    @Test
    void whatIsNoRegularFileIsHeldInMemory() throws IOException {
        Path regularButEmpty = Path.of("/proc/self/status");
        assumeTrue(Files.isReadable(regularButEmpty), "only Linux has /proc, whose files say a size of 0");
        TextFile file = scan(regularButEmpty);
        assertEquals(file.length(), rest(file.symbols(file.vocabulary()).from(0)).length);
        assertFalse(file.size() == 0);
    }

    private String refused(byte[] bytes) throws IOException {
        Path file = write(bytes);
        String message =
                assertThrows(IllegalArgumentException.class, () -> scan(file)).getMessage();
        assertTrue(message.startsWith(file + ": "), message);
        return message.substring(file.toString().length() + 2);
    }

    /** The command in the message makes the file UTF-8. */
    @ParameterizedTest
    @CsvSource({
        "UTF-16, UTF-16LE",
        "UTF-16, UTF-16BE",
        "UTF-16LE, UTF-16LE",
        "UTF-16BE, UTF-16BE",
        "UTF-32, UTF-32LE",
        "UTF-32, UTF-32BE"
    })
    void otherUnicodeIsCalledByItsName(String said, String written) throws IOException {
        String mark = said.equals(written) ? "" : MARK;
        String text = "t,größe\n0,1\n".repeat(300);
        byte[] bytes = (mark + text).getBytes(Charset.forName(written));
        String message = refused(bytes);
        Path path = write(bytes);
        assertTrue(
                message.equals("expected a text in UTF-8, but this is text in " + said.substring(0, 6)
                        + "; make it UTF-8: iconv -f " + said + " -t UTF-8 " + path + " > " + path + ".utf8"),
                message);
        String read = new String(bytes, Charset.forName(said));
        assertEquals(text, read.startsWith(MARK) ? read.substring(1) : read);
    }

    @Test
    void filesThatAreNoTextAreCalledByTheirName() throws IOException {
        assertTrue(refused(new byte[] {'P', 'K', 3, 4, 20, 0, 0, 0})
                .contains("but this is a zip archive or a workbook (.xlsx"));
        assertTrue(refused(new byte[] {0x1f, (byte) 0x8b, 8, 0}).contains("but this is an archive of gzip"));
        assertEquals(
                "byte 1 is NUL, so this is a binary file; expected a text in UTF-8", refused(new byte[] {'a', 0, 0}));
    }

    /** A word of a shell that stands for the file, whatever its name is. */
    private static String word(Path file) {
        return "'" + file.toString().replace("'", "'\\''") + "'";
    }

    @ParameterizedTest
    @CsvSource({"ISO-8859-1, 'größe, °C', LATIN1, Latin-1", "windows-1252, '5 € – „größe“', CP1252, Windows-1252"})
    void anOldEncodingIsSaidWithACommandThatHelps(String charset, String words, String name, String said)
            throws IOException, InterruptedException {
        String text = "a\nab" + words + "\n";
        for (String file : List.of("old.txt", "with blanks & 'marks'.txt", "$HOME;`x`.txt")) {
            Path path = Files.write(folder.resolve(file), text.getBytes(charset));
            String message = assertThrows(IllegalArgumentException.class, () -> scan(path))
                    .getMessage();
            int character = 3 + words.chars().takeWhile(c -> c < 128).toArray().length;
            assertTrue(
                    message.startsWith(
                            path + ": line 2, character " + character + ": byte " + (character + 1) + " (0x"),
                    message);
            assertTrue(
                    message.contains(") is not UTF-8; expected a text in UTF-8. If it is " + said + ": iconv"),
                    message);
            String command = message.substring(message.indexOf("iconv"));
            String shown = file.equals("old.txt") ? path.toString() : word(path);
            assertTrue(command.startsWith("iconv -f " + name + " -t UTF-8 " + shown + " > "), command);
            assertEquals(0, new ProcessBuilder("sh", "-c", command).start().waitFor(), command);
            assertEquals(text, Files.readString(Path.of(path + ".utf8")));
        }
    }

    @Test
    void aBrokenPlaceInUtf8IsNotTakenForAnOldEncoding() throws IOException, InterruptedException {
        byte[] bytes = "größe\n\u00e4x\u00ff\n".getBytes(StandardCharsets.UTF_8);
        bytes[bytes.length - 3] = 'b'; // of ÿ the second byte stays
        Path path = write(bytes);
        String message = refused(bytes);
        assertTrue(message.startsWith("line 2, character 4: byte 12 (0xBF) is not UTF-8"), message);
        String command = message.substring(message.indexOf("iconv"));
        new ProcessBuilder("sh", "-c", command).start().waitFor(); // says that it left something out
        assertEquals("größe\näxb\n", Files.readString(Path.of(path + ".utf8")));
    }
}
