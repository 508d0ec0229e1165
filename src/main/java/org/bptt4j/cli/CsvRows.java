package org.bptt4j.cli;

import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.util.Iterator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import org.apache.commons.csv.QuoteMode;

/**
 * Records of a CSV text, one after another, each with the line it begins on. Blanks around cells and around their quotation marks are
 * none of them. Blank lines are passed over, as pandas does; where they would be cells of a one-column table, {@link #blankLine}
 * tells.
 */
final class CsvRows {
    /** End of a text in DOS. */
    private static final char END_OF_TEXT = '\u001a';

    private static final Pattern LINE = Pattern.compile("\\((?:start)?line (\\d+)\\)");

    private static final CSVFormat FORMAT = CSVFormat.DEFAULT
            .builder()
            .setIgnoreSurroundingSpaces(true)
            .setIgnoreEmptyLines(false)
            .setQuoteMode(QuoteMode.ALL_NON_NULL) // "" is an empty cell, and nothing at all is null
            .build();

    private final String file;
    private final CSVParser parser;
    private final Iterator<CSVRecord> records;
    private long line;
    private long blankLine;
    private long count;

    /** Rows of a text; {@code file} is its name, for messages. */
    CsvRows(String file, Reader text) {
        this.file = file;
        try {
            this.parser = CSVParser.parse(text, FORMAT);
        } catch (IOException e) {
            throw notCsv(e);
        }
        this.records = parser.iterator();
    }

    /** The next record that is not a blank line, or null. */
    CSVRecord next() {
        blankLine = 0;
        CSVRecord record = read();
        while (record != null && isBlank(record)) {
            blankLine = blankLine == 0 ? line : blankLine;
            record = read();
        }
        count++;
        return record;
    }

    /** Whether the last record was the first one below the header. */
    boolean atFirstRow() {
        return count == 2;
    }

    private CSVRecord read() {
        // As the parser counts, the line that a record ends on.
        line = parser.getCurrentLineNumber() + 1;
        try {
            return records.hasNext() ? records.next() : null;
        } catch (UncheckedIOException | IllegalStateException e) {
            throw notCsv(e);
        }
    }

    private static boolean isBlank(CSVRecord record) {
        String only = record.size() == 1 ? record.get(0) : "";
        return only == null || only.length() == 1 && only.charAt(0) == END_OF_TEXT;
    }

    /** The cell, never null, without blanks and line ends around it, also inside of its quotation marks. */
    static String cell(CSVRecord record, int column) {
        String cell = record.get(column);
        return cell == null ? "" : stripped(cell);
    }

    private static String stripped(String cell) {
        int from = 0;
        int to = cell.length();
        while (to > from && (isBlank(cell.charAt(to - 1)) || cell.charAt(to - 1) == END_OF_TEXT)) {
            to--;
        }
        while (from < to && isBlank(cell.charAt(from))) {
            from++;
        }
        return cell.substring(from, to);
    }

    private static boolean isBlank(char c) {
        return c == ' ' || c == '\t' || c == '\n' || c == '\r';
    }

    /** The line that the last record begins on, from 1: not its number, as lines may be blank and quoted cells may span some. */
    long line() {
        return line;
    }

    /** The first blank line between the last record and the one before it, or 0. */
    long blankLine() {
        return blankLine;
    }

    private UsageException notCsv(Exception e) {
        // commons-csv wraps its own message, which names the line, in others that only name classes.
        Throwable cause = e;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        String what = String.valueOf(cause.getMessage());
        Matcher place = LINE.matcher(what);
        String where = place.find() ? file + ": line " + place.group(1) : file;
        if (what.contains("EOF reached")) {
            return new UsageException(
                    where
                            + ": is not CSV: the quotation mark of a cell that begins here is not closed; close it, or write a mark of its own twice",
                    e);
        }
        if (what.contains("between encapsulated token and delimiter")) {
            return new UsageException(
                    where + ": is not CSV: text follows the closing quotation mark of a cell; double the marks inside"
                            + " of a cell",
                    e);
        }
        return new UsageException(file + ": is not CSV: " + Printable.of(what), e);
    }
}
