package org.bptt4j.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** What is the matter with the separators of a table: none of commas, or decimal commas among them. Judges by its first lines. */
final class CsvDialect {
    private static final Pattern QUOTED = Pattern.compile("\"[^\"]*\"");
    private static final Pattern DECIMAL_COMMA = Pattern.compile("[+-]?\\d+,\\d+");
    private static final Pattern BLANKS = Pattern.compile("(?<=\\S)[ \\t]+(?=\\S)");

    private static final Pattern WHOLE = Pattern.compile("[+-]?\\d+");
    private static final Pattern DIGITS = Pattern.compile("\\d+");
    private static final int ROWS = 20;

    private final String header;
    private final List<String> rows;
    private final String row;

    private CsvDialect(String header, List<String> rows) {
        this.header = header;
        this.rows = rows;
        this.row = rows.isEmpty() ? "" : rows.get(0);
    }

    /** What is the matter and what to do, as a predicate of the file; nothing if it seems to be separated by commas. */
    static Optional<String> of(Reader text) {
        BufferedReader lines = new BufferedReader(text);
        try {
            String header = line(lines);
            List<String> rows = new ArrayList<>();
            for (String row = line(lines); !row.isEmpty() && rows.size() < ROWS; row = line(lines)) {
                rows.add(row);
            }
            CsvDialect dialect = new CsvDialect(header, rows);
            return dialect.separated(";", "semicolons")
                    .or(() -> dialect.separated("\t", "tabs"))
                    .or(() -> dialect.separated("|", "vertical bars"))
                    .or(dialect::blanks)
                    .or(dialect::decimalCommas);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String line(BufferedReader lines) throws IOException {
        String line = lines.readLine();
        while (line != null && line.isBlank()) {
            line = lines.readLine();
        }
        return line == null ? "" : QUOTED.matcher(line).replaceAll("q");
    }

    private Optional<String> separated(String separator, String name) {
        int cells = count(header, separator);
        if (cells == 0 || cells != count(row, separator) || cells < count(header, ",")) {
            return Optional.empty();
        }
        boolean decimalCommas = Pattern.compile(separator, Pattern.LITERAL)
                .splitAsStream(row)
                .anyMatch(cell -> DECIMAL_COMMA.matcher(cell.strip()).matches());
        return Optional.of(
                "the columns are separated by " + name + (decimalCommas ? ", the numbers have decimal commas" : "")
                        + "; save the table with commas between the columns"
                        + (decimalCommas ? " and points in the numbers" : ""));
    }

    private Optional<String> blanks() {
        long cells = BLANKS.matcher(header).results().count();
        boolean separated = cells > 0
                && count(header + row, ",") == 0
                && cells == BLANKS.matcher(row).results().count();
        return separated
                ? Optional.of("the columns are separated by blanks; save the table with commas between the columns")
                : Optional.empty();
    }

    /** Numbers as 1,5 in cells that commas separate: rows then have more cells than the header, and those are of digits. */
    private Optional<String> decimalCommas() {
        int columns = count(header, ",") + 1;
        String[] cells = row.split(",", -1);
        long longer = rows.stream().filter(r -> count(r, ",") >= columns).count();
        if (cells.length <= columns
                || 2 * longer < rows.size()
                || !rows.stream().allMatch(r -> fits(r, columns))) {
            return Optional.empty();
        }
        int first = firstPair(cells, 0);
        return Optional.of("the numbers have decimal commas, and commas separate the columns too: the first row has "
                + cells.length + " cells, the header has " + columns + ", and '" + cells[first].strip() + ","
                + cells[first + 1].strip() + "' is one number; save the table with points in the numbers");
    }

    /** Whether the cells that a row has too many may be decimals of the cells before them. */
    private static boolean fits(String row, int columns) {
        String[] cells = row.split(",", -1);
        int pairs = 0;
        for (int i = firstPair(cells, 0); i >= 0; i = firstPair(cells, i + 2)) {
            pairs++;
        }
        return cells.length >= columns && cells.length <= columns + pairs;
    }

    /** The first whole number, from cell {@code from} on, that has a cell of digits behind it; or −1. */
    private static int firstPair(String[] cells, int from) {
        for (int i = from; i < cells.length - 1; i++) {
            if (WHOLE.matcher(cells[i].strip()).matches()
                    && DIGITS.matcher(cells[i + 1].strip()).matches()) {
                return i;
            }
        }
        return -1;
    }

    private static int count(String text, String separator) {
        return (int) text.chars().filter(c -> c == separator.charAt(0)).count();
    }
}
