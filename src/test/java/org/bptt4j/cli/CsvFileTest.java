package org.bptt4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.bptt4j.data.Series;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CsvFileTest {
    private final List<String> warnings = new ArrayList<>();

    private CsvFile parse(String text) {
        return CsvFile.of("t.csv", text, warnings::add);
    }

    @Test
    void readsColumnsInTheOrderAskedFor() {
        Series series = parse("day,a, b \nmon,1,2\n\n\"tue\",3, -4e1\n").series(List.of("b", "a"), null, 1);
        assertEquals(List.of("b", "a"), series.columns());
        assertEquals(2, series.rows());
        assertEquals(2, series.value(0, 0));
        assertEquals(-40, series.value(1, 0));
        assertEquals(1, series.truth(0));
        assertEquals(3, series.truth(1));
        assertEquals("a", series.targetName());
    }

    @Test
    void readsAllColumnsAndForecastsTheLastUnlessTold() {
        String text = "a,b\n1,2\n3,4\n";
        assertEquals("b", parse(text).series(null, null, 1).targetName());
        assertEquals("a", parse(text).series(null, "a", 1).targetName());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            ignoreLeadingAndTrailingWhitespace = true,
            value = {
                "a,b;1,2;x,4        | t.csv: line 3, column 'a': 'x' is not a number | --columns b",
                "a,b;1,2;;x,4       | line 4, column 'a'                             | --columns b",
                "a,b;1,2;3,         | line 3, column 'b': the cell is empty          | leave the row out",
                "a,b;1,NaN;3,4      | line 2, column 'b': NaN is not a finite number | leave the row out",
                "a,b;1,2;3          | line 3 has 1 cell, the header has 2           | every column",
                "a,a;1,2;3,4        | line 1, column 2: the name 'a' is used twice   | name of its own",
                "1,2;3,4            | line 1 looks like data: '1' stands over        | put a line with the columns' names before it",
                "a,b;1,2            | has 1 row below the header, at least 2        | needed",
                "a;\"1             | is not CSV                                     | t.csv",
            })
    void errorsSayWhereAndWhatToDo(String text, String where, String what) {
        String message = assertThrows(
                        UsageException.class,
                        () -> parse(text.replace(';', '\n')).series(null, null, 2))
                .getMessage();
        assertTrue(message.contains(where) && message.contains(what), message);
        assertTrue(message.startsWith("t.csv"), message);
    }

    @Test
    void aMissingColumnNamesTheNearest() {
        CsvFile csv = parse("month,sunspots\n1,2\n");
        String message = assertThrows(UsageException.class, () -> csv.series(List.of("Sunspot"), null, 1))
                .getMessage();
        assertTrue(message.contains("did you mean 'sunspots'?"), message);
        message = assertThrows(UsageException.class, () -> csv.series(List.of("month"), "sunspots", 1))
                .getMessage();
        assertTrue(message.contains("--columns month,sunspots"), message);
        assertThrows(UsageException.class, () -> csv.series(List.of("month", "month"), null, 1));
    }
}
