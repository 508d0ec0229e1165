package org.bptt4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.bptt4j.data.Series;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

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
                "a,b;1,2;3,         | line 3, column 'b': the cell is empty          | that of the row before: without the row",
                "a,b;1,NaN;3,4      | line 2, column 'b': NaN is not a finite number | or begin the table below this row",
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

    private String refused(String text) {
        return assertThrows(UsageException.class, () -> parse(text).series(null, null, 1))
                .getMessage();
    }

    /** "line 22, column 'v': the cell is empty": a gap in a table of one column looks like a blank line. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "v\n1\n\n3\n",
                "v\r\n1\r\n\r\n3\r\n",
                "v\n1\n\n\n3\n",
                "v\n1\n  \t\n3",
                "v\n1\n\"\"\n3\n",
                "v\n1\n\"\"\n",
                "v\n1\n\u001a\n3\n"
            })
    void aBlankLineOfAOneColumnTableIsAnEmptyCell(String text) {
        assertEquals(
                "t.csv: line 3, column 'v': the cell is empty; fill in a number, such as that of the row before: without the"
                        + " row the series would close up over the gap",
                refused(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\n", "\n\n\n", "   ", "\n  \n\t\n", "\u001a", "\n\u001a", "\n\n\u001a\n"})
    void blankLinesAndAMarkAtTheEndAreNone(String end) {
        for (String table : List.of("v\n1\n3\n", "\n\nv\n1\n3\n", "t,v\n0,1\n1,3\n", "t,v\r\n0,1\r\n\r\n1,3\r\n")) {
            Series series = parse(table + end).series(null, null, 1);
            assertEquals(2, series.rows());
            assertEquals(3, series.truth(1));
        }
    }

    @Test
    void linesAreThoseOfTheFile() {
        assertTrue(refused("a,b\r\n1,2\r\n\r\n3,\r\n").contains("line 4, column 'b'"));
        assertTrue(refused("a,b\n1,\"2\n\"\n\n\"\n3\",x\n").contains("line 5, column 'b'"), "where its row begins");
        assertTrue(refused("\"a\nb\",c\n1,2\n3\n").contains("line 4 has 1 cell, the header has 2"));
        assertTrue(refused("a\r1\rx\r").contains("line 3, column 'a'"));
        assertTrue(refused("a,b\n1,2\n\"3,4\n5,6\n").contains("line 3: is not CSV: the quotation mark"));
        assertTrue(refused("a,b\n1,2\n\"3\"x,4\n").contains("line 3: is not CSV: text follows the closing"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"1d", "12F", "0x1p3", "1_000", "\uff11", "1e", "abc", "5 6"})
    void whatOnlyJavaTakesForANumberIsNone(String cell) {
        assertEquals(
                "t.csv: line 2, column 'a': '" + cell + "' is not a number; read only columns of numbers: --columns b",
                refused("a,b\n" + cell + ",2\n3,4\n"));
    }

    @Test
    void numbersAreReadAsPandasReadsThem() {
        Series series =
                parse("v\n+5\n5.\n.5\n1e5\n1E+5\n 5 \n\"5\"\n \" 5 \" \n").series(null, null, 1);
        double[] expected = {5, 5, 0.5, 1e5, 1e5, 5, 5, 5};
        for (int i = 0; i < expected.length; i++) {
            assertEquals(expected[i], series.truth(i));
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "nan       | nan is not a finite number; fill in",
                "-INF      | -INF is not a finite number; fill in",
                "1e999     | 1e999 is not a finite number; fill in",
                "NA        | 'NA' is a missing value; fill in",
                "#N/A      | '#N/A' is a missing value; fill in",
                "\"50,324\" | '50,324' has a comma; write numbers with a decimal point only",
                "\"1,234.5\" | '1,234.5' has a comma",
            })
    void cellsThatAreNoValuesAreCalledWhatTheyAre(String cell, String message) {
        assertTrue(
                refused("a,b\n1,2\n" + cell + ",3\n").contains("line 3, column 'a': " + message),
                refused("a,b\n1,2\n" + cell + ",3\n"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '!',
            value = {
                "day;v;w~0;50.3;100.6       ! separated by semicolons; save",
                "day;v;w~0;50,3;100,6       ! separated by semicolons, the numbers have decimal commas; save",
                "day;T, degC~0;50,3~1;51,3  ! separated by semicolons, the numbers have decimal commas; save",
                "0;50.3~1;51.3              ! separated by semicolons",
                "t^v~0^50.3                 ! separated by tabs",
                "^v^w~0^50.3^1              ! separated by tabs",
                "t^v~0^50,3                 ! separated by tabs, the numbers have decimal commas",
                "t|v~0|50.3                 ! separated by vertical bars",
                "t v~0 50.3                 ! separated by blanks",
            })
    void aTableThatIsNotSeparatedByCommasIsToldSo(String text, String message) {
        String table = text.replace('~', '\n').replace('^', '\t');
        assertTrue(refused(table).contains("the columns are " + message), refused(table));
        String chosen = assertThrows(UsageException.class, () -> parse(table).series(List.of("v"), null, 1))
                .getMessage();
        assertTrue(chosen.contains("the columns are " + message), chosen);
    }

    @Test
    void aNameOrATextWithSuchCharactersIsFine() {
        assertEquals(1, parse("\"a;b\"\n1\n").series(null, null, 1).rows());
        assertTrue(refused("\"a;b\",c\n\"x;y\",1\n").contains("read only columns of numbers: --columns c"));
        assertTrue(refused("a b,c\nx y,1\n").contains("read only columns of numbers: --columns c"));
    }

    /** Advice names what it leaves out and keeps to what was asked for; followed, it leads on. */
    @Test
    void adviceSaysWhatItLeavesOut() {
        String table = "t,a,day,b,c\n" + "1,2,Mon,4,5\n".repeat(2) + "2,,Tue,4,5\n3,2,Wed,,x\n";
        assertEquals(
                "t.csv: line 2, column 'day': 'Mon' is not a number; read only columns of numbers, without 'a'"
                        + " (line 4: empty), 'b' (line 5: empty), 'c' (line 5: 'x'), and forecast 't': --columns t",
                refusedAs(table, null, null));
        assertEquals(4, parse(table).series(List.of("t"), null, 1).rows());
        assertEquals(
                "t.csv: line 2, column 'day': 'Mon' is not a number; read only columns of numbers: --columns t,v --target t",
                refusedAs("t,day,v\n1,Mon,2\n2,Tue,3\n", null, "t"));
        assertEquals(
                "t",
                parse("t,day,v\n1,Mon,2\n").series(List.of("t", "v"), "t", 1).targetName());
        assertEquals(
                "t.csv: line 2, column 'day': 'Mon' is not a number; read only columns of numbers, and forecast another"
                        + " than 'day': --columns t,v --target v",
                refusedAs("t,day,v\n1,Mon,2\n2,Tue,3\n", null, "day"));
        assertEquals(
                "t.csv: line 2, column 'day': 'Mon' is not a number; read only columns of numbers: --columns v",
                refusedAs("t,day,v\n1,Mon,2\n2,Tue,3\n", List.of("day", "v"), null));
        String wide = refused("v" + ",d".repeat(50) + "\n" + "1" + ",x".repeat(50) + "\n2" + ",x".repeat(50) + "\n");
        assertTrue(
                wide.contains(
                        "without column 2 (its name is used twice), column 4 (its name is used twice), column 5 (its"
                                + " name is used twice) … and 46 more, and forecast 'v': --columns v"),
                wide);
    }

    private String refusedAs(String text, List<String> columns, String target) {
        return assertThrows(UsageException.class, () -> parse(text).series(columns, target, 1))
                .getMessage();
    }

    /** Rows of "1,5,2,7" below "a,b". */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "a,b~1,5,2,7~1,6,2,8           | 4 cells, the header has 2, and '1,5'",
                "day,v~2020-01-01,1,5~2020-01-02,2,25 | 3 cells, the header has 2, and '1,5'",
                "t,v~0,50,3~1,51~2,52,25       | 3 cells, the header has 2, and '0,50'",
                "v~-1,5~+2,5                   | 2 cells, the header has 1, and '-1,5'",
            })
    void decimalCommasBetweenCommas(String text, String message) {
        assertEquals(
                "t.csv: the numbers have decimal commas, and commas separate the columns too: the first row has "
                        + message + " is one number; save the table with points in the numbers",
                refused(text.replace('~', '\n')));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a,b~1,2~3,4~5,6,7", "a,b~1,5.5,2", "a,b~1,x,2", "a,b~1,2,3~1", "a,b~1,2,3,4,5", "a,b~,1,"})
    void rowsThatAreTooLongForAnotherReason(String text) {
        String message = refused(text.replace('~', '\n'));
        assertTrue(message.contains("; every row must fill every column"), message);
    }

    @Test
    void whatATerminalObeysIsNotInMessages() {
        String message = refused("a\u001b[31m,b\n1,\u001b]0;pwned\u0007\n");
        assertTrue(message.contains("'\\u001b]0;pwned\\u0007' is not a number"), message);
        assertEquals(-1, message.indexOf(0x1b), message);
        message = assertThrows(
                        UsageException.class, () -> parse("a\u001b[31m\n1\n").series(List.of("\u0007"), null, 1))
                .getMessage();
        assertTrue(message.contains("no column '\\u0007', only 'a\\u001b[31m'"), message);
        message = refused("a\n" + "x".repeat(100_000) + "\n1\n");
        assertTrue(message.length() < 300, message);
    }

    @Test
    void onlyTheColumnsThatAreReadNeedANameOfTheirOwn() {
        assertEquals(
                List.of("v", "w"),
                parse(",v,w\n0,1,2\n").series(List.of("v", "w"), null, 1).columns());
        assertEquals(1, parse("x,x,v\na,b,1\n").series(List.of("v"), null, 1).truth(0));
        assertEquals(1, parse("t,v,\n0,1,\n").series(List.of("t", "v"), null, 1).truth(0));
        String message = assertThrows(
                        UsageException.class, () -> parse("x,x,v\n1,2,3\n").series(List.of("x"), null, 1))
                .getMessage();
        assertTrue(message.contains("line 1: the name 'x' is used twice"), message);
    }

    @Test
    void aHundredThousandColumnsAreNoList() {
        int columns = 100_000;
        String header = IntStream.range(0, columns).mapToObj(c -> "gene" + c).collect(Collectors.joining(","));
        String table = header + "\n" + "1,".repeat(columns - 1) + "1\n";
        assertEquals(columns, parse(table).series(null, null, 1).columns().size());
        assertEquals(
                1, parse(table).series(List.of("gene99999"), null, 1).columns().size());
        String message = assertThrows(UsageException.class, () -> parse(table).series(List.of("x"), null, 1))
                .getMessage();
        assertEquals(
                "t.csv: there is no column 'x', only 'gene0', 'gene1', 'gene2', 'gene3', 'gene4', 'gene5' … and 99994 more",
                message);
        message = refused(header + "\nx" + ",1".repeat(columns - 1) + "\n");
        assertTrue(
                message.endsWith(
                        "read only columns of numbers: --columns with 'gene1', 'gene2', 'gene3', 'gene4', 'gene5',"
                                + " 'gene6' … and 99993 more"),
                message);
    }

    @Test
    void aTemporaryFileThatCannotBeSaysWhatWhyAndWhatToDo() {
        String folder = System.getProperty("java.io.tmpdir");
        assertEquals(
                "t.csv: cannot keep its numbers in a temporary file in " + folder
                        + ": there is no such file or folder; name a folder with room for it:"
                        + " BPTT4J_JAVA_OPTS=-Djava.io.tmpdir=DIR",
                CsvFile.cannotKeep("t.csv", new NoSuchFileException(folder + "/bptt4j1.table"))
                        .getMessage());
    }
}
