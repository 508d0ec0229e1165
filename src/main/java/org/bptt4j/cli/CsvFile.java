package org.bptt4j.cli;

import java.io.IOException;
import java.io.Reader;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.apache.commons.csv.CSVRecord;
import org.bptt4j.data.Series;
import org.bptt4j.data.Table;
import org.bptt4j.data.TableWriter;
import org.bptt4j.data.TextFile;
import org.bptt4j.io.DecimalNumber;
import org.bptt4j.io.FileErrors;

/**
 * Reads numeric columns of a CSV file with a header. Whatever is wrong is a {@link UsageException} with the file, the line, the
 * column and what to do. To say so the file is read once more, so that its rows need not be looked at more closely than their
 * numbers ask for.
 */
final class CsvFile {
    /** What pandas takes for a missing value, but for the empty cell. */
    private static final Set<String> MISSING =
            Set.of("NA", "N/A", "n/a", "#N/A", "#NA", "<NA>", "NULL", "null", "None");

    private static final String FILL_IN =
            "; fill in a number, such as that of the row before: without the row the series would close up over the gap";

    private static final String FILL_IN_FIRST = "; fill in a number, or begin the table below this row";
    /** A percentage, a price, a number with its digits in groups. */
    private static final Pattern WITH_SIGN =
            Pattern.compile("[-+]?\\p{Sc}? ?[-+]?\\d+([ ']\\d{3})*(\\.\\d*)? ?(\\p{Sc}|%)?");

    private static final Pattern WITH_COMMA = Pattern.compile("[+-]?[\\d.,]*\\d,\\d[\\d.,]*");

    private final String file;
    private final Supplier<Reader> text;
    private final Consumer<String> warnings;
    /** What was asked for, or null. */
    private List<String> columns;

    private String target;

    private CsvFile(String file, Supplier<Reader> text, Consumer<String> warnings) {
        this.file = file;
        this.text = text;
        this.warnings = warnings;
    }

    /** A file; {@code warnings} is told what may be a mistake. */
    static CsvFile read(Path file, Consumer<String> warnings) {
        TextFile text = InputFile.scan(file, "a table with a header, comma-separated");
        return new CsvFile(Printable.whole(file.toString()), text::reader, warnings);
    }

    /** A table in memory; {@code name} is the file's, for messages. */
    static CsvFile of(String name, String text, Consumer<String> warnings) {
        return new CsvFile(name, () -> new StringReader(text), warnings);
    }

    /**
     * The table of these columns.
     *
     * @param columns their names, or null for all
     * @param target the column to forecast, or null for the last
     * @param leastRows the fewest rows that make sense
     */
    Series series(List<String> columns, String target, int leastRows) {
        this.columns = columns;
        this.target = target;
        CsvRows rows = new CsvRows(file, text.get());
        CSVRecord first = rows.next();
        if (first == null) {
            throw new UsageException(file + ": has no lines, expected a header and rows of numbers");
        }
        CsvHeader header = new CsvHeader(file, CsvSurvey.header(first));
        if (columns == null && header.fault() != null) {
            throw refused(header.fault(), header.withoutName(), "");
        }
        List<String> names = columns == null ? header.names() : columns;
        int[] indices = indices(header, names);
        int forecast = target == null ? names.size() - 1 : header.target(target, names);
        SeveralSeries several = new SeveralSeries(header.names());
        Table table = table(rows, header, indices, several);
        several.found().ifPresent(found -> {
            if (columns == null) {
                throw new UsageException(file + ": " + found);
            }
            warnings.accept(file + ": " + found);
        });
        if (several.found().isEmpty()) {
            several.suspected().ifPresent(suspicion -> warnings.accept(file + ": " + suspicion));
        }
        if (table.rows() == 0 && header.names().get(0).matches("[{\\[].*")) {
            throw new UsageException(
                    file + ": is JSON, as it seems, expected a table with a header, comma-separated; save it as CSV");
        }
        if (table.rows() < leastRows) {
            throw new UsageException(file + ": has " + table.rows() + (table.rows() == 1 ? " row" : " rows")
                    + " below the header, at least " + leastRows + " are needed");
        }
        if (columns != null) {
            warnOfDataInHeader(header, indices);
        }
        return new Series(names, table, forecast);
    }

    private int[] indices(CsvHeader header, List<String> names) {
        try {
            return header.indices(names);
        } catch (UsageException e) {
            throw dialect().map(d -> new UsageException(file + ": " + d, e)).orElse(e);
        }
    }

    /** The rows' numbers, in memory or, if they are many, in a file. */
    private Table table(CsvRows rows, CsvHeader header, int[] indices, SeveralSeries several) {
        LongConsumer notes = InputFile.notes(file, "rows");
        double[] numbers = new double[indices.length];
        try (TableWriter table = new TableWriter(indices.length)) {
            for (CSVRecord row = rows.next(); row != null; row = rows.next()) {
                requireFull(row, rows, header);
                for (int c = 0; c < numbers.length; c++) {
                    numbers[c] = number(row, rows, header, indices[c]);
                }
                several.see(row, rows.line());
                table.add(numbers);
                notes.accept(row.getRecordNumber());
            }
            return table.table();
        } catch (IOException e) {
            throw new UncheckedIOException(cannotKeep(file, e));
        }
    }

    /** A failure of the temporary file, with its folder, the reason and the remedy. */
    static IOException cannotKeep(String file, IOException e) {
        return new IOException(
                file + ": cannot keep its numbers in a temporary file in " + System.getProperty("java.io.tmpdir") + ": "
                        + FileErrors.reason(e)
                        + "; name a folder with room for it: BPTT4J_JAVA_OPTS=-Djava.io.tmpdir=DIR",
                e);
    }

    private void requireFull(CSVRecord row, CsvRows rows, CsvHeader header) {
        if (header.size() == 1 && rows.blankLine() > 0) {
            throw new UsageException(place(rows.blankLine(), header, 0) + "the cell is empty" + fillIn(rows));
        }
        if (row.size() != header.size()) {
            if (header.name(0).startsWith("#")) {
                throw new UsageException(file + ": line 1 looks like a comment, '" + Printable.of(header.name(0))
                        + "'; the first line must name the columns: take it out");
            }
            String cells = row.size() == 1 ? " has 1 cell" : " has " + row.size() + " cells";
            throw new UsageException(file + ": "
                    + dialect()
                            .orElse("line " + rows.line() + cells + ", the header has " + header.size()
                                    + "; every row must fill every column"));
        }
    }

    private String place(long line, CsvHeader header, int column) {
        return file + ": line " + line + ", column '" + Printable.of(header.name(column)) + "': ";
    }

    private double number(CSVRecord row, CsvRows rows, CsvHeader header, int column) {
        String cell = CsvRows.cell(row, column);
        double value;
        try {
            value = DecimalNumber.parse(cell);
        } catch (NumberFormatException e) {
            throw notANumber(cell, rows, header, column);
        }
        if (!Double.isFinite(value)) {
            throw new UsageException(
                    place(rows.line(), header, column) + Printable.of(cell) + " is not a finite number" + fillIn(rows));
        }
        return value;
    }

    /** Values may come from before, as pandas' ffill, but not from the future; a row may go where none is before it. */
    private static String fillIn(CsvRows rows) {
        return rows.atFirstRow() ? FILL_IN_FIRST : FILL_IN;
    }

    private UsageException notANumber(String cell, CsvRows rows, CsvHeader header, int column) {
        long line = rows.line();
        String place = place(line, header, column);
        String shown = "'" + Printable.of(cell) + "'";
        if (cell.isEmpty() && rows.atFirstRow() && header.size() > 1) {
            // Maybe all of the column is empty.
            return refused(
                    "line " + line + ", column '" + Printable.of(header.name(column)) + "': the cell is empty",
                    column,
                    FILL_IN_FIRST);
        }
        if (cell.isEmpty()) {
            return new UsageException(place + "the cell is empty" + fillIn(rows));
        }
        if (MISSING.contains(cell)) {
            return new UsageException(place + shown + " is a missing value" + fillIn(rows));
        }
        if (WITH_COMMA.matcher(cell).matches()) {
            return new UsageException(
                    place + shown + " has a comma; write numbers with a decimal point only, as 1234.5");
        }
        String fault =
                "line " + line + ", column '" + Printable.of(header.name(column)) + "': " + shown + " is not a number";
        if (WITH_SIGN.matcher(cell).matches()) {
            return new UsageException(file + ": " + fault + "; write the number alone, as 1234.5");
        }
        // A column that began with numbers is one of numbers; another is to be left out.
        return refused(fault, column, rows.atFirstRow() ? "" : FILL_IN);
    }

    /** What to do about a table that cannot be read as it is: the fault, and columns to read where nothing speaks against it. */
    private UsageException refused(String fault, int column, String cellAdvice) {
        Optional<String> dialect = dialect();
        if (dialect.isPresent()) {
            return new UsageException(file + ": " + dialect.get());
        }
        CsvSurvey survey = CsvSurvey.of(file, text);
        return new UsageException(
                file + ": " + survey.obstacle().orElseGet(() -> fault + advice(survey, column, cellAdvice)));
    }

    /**
     * What to do about a fault.
     *
     * @param column that of the fault, or −1
     * @param cellAdvice how to mend a cell where that is better than to leave the column out, or empty
     */
    private String advice(CsvSurvey survey, int column, String cellAdvice) {
        String advice = survey.advice(columns, target, column);
        if (cellAdvice.isEmpty()) {
            return "; " + advice;
        }
        return cellAdvice + (survey.hasReadable(columns) ? "; or " + advice : "");
    }

    private Optional<String> dialect() {
        return CsvDialect.of(text.get());
    }

    private void warnOfDataInHeader(CsvHeader header, int[] indices) {
        if (Arrays.stream(indices).noneMatch(c -> DecimalNumber.isNumber(header.name(c)))) {
            return;
        }
        CsvSurvey survey = CsvSurvey.of(file, text);
        if (survey.firstLineIsData() && !survey.areNames(indices)) {
            warnings.accept(file + ": line 1 was taken for the columns' names, but looks like data: "
                    + survey.evidence() + "; if it is, put a line with the columns' names before it");
        }
    }
}
