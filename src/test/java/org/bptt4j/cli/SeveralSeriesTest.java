package org.bptt4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tables of several series, and tables of one that look like them. */
class SeveralSeriesTest {
    private static final int DAYS = 40;

    private final List<String> warnings = new ArrayList<>();

    private static String table(String header, int rows, IntFunction<String> row) {
        StringBuilder table = new StringBuilder(header + "\n");
        for (int i = 0; i < rows; i++) {
            table.append(row.apply(i)).append('\n');
        }
        return table.toString();
    }

    private static String day(int i, String pattern) {
        return LocalDate.of(2020, 1, 25).plusDays(i).format(DateTimeFormatter.ofPattern(pattern, Locale.ROOT));
    }

    private static String series(int i) {
        return List.of("A", "B", "C").get(i / DAYS);
    }

    private String refused(String table) {
        return assertThrows(
                        UsageException.class,
                        () -> CsvFile.of("t.csv", table, warnings::add).series(null, null, 20))
                .getMessage();
    }

    /** Refused as a whole without advice to read some of the columns; whoever does so all the same is warned. */
    private void assertSeveral(String expected, String table) {
        String message = refused(table);
        assertTrue(message.startsWith("t.csv: " + expected), message);
        assertFalse(message.contains("--columns"), message);
        assertEquals(List.of(), warnings);
        CsvFile.of("t.csv", table, warnings::add).series(List.of("v"), null, 20);
        assertEquals(List.of(message), warnings);
        warnings.clear();
    }

    private void assertOne(String table) {
        CsvFile.of("t.csv", table, warnings::add).series(List.of("v"), null, 20);
        assertEquals(List.of(), warnings);
    }

    @Test
    void aColumnThatNamesThem() {
        String names =
                "column 'id' seems to name 3 series ('A', 'B', 'C'), one after another; they must not be trained as one";
        assertSeveral(names, table("id,v", 3 * DAYS, i -> series(i) + "," + i % DAYS));
        assertSeveral(names, table("v,id", 3 * DAYS, i -> i % DAYS + "," + series(i)));
        assertSeveral(names, table("id,t,v", 3 * DAYS, i -> series(i) + "," + i % DAYS + ",5"));
        assertSeveral(
                names,
                table("id,day,v", 3 * DAYS, i -> series(i) + "," + day(i % DAYS, "yyyy-MM-dd") + "," + i % DAYS));
        assertSeveral(
                "column 'id' seems to name 30 series ('0D', '1D', '2D' …), one after another",
                table("id,v", 60, i -> i / 2 + "D," + i));
    }

    /** After the advice there is one series in a file, and the next advice is right. */
    @Test
    void aFileOfItsOwnForEachIsFine() {
        String table = table("id,day,v", DAYS, i -> "A," + day(i, "yyyy-MM-dd") + "," + i);
        assertTrue(refused(table).endsWith("read only columns of numbers: --columns v"), refused(table));
        assertOne(table);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "yyyy-MM-dd",
                "yyyyMMdd",
                "yyyy-M-d",
                "yyyy/MM/dd",
                "yyyy-MM-dd'T'00:00:00'Z'",
                "yyyy-MM-dd 12:30",
                "dd.MM.yyyy",
                "M/d/yyyy",
                "d/M/yyyy",
                "MM-dd-yyyy"
            })
    void datesThatGoBack(String pattern) {
        String table = table("day,v", 3 * DAYS, i -> day(i % DAYS, pattern) + "," + i % DAYS);
        assertSeveral(
                "column 'day', line " + (DAYS + 2) + ": it goes back from '" + day(DAYS - 1, pattern) + "' to '"
                        + day(0, pattern) + "', so the file seems to hold 3 series, one after another",
                table);
        assertOne(table("day,v", 2 * DAYS, i -> day(i, pattern) + "," + i));
    }

    @Test
    void rowsThatRunBackwards() {
        assertSeveral(
                "column 'day', line 3: it goes back from '2020-03-04' to '2020-03-03'; sort the rows by time",
                table("day,v", DAYS, i -> day(DAYS - 1 - i, "yyyy-MM-dd") + "," + i));
    }

    @Test
    void rowsThatTakeTurns() {
        assertSeveral(
                "column 'shop' seems to name 3 series ('A', 'B', 'C'), whose rows take turns",
                table("day,shop,v", 3 * DAYS, i -> day(i / 3, "yyyy-MM-dd") + "," + series(i % 3 * DAYS) + "," + i));
    }

    @Test
    void whatIsOneSeries() {
        assertOne(table("weekday,v", DAYS, i -> List.of("Mon", "Tue", "Wed").get(i % 3) + "," + i));
        assertOne(table(
                "day,weekday,v",
                DAYS,
                i -> day(i, "yyyy-MM-dd") + "," + List.of("Mon", "Tue").get(i % 2) + "," + i));
        assertOne(table("day,hour,v", 240, i -> day(i / 24, "yyyy-MM-dd") + "," + i % 24 + ":00," + i));
        assertOne(table("day,phase,v", 2 * DAYS, i -> day(i, "yyyy-MM-dd") + "," + series(i) + "," + i));
        assertOne(table("month,v", 2 * DAYS, i -> "2020-0" + (1 + i / 20) + "," + i));
        assertOne(table("station,v", DAYS, i -> "Kiel," + i));
        assertOne(table("stamp,v", DAYS, i -> "t" + i + "," + i));
        assertOne(table("remark,v", DAYS, i -> (i < 20 ? "" : "new sensor") + "," + i));
        assertOne(table("year,month,v", 5 * 12, i -> 2000 + i / 12 + "," + i % 12 + "," + i));
        assertOne(table("empty,v,", DAYS, i -> "," + i + ","));
    }

    /** In autumn an hour comes twice; noon comes after eleven. */
    @Test
    void clocksArePutBack() {
        LocalDateTime start = LocalDateTime.of(2020, 10, 24, 0, 0);
        assertOne(table("time,v", 48, i -> start.plusHours(i > 26 ? i - 1 : i) + "," + i));
        DateTimeFormatter american = DateTimeFormatter.ofPattern("M/d/yyyy h:mm a", Locale.ENGLISH);
        assertOne(table("time,v", 48, i -> start.plusHours(i).format(american) + "," + i));
    }

    @Test
    void aDateOfDigitsIsReadAmongTheNumbers() {
        String message = refused(table("date,v", 2 * DAYS, i -> day(i % DAYS, "yyyyMMdd") + "," + i));
        assertTrue(message.contains("it goes back from '20200304' to '20200125'"), message);
    }
}
