package org.bptt4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
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
        assertTrue(
                refused(table)
                        .endsWith("read only columns of numbers, without 'day' (line 2: '2020-01-25'): --columns v"),
                refused(table));
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

    private void assertSuspected(String expected, String table) {
        for (List<String> columns : Arrays.asList(null, List.of("v"))) {
            CsvFile.of("t.csv", table, warnings::add).series(columns, null, 20);
            assertEquals(1, warnings.size(), warnings.toString());
            assertTrue(warnings.get(0).startsWith("t.csv: " + expected), warnings.get(0));
            assertTrue(warnings.get(0).contains("give each a file of its own"), warnings.get(0));
            warnings.clear();
        }
    }

    /** 300 rows of each: a step of the time and the number of the series. */
    @Test
    void numbersThatNameThem() {
        assertSuspected(
                "column 't', line 302: it goes back from '299' to '0', just where column 'id' changes, so the file seems to"
                        + " hold 3 series, one after another",
                table("id,t,v", 900, i -> i / 300 + "," + i % 300 + "," + i * i % 7));
        assertSuspected(
                "column 't', line 302: it goes back from '299' to '0', just where column 'n' changes",
                table("n,t,v", 900, i -> 1000 + 17 * (i / 300) + "," + i % 300 + "," + i * i % 7));
        assertSuspected(
                "column 't', line 302: it goes back from '299' to '0', so the file seems to hold 2 series",
                table("t,v", 600, i -> i % 300 + "," + i * i % 7));
        assertSuspected(
                "column 't', line 52: it goes back from '4.9' to '0.0', so",
                table("t,v", 150, i -> i % 50 / 10 + "." + i % 10 + "," + i * i % 7));
        // Turbines run until they fail: times of different lengths, from 1 on.
        assertSuspected(
                "column 'cycle', line 193: it goes back from '191' to '1', just where column 'unit' changes",
                table("unit,cycle,v", 300, i -> i < 191 ? "1," + (i + 1) + ",5." + i : "2," + (i - 190) + ",5." + i));
        assertSuspected(
                "column 'hour', line 26: it goes back from '23' to '0', just where column 'station_id' changes",
                table("station_id,hour,v", 72, i -> 7 * (i / 24) + "," + i % 24 + "," + i * i % 7));
        assertSuspected(
                "column 'id' seems to number series whose rows take turns",
                table("t,id,v", 90, i -> i / 3 + "," + (1 + i % 3) + "," + i * i % 7));
        assertSuspected(
                "column 'id' seems to name 3 series ('1', '2', '3'), one after another",
                table("id,v", 90, i -> 1 + i / 30 + "," + i * i % 7));
        // A row's number before them, as pandas writes it.
        assertSuspected(
                "column 't', line 42: it goes back from '39' to '0', just where column 'id' changes",
                table(",id,t,v", 80, i -> i + "," + i / 40 + "," + i % 40 + "," + i * i % 7)
                        .replaceFirst("^,", "row,"));
    }

    @Test
    void whatCountsWithinThePeriodsOfACalendar() {
        assertOne(table("year,month,v", 60, i -> 1990 + i / 12 + "," + (1 + i % 12) + "," + i * i % 7));
        assertOne(table("year,month,v", 60, i -> 1990 + (i + 4) / 12 + "," + (1 + (i + 4) % 12) + "," + i * i % 7));
        assertOne(table("day,hour,v", 200, i -> 1 + (i + 17) / 24 + "," + (i + 17) % 24 + "," + i * i % 7));
        assertOne(table("hour,minute,v", 200, i -> i / 6 + "," + 10 * (i % 6) + "," + i * i % 7));
        assertOne(table("weekday,v", 200, i -> i % 7 + "," + i * i % 11));
        assertOne(table("year,doy,v", 1000, i -> 2001 + i / 365 + "," + (1 + i % 365) + "," + i * i % 7));
        assertOne(table("time,v", 900, i -> (i / 12 % 24 * 100 + i % 12 * 5) + "," + i * i % 7));
        LocalDate first = LocalDate.of(2020, 1, 25);
        assertOne(table(
                "m,d,v",
                400,
                i -> first.plusDays(i).getMonthValue() + "," + first.plusDays(i).getDayOfMonth() + "," + i * i % 7));
        assertOne(table("hour,v", 96, i -> i / 4 % 24 + "," + i * i % 7));
    }

    @Test
    void whatIsMeasured() {
        assertOne(table("row,v", 300, i -> i + "," + i * i % 7));
        assertOne(table("wave,v", 300, i -> Math.abs(i % 40 - 20) + "," + i * i % 7));
        assertOne(table("setpoint,v", 300, i -> i / 50 % 3 + "," + i * i % 7));
        assertOne(table("switch,v", 300, i -> i % 2 + "," + i * i % 7));
        assertOne(table("left,v", 300, i -> 300 - i + "," + i * i % 7));
        assertOne(table("sunspots,v", 300, i -> i * 7919 % 101 + "," + i * i % 7));
    }
}
