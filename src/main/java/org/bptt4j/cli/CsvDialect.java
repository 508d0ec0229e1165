package org.bptt4j.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.regex.Pattern;

/** What a table is separated by that is not separated by commas, judging by its first two lines. */
final class CsvDialect {
    private static final Pattern QUOTED = Pattern.compile("\"[^\"]*\"");
    private static final Pattern DECIMAL_COMMA = Pattern.compile("[+-]?\\d+,\\d+");
    private static final Pattern BLANKS = Pattern.compile("(?<=\\S)[ \\t]+(?=\\S)");

    private final String header;
    private final String row;

    private CsvDialect(String header, String row) {
        this.header = header;
        this.row = row;
    }

    /** What is the matter and what to do, as a predicate of the file; nothing if it seems to be separated by commas. */
    static Optional<String> of(Reader text) {
        BufferedReader lines = new BufferedReader(text);
        try {
            CsvDialect dialect = new CsvDialect(line(lines), line(lines));
            return dialect.separated(";", "semicolons")
                    .or(() -> dialect.separated("\t", "tabs"))
                    .or(() -> dialect.separated("|", "vertical bars"))
                    .or(dialect::blanks);
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

    private static int count(String text, String separator) {
        return (int) text.chars().filter(c -> c == separator.charAt(0)).count();
    }
}
