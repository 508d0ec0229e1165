package org.bptt4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bptt4j.data.Series;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** First lines that are names, or data; and advice that works when it is followed to the letter. */
class CsvHeaderTest {
    private static final Pattern OPTION = Pattern.compile("--columns ('[^']*'|\\S+)");

    private final List<String> warnings = new ArrayList<>();

    private Series read(String text, String columns) {
        List<String> names = columns == null ? null : ColumnNames.parse(List.of(columns));
        return CsvFile.of("t.csv", text, warnings::add).series(names, null, 1);
    }

    private String refused(String text) {
        return assertThrows(UsageException.class, () -> read(text, null)).getMessage();
    }

    /** The columns that the message's advice reads. */
    private List<String> followed(String text) {
        Matcher option = OPTION.matcher(refused(text));
        assertTrue(option.find(), refused(text));
        return read(text, option.group(1).replace("'", "")).columns();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                ",v,w;0,1,2;1,2,3                                | [v, w]",
                "x,x,v;a,b,1;a,b,2                               | [v]",
                "x,x,v;1,2,1;3,4,2                               | [v]",
                "t,v,;0,1,;1,2,                                  | [t, v]",
                "when,\"T, degC\",\"p, mbar\";day 0,1,2;day 1,2,3 | [T, degC, p, mbar]",
                "id,v;0D,1;1F,2                                  | [v]",
                "a,b;1,2;x,4                                     | [b]",
                "2020,2021,2022;1.5,2.5,3.5;2,3,4                | [2020, 2021, 2022]",
                "land,2020,2021;de,1.5,2.5;fr,2.5,3.5             | [2020, 2021]",
                "\"t\", \"v\", \"w\";x, \"50.3\", 1;y, \"54.1\", 2 | [v, w]",
            })
    void adviceWorksWhenItIsFollowed(String text, String columns) {
        assertEquals(columns, followed(text.replace(';', '\n')).toString());
        assertEquals(List.of(), warnings);
    }

    /** No advice reads the first row as names: the message wants a line before it, and then its advice is right. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "2020-01-01,50.0;2020-01-02,53.9 | '50.0' stands over a column of numbers | when,v",
                "50.0,1.5;53.9,1.6               | '50.0' stands over a column of numbers | u,v",
                "50;53                           | '50' stands over a column of numbers   | v",
                "7,5;8,6                         | '7' stands over a column of numbers    | u,v",
                "mon,5;tue,6                     | '5' stands over a column of numbers    | day,v",
                "-1e5,x;2,y                      | '-1e5' stands over                     | v,u",
            })
    void aFirstLineOfDataIsNotTakenForNames(String text, String evidence, String names) {
        String table = text.replace(';', '\n');
        String message = refused(table);
        assertTrue(message.startsWith("t.csv: line 1 looks like data: " + evidence), message);
        assertTrue(message.endsWith("put a line with the columns' names before it"), message);
        String named = names + "\n" + table;
        Series series = assertReadable(named);
        assertEquals(2, series.rows());
    }

    private Series assertReadable(String text) {
        try {
            return read(text, null);
        } catch (UsageException e) {
            return read(text, followed(text).get(0));
        }
    }

    @Test
    void whoInsistsIsWarned() {
        assertEquals(1, read("2020-01-01,50.0\n2020-01-02,53.9\n", "50.0").rows());
        assertEquals(
                List.of(
                        "t.csv: line 1 was taken for the columns' names, but looks like data: '50.0' stands over a column of"
                                + " numbers; if it is, put a line with the columns' names before it"),
                warnings);
        warnings.clear();
        assertTrue(refused("7,9\n8,10\n").contains("if it is no data but the names, read --columns 7,9"));
        read("7,9\n8,10\n", "7,9");
        assertEquals(1, warnings.size(), "they may be the first row all the same");
    }

    @Test
    void yearsAndHorizonsAreNames() {
        assertEquals(
                List.of("2020", "2021"),
                read("2020,2021\n1.5,2.5\n", "2020,2021").columns());
        assertEquals(
                List.of("2021"), read("land,2020,2021\nde,1.5,2.5\n", "2021").columns());
        assertEquals(
                List.of("t", "2020", "2021"), read("t,2020,2021\n0,1,2\n", null).columns());
        assertEquals(List.of("1d", "7d"), read("1d,7d\n1.5,2.5\n", null).columns());
        assertEquals(List.of(), warnings);
    }

    @Test
    void aNameWithACommaIsFoundByItsParts() {
        String text = "when,\"T, degC\",\"p, mbar\"\nx,1,2\n";
        String message =
                assertThrows(UsageException.class, () -> read(text, "T, degC")).getMessage();
        assertTrue(message.endsWith("a name with a comma stands in double quotes: --columns '\"T, degC\"'"), message);
        assertEquals(List.of("T, degC"), read(text, "\"T, degC\"").columns());
        message = assertThrows(
                        UsageException.class,
                        () -> CsvFile.of("t.csv", text, warnings::add).series(List.of("T, degC"), "p, mbar", 1))
                .getMessage();
        assertEquals(
                "--target 'p, mbar' is not among the columns read: give --columns '\"T, degC\",\"p, mbar\"'", message);
    }

    @Test
    void wherePartsCannotHelpTheFileIsToChange() {
        String message = refused("x,x\n1,2\n");
        assertTrue(message.contains("line 1, column 2: the name 'x' is used twice"), message);
        assertFalse(message.contains("--columns"), message);
    }
}
