package org.bptt4j.cli;

import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import org.apache.commons.math3.util.ResizableDoubleArray;
import org.bptt4j.data.Series;

/**
 * Reads numeric columns of a CSV file with a header. Whatever is wrong is a {@link UsageException} with the file, the line, the
 * column and what to do.
 */
final class CsvFile {
    private final String file;
    private final List<String> header;
    private final List<Row> rows;

    /** Cells, and the line they end on: not the record's number, as lines may be blank and quoted cells may span some. */
    private record Row(long line, List<String> cells) {}

    private CsvFile(String file, List<String> header, List<Row> rows) {
        this.file = file;
        this.header = header;
        this.rows = rows;
    }

    /** Reads a file. */
    static CsvFile read(Path file) {
        return parse(
                file.toString(),
                InputFile.scan(file, "a table with a header, comma-separated").reader());
    }

    /** Reads text; {@code name} is the file's, for messages. */
    static CsvFile parse(String name, Reader text) {
        try (CSVParser parser =
                CSVParser.parse(text, CSVFormat.DEFAULT.builder().setTrim(true).build())) {
            List<Row> all = new ArrayList<>();
            for (CSVRecord record : parser) {
                all.add(new Row(parser.getCurrentLineNumber(), record.toList()));
            }
            if (all.isEmpty()) {
                throw new UsageException(name + ": has no lines, expected a header and rows of numbers");
            }
            CsvFile csv = new CsvFile(name, all.get(0).cells(), all.subList(1, all.size()));
            csv.checkHeader();
            return csv;
        } catch (IOException | UncheckedIOException | IllegalStateException e) {
            // commons-csv wraps its own message, which names the line, in others that only name classes.
            Throwable cause = e;
            while (cause.getCause() != null) {
                cause = cause.getCause();
            }
            throw new UsageException(name + ": is not CSV: " + cause.getMessage(), e);
        }
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
        for (Row row : rows) {
            if (row.cells().size() != header.size()) {
                throw new UsageException(
                        file + ": line " + row.line() + " has " + row.cells().size() + " cells, the header has "
                                + header.size() + "; every row must fill every column");
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
     * The table of these columns.
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
        if (rows.size() < leastRows) {
            throw new UsageException(
                    file + ": has " + rows.size() + " rows below the header, at least " + leastRows + " are needed");
        }
        double[][] values = new double[indices.length][];
        for (int c = 0; c < indices.length; c++) {
            values[c] = column(indices[c]);
        }
        return new Series(names, values, target == null ? names.size() - 1 : target(target, names));
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

    private double[] column(int index) {
        ResizableDoubleArray values = new ResizableDoubleArray(Math.max(1, rows.size()));
        for (Row row : rows) {
            values.addElement(number(row, index));
        }
        return values.getElements();
    }

    private double number(Row row, int index) {
        String cell = row.cells().get(index);
        String place = file + ": line " + row.line() + ", column '" + header.get(index) + "': ";
        if (cell.isEmpty()) {
            throw new UsageException(place + "the cell is empty; fill in a number or leave the row out");
        }
        if (!isNumber(cell)) {
            throw new UsageException(place + "'" + cell + "' is not a number; " + otherColumns());
        }
        double value = Double.parseDouble(cell);
        if (!Double.isFinite(value)) {
            throw new UsageException(place + cell + " is not a finite number; fill in a value or leave the row out");
        }
        return value;
    }

    private String otherColumns() {
        List<String> numeric = new ArrayList<>();
        for (int c = 0; c < header.size(); c++) {
            int column = c;
            if (rows.stream().allMatch(row -> isNumber(row.cells().get(column)))) {
                numeric.add(header.get(c));
            }
        }
        return numeric.isEmpty()
                ? "the file has no column of numbers only"
                : "read only columns of numbers: --columns " + String.join(",", numeric);
    }
}
