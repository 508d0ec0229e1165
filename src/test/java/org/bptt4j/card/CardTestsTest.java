package org.bptt4j.card;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class CardTestsTest {
    private static final Path SOURCES = Path.of("src/test/java");

    /** Run by {@link CardTests} only, which passes over the one without the tag. */
    static class Example {
        @Test
        @Tag("card")
        void passes() {
            assertEquals(2, 1 + 1);
        }

        @Test
        void isOfNoCard() {
            throw new IllegalStateException("not to be run");
        }
    }

    /** The same with one that fails. */
    static class Failing extends Example {
        @Test
        @Tag("card")
        void fails() {
            throw new IllegalStateException("as it should");
        }
    }

    @Test
    void testsWithTheTagAreRunAndFailuresSayWhy() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
        assertTrue(CardTests.run(Example.class.getName(), out));
        String text = bytes.toString(StandardCharsets.UTF_8);
        assertTrue(text.contains("\"state\":\"ok\",\"passed\":1,\"failed\":0,\"skipped\":0"), text);
        assertFalse(CardTests.run(Failing.class.getName(), out));
        text = bytes.toString(StandardCharsets.UTF_8);
        assertTrue(text.contains("\"state\":\"FAILED\",\"passed\":1,\"failed\":1,\"skipped\":0"), text);
        assertTrue(text.contains("FAILED CardTestsTest$Failing fails()"), text);
        assertTrue(text.contains("IllegalStateException: as it should"), text);
    }

    @Test
    void aClassWithoutSuchTestsFails() {
        PrintStream out = new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8);
        assertFalse(CardTests.run(JsonLines.class.getName(), out));
    }

    /** What gpu.sh goes through: a class that is tagged and not listed would never run on a card. */
    @Test
    void theListHasAllClassesWithTheTag() throws IOException {
        try (Stream<Path> files = Files.walk(SOURCES)) {
            TreeSet<String> tagged = files.filter(CardTestsTest::isTagged)
                    .map(file -> SOURCES.relativize(file)
                            .toString()
                            .replace(".java", "")
                            .replace('/', '.'))
                    .collect(Collectors.toCollection(TreeSet::new));
            TreeSet<String> listed = Files.readAllLines(Path.of("benchmarks/card-tests")).stream()
                    .filter(line -> !line.startsWith("#"))
                    .map(line -> line.split(" ", -1)[0])
                    .collect(Collectors.toCollection(TreeSet::new));
            assertEquals(tagged, listed);
        }
    }

    private static boolean isTagged(Path file) {
        try {
            return file.toString().endsWith(".java")
                    && !file.endsWith("CardTestsTest.java")
                    && Files.readString(file).contains("@Tag(\"card\")");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
