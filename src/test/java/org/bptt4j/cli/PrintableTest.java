package org.bptt4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PrintableTest {
    @Test
    void whatATerminalObeysIsAnEscape() {
        assertEquals("\\u001b]0;pwned\\u0007\\u001b[2J", Printable.of("\u001b]0;pwned\u0007\u001b[2J"));
        assertEquals("a\\tb\\nc\\rd", Printable.of("a\tb\nc\rd"));
        assertEquals("\\u009b31m\\u007f\\u0000", Printable.of("\u009b31m\u007f\u0000"));
        assertEquals("\\u202egnp.exe\\u2066", Printable.of("\u202egnp.exe\u2066"));
        assertEquals("\\u2028\\ufeff\\ud800", Printable.of("\u2028\ufeff\ud800"));
        assertEquals("\\udb40\\udc41", Printable.of(Character.toString(0xe0041)));
    }

    @Test
    void otherTextStaysAsItIs() {
        String text = "größe C:\\temp 'x' 温度 می\u200cخواهم " + Character.toString(0x1f600);
        assertEquals(text, Printable.of(text));
    }

    @Test
    void longTextsAreCutBetweenCharacters() {
        String face = Character.toString(0x1f600);
        assertEquals(face.repeat(60), Printable.of(face.repeat(60)));
        assertEquals(face.repeat(60) + "…", Printable.of(face.repeat(61)));
        assertEquals("x".repeat(5000), Printable.whole("x".repeat(5000)));
    }

    @Test
    void longListsAreCut() {
        assertEquals("'a', 'b'", Printable.list(List.of("a", "b")));
        List<String> names = IntStream.range(0, 100).mapToObj(Integer::toString).toList();
        assertEquals("'0', '1', '2', '3', '4', '5' … and 94 more", Printable.list(names));
    }
}
