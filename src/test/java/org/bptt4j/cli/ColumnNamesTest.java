package org.bptt4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ColumnNamesTest {
    @Test
    void aNameWithACommaStandsInQuotes() {
        assertEquals(List.of("T, degC", "when"), ColumnNames.parse(List.of("\"T, degC\",when")));
        assertEquals(List.of("a", "b", "T, degC"), ColumnNames.parse(List.of("a, b", "\"T, degC\"")));
        assertEquals(List.of("5\" pipe"), ColumnNames.parse(List.of("5\" pipe")));
        assertEquals("--columns '\"T, degC\",when'", ColumnNames.option(List.of("T, degC", "when")));
        assertEquals("--columns a,b_c,größe", ColumnNames.option(List.of("a", "b_c", "größe")));
        assertEquals("--columns=-a", ColumnNames.option(List.of("-a")));
        assertEquals("--target 'T, degC'", ColumnNames.option("--target", "T, degC"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a,,b", "a,", "\"a", "\"a\"b"})
    void namesThatAreNone(String value) {
        UsageException e = assertThrows(UsageException.class, () -> ColumnNames.parse(List.of(value)));
        assertTrue(e.getMessage().startsWith("--columns"), e.getMessage());
    }

    @Test
    void manyNamesAreNotWrittenOut() {
        List<String> names =
                IntStream.range(0, 1000).mapToObj(i -> "column" + i).toList();
        assertTrue(ColumnNames.option(names).endsWith("'column5' … and 994 more"), ColumnNames.option(names));
    }

    /** What a message says is pasted into a shell and comes out as the names it was made of. */
    @Test
    void aShellGivesTheNamesBack() throws IOException, InterruptedException {
        List<String> names = List.of(
                "T, degC",
                "it's",
                "\"quoted\"",
                "$HOME",
                "`id`",
                "a\\b",
                "*",
                "~",
                "=ls",
                "line\nbreak",
                "tab\there",
                "\u001b[31m",
                "a;b|c&d",
                "温度",
                "\u202eabc",
                "!x",
                "#",
                "5\" pipe",
                "-a");
        for (String name : names) {
            assertEquals(List.of(name), pasted(ColumnNames.option(List.of(name))));
        }
        assertEquals(names, pasted(ColumnNames.option(names)));
    }

    private static List<String> pasted(String option) throws IOException, InterruptedException {
        assertEquals(option, Printable.whole(option), "nothing a terminal obeys");
        Process shell = new ProcessBuilder("bash", "-c", "export LC_ALL=C; printf '%s\\0' " + option)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String said = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, shell.waitFor());
        assertTrue(said.startsWith("--columns"), said);
        return ColumnNames.parse(List.of(said.substring("--columns".length() + 1, said.length() - 1)));
    }
}
