package org.bptt4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ProgressTest {
    private static final long SECOND = 1_000_000_000L;

    private long now;

    /** 420 of 1000 updates after 12 s. */
    private BarLine line(String figure) {
        Pace pace = new Pace(0, 1000, () -> now);
        BarLine line = new BarLine(pace);
        now = 12 * SECOND;
        pace.at(420);
        line.words("train 1.234 bpc");
        line.figure(figure);
        return line;
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "100 | ' 42% [============>                 ] 420/1000 35.0 updates/s ETA 0:17 train 1.234 bpc valid 2.168 bpc'",
                "80  | ' 42% [====>       ] 420/1000 ETA 0:17 train 1.234 bpc valid 2.168 bpc'",
                "60  | ' 42% [===>     ] ETA 0:17 train 1.234 bpc valid 2.168 bpc'",
                "40  | ' 42% [==>   ] ETA 0:17 valid 2.168 bpc'",
                "20  | ' 42% [=>  ] 0:17 2.168'",
                "12  | ' 42% 0:17'",
                "3   | ' 42'",
                "0   | ''",
            })
    void everyWidthShowsWhatItCan(int width, String expected) {
        String shown = line("valid 2.168 bpc").render(width);
        assertTrue(shown.length() <= width, shown);
        for (String part : expected.replaceAll("\\[.*?]", "").split(" +")) {
            assertTrue(shown.contains(part), () -> "'" + part + "' is not in '" + shown + "'");
        }
        assertEquals(width >= 20, shown.contains("["), shown);
    }

    /** Bar, percentage, ETA and figure: with long numbers, in a run of days, at the end. */
    @ParameterizedTest
    @ValueSource(ints = {200, 80, 60, 40})
    void whatMattersIsAlwaysThere(int width) {
        Pace pace = new Pace(0, 2_000_000_000, () -> now);
        BarLine line = new BarLine(pace);
        assertTrue(line.render(width).contains("-:--"), line.render(width));
        now = 200_000 * SECOND;
        pace.at(700_000_000);
        line.words("training loss 0.0001234 loss");
        line.figure("valid 1.234e+05 rmse");
        for (String part : new String[] {" 35% [", "] ", "4d 07h", "1.234e+05"}) {
            assertTrue(line.render(width).contains(part), line.render(width));
        }
        pace.at(2_000_000_000);
        for (String part : new String[] {"100% [", "=] ", "0:00", "1.234e+05"}) {
            assertTrue(line.render(width).contains(part), line.render(width));
        }
        assertTrue(line.render(width).length() <= width);
    }

    @Test
    void thereIsNoFigureBeforeTheFirst() {
        assertTrue(line("").render(40).endsWith("ETA 0:17"), line("").render(40));
    }

    @Test
    void aPartOfARunCountsItsOwnUpdatesOnly() {
        Pace pace = new Pace(900, 1000, () -> now);
        assertEquals("-:--", pace.remaining());
        now = 10 * SECOND;
        pace.at(920);
        assertEquals("2.0 updates/s", pace.speed("updates"));
        assertEquals("0:40", pace.remaining());
        assertEquals(92, pace.percent());
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0:00",
        "59.4, 0:59",
        "59.6, 1:00",
        "3723, 1:02:03",
        "359999, 99:59:59",
        "360000, 4d 04h",
        "1e300, years"
    })
    void timesAreShort(double seconds, String expected) {
        assertEquals(expected, Pace.time(seconds));
    }

    @Test
    void speedsBelowATenthAreTurnedRound() {
        Pace pace = new Pace(0, 10, () -> now);
        pace.at(1);
        now = 30 * SECOND;
        assertEquals("30.0 s/update", pace.speed("updates"));
    }

    /** A number is written in one way, that of the options, wherever it stands in what a run says. */
    @Test
    void thousandsAreNotGrouped() {
        StringWriter text = new StringWriter();
        PlainProgress plain = new PlainProgress(new Pace(0, 60_000, () -> now), () -> now, new PrintWriter(text));
        now = 6 * SECOND;
        plain.at(12_000, "loss 0.5");
        assertEquals(
                "update 12000 of 60000; 20 %, 0:06 elapsed, 2000 updates/s, ETA 0:24, loss 0.5",
                text.toString().strip());
    }

    @Test
    void plainLinesSayAll() {
        StringWriter text = new StringWriter();
        PlainProgress plain = new PlainProgress(new Pace(0, 1000, () -> now), () -> now, new PrintWriter(text));
        plain.at(1, "loss 9");
        assertEquals("", text.toString());
        now = 6 * SECOND;
        plain.at(300, "loss 0.5");
        plain.figure("valid 2.168 bpc");
        now = 10 * SECOND;
        plain.at(420, "loss 0.25");
        now = 12 * SECOND;
        plain.at(480, "loss 0.125");
        plain.note("update 480 of 1000, valid 2.168 bpc, the best so far");
        assertEquals("""
                update 300 of 1000; 30 %, 0:06 elapsed, 50.0 updates/s, ETA 0:14, loss 0.5
                update 480 of 1000; 48 %, 0:12 elapsed, 40.0 updates/s, ETA 0:13, loss 0.125, valid 2.168 bpc
                update 480 of 1000, valid 2.168 bpc, the best so far; 48 %, 0:12 elapsed, 40.0 updates/s, ETA 0:13, \
                loss 0.125
                """, text.toString().replace("\r", ""));
    }

    /** In the tenth hour a line comes every minute. */
    @Test
    void longRunsHaveFewerLines() {
        StringWriter text = new StringWriter();
        PlainProgress plain = new PlainProgress(new Pace(0, 1000, () -> now), () -> now, new PrintWriter(text));
        for (int s = 36_000; s < 36_600; s++) {
            now = s * SECOND;
            plain.at(500, "loss 1");
        }
        assertEquals(10, text.toString().lines().count());
    }

    @Test
    void othersLinesGoAboveTheBarWhole() {
        ByteArrayOutputStream screen = new ByteArrayOutputStream();
        BarProgress.Shared shared = new BarProgress.Shared(new PrintStream(screen, true, StandardCharsets.UTF_8));
        PrintStream others = new PrintStream(shared, true, StandardCharsets.UTF_8);
        shared.draw(" 42% [=>]");
        others.print("INFO half ");
        shared.draw(" 43% [=>]");
        others.println("a line");
        shared.draw(" 44% [=>]");
        shared.line("a note");
        shared.draw(" 45%");
        shared.end();
        assertEquals("INFO half a line\na note\n 45%\n", onScreen(screen.toString(StandardCharsets.UTF_8)));
        assertFalse(screen.toString(StandardCharsets.UTF_8).contains("\u001b"));
    }

    /** What a terminal shows that knows no more than carriage returns, without blanks at the ends of lines. */
    private static String onScreen(String written) {
        StringBuilder screen = new StringBuilder();
        for (String line : written.replace(System.lineSeparator(), "\n").split("(?<=\n)")) {
            StringBuilder row = new StringBuilder();
            int column = 0;
            for (char c : line.toCharArray()) {
                if (c == '\r') {
                    column = 0;
                } else if (c != '\n') {
                    row.setLength(Math.max(row.length(), column + 1));
                    row.setCharAt(column++, c);
                }
            }
            screen.append(row.toString().stripTrailing()).append('\n');
        }
        return screen.toString();
    }
}
