package org.bptt4j.cli;

import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.function.LongConsumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import org.bptt4j.data.Series;
import org.bptt4j.data.Table;
import org.bptt4j.data.TableWriter;

/**
 * Reads numeric columns of a CSV file with a header. Whatever is wrong is a {@link UsageException} with the file, the line, the
 * column and what to do.
 */
final class CsvFile {
    private final String file;
    private final CSVParser parser;
    private final Iterator<CSVRecord> records;
    private final List<String> header;
    /** Whether all cells of a column, of the rows read so far, are numbers. */
    private final boolean[] numeric;

    private CsvFile(String file, CSVParser parser) {
        this.file = file;
        this.parser = parser;
        this.records = parser.iterator();
        CSVRecord first = next();
        if (first == null) {
            throw new UsageException(file + ": has no lines, expected a header and rows of numbers");
        }
        this.header = first.toList();
        this.numeric = new boolean[header.size()];
        Arrays.fill(numeric, true);
        checkHeader();
    }

    /** Opens a file. */
    static CsvFile read(Path file) {
        return parse(
                file.toString(),
                InputFile.scan(file, "a table with a header, comma-separated").reader());
    }

    /** Reads the header of a text; {@code name} is the file's, for messages. */
    static CsvFile parse(String name, Reader text) {
        try {
            return new CsvFile(
                    name,
                    CSVParser.parse(
                            text, CSVFormat.DEFAULT.builder().setTrim(true).build()));
        } catch (IOException e) {
            throw notCsv(name, e);
        }
    }

    /** The next record, or null. */
    private CSVRecord next() {
        try {
            return records.hasNext() ? records.next() : null;
        } catch (UncheckedIOException | IllegalStateException e) {
            throw notCsv(file, e);
        }
    }

    private static UsageException notCsv(String name, Exception e) {
        // commons-csv wraps its own message, which names the line, in others that only name classes.
        Throwable cause = e;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return new UsageException(name + ": is not CSV: " + cause.getMessage(), e);
    }

    private void checkHeader() {
        if (header.stream().allMatch(CsvFile::isNumber)) {
            throw new UsageException(file + ": line 1 holds numbers only; the first line must name the columns");
        }
        Set<String> seen = new HashSet<>();
        for (int c = 0; c < header.size(); c++) {
            if (header.get(c).isEmpty() || !seen.add(header.get(c))) {
                throw new UsageException(file + ": line 1, column " + (c + 1) + ": "
                        + (header.get(c).isEmpty() ? "has no name" : "the name '" + header.get(c) + "' is used twice")
                        + "; every column needs a name of its own");
            }
        }
    }

    private static boolean isNumber(String cell) {
        try {
            Double.parseDouble(cell);
            return true;
        } catch (NumberFormatException e) {
            return false;
        }
    }

    /**
     * The table of these columns, read to its end: to be called once.
     *
     * @param columns their names, or null for all
     * @param target the column to forecast, or null for the last
     * @param leastRows the fewest rows that make sense
     */
    Series series(List<String> columns, String target, int leastRows) {
        List<String> names =
                columns == null ? header : columns.stream().map(String::trim).toList();
        if (new HashSet<>(names).size() < names.size()) {
            throw new UsageException("--columns " + String.join(",", names) + ": names a column twice");
        }
        int[] indices = names.stream().mapToInt(this::index).toArray();
        int forecast = target == null ? names.size() - 1 : target(target, names);
        try (TableWriter table = new TableWriter(indices.length)) {
            LongConsumer notes = InputFile.notes(file, "rows");
            double[] row = new double[indices.length];
            for (CSVRecord record = nextRow(); record != null; record = nextRow()) {
                for (int c = 0; c < row.length; c++) {
                    row[c] = number(record, indices[c]);
                }
                table.add(row);
                notes.accept(record.getRecordNumber());
            }
            Table all = table.table();
            if (all.rows() < leastRows) {
                throw new UsageException(
                        file + ": has " + all.rows() + " rows below the header, at least " + leastRows + " are needed");
            }
            return new Series(names, all, forecast);
        } catch (IOException e) {
            throw new UncheckedIOException(new IOException(
                    file + ": cannot keep its numbers in a temporary file in " + System.getProperty("java.io.tmpdir")
                            + ": " + e.getMessage(),
                    e));
        }
    }

    private CSVRecord nextRow() {
        CSVRecord record = next();
        if (record == null) {
            return null;
        }
        if (record.size() != header.size()) {
            throw new UsageException(file + ": line " + line() + " has " + record.size() + " cells, the header has "
                    + header.size() + "; every row must fill every column");
        }
        for (int c = 0; c < numeric.length; c++) {
            numeric[c] = numeric[c] && isNumber(record.get(c));
        }
        return record;
    }

    /** The line that the last record ended on: not its number, as lines may be blank and quoted cells may span some. */
    private long line() {
        return parser.getCurrentLineNumber();
    }

    private int index(String name) {
        int index = header.indexOf(name);
        if (index < 0) {
            throw new UsageException(file + ": there is no column '" + name + "', only " + String.join(", ", header)
                    + Names.didYouMean(name, header));
        }
        return index;
    }

    private int target(String target, List<String> names) {
        index(target);
        if (!names.contains(target)) {
            throw new UsageException("--target " + target + " is not among the columns read: give --columns "
                    + String.join(",", names) + "," + target);
        }
        return names.indexOf(target);
    }

    private double number(CSVRecord row, int index) {
        String cell = row.get(index);
        double value = numeric[index] ? Double.parseDouble(cell) : Double.NaN;
        if (Double.isFinite(value)) {
            return value;
        }
        String place = file + ": line " + line() + ", column '" + header.get(index) + "': ";
        if (numeric[index]) {
            throw new UsageException(place + cell + " is not a finite number; fill in a value or leave the row out");
        }
        throw new UsageException(
                cell.isEmpty()
                        ? place + "the cell is empty; fill in a number or leave the row out"
                        : place + "'" + cell + "' is not a number; " + otherColumns());
    }

    /** Reads on to the end, to know which columns to suggest. */
    private String otherColumns() {
        while (nextRow() != null) {
            // only looked at
        }
        String columns = IntStream.range(0, numeric.length)
                .filter(c -> numeric[c])
                .mapToObj(header::get)
                .collect(Collectors.joining(","));
        return columns.isEmpty()
                ? "the file has no column of numbers only"
                : "read only columns of numbers: --columns " + columns;
    }
}
