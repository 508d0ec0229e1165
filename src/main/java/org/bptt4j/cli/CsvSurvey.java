package org.bptt4j.cli;

import java.io.Reader;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.apache.commons.csv.CSVRecord;
import org.bptt4j.io.DecimalNumber;

/** A look at a whole table that was refused: what is the matter with it, and which of its columns can be read. */
final class CsvSurvey {
    private static final Pattern WHOLE = Pattern.compile("\\d{1,15}");

    private final List<String> header;
    /** Whether all cells of a column are finite numbers. */
    private final boolean[] numeric;
    /** Whether a cell of a column is no whole number. */
    private final boolean[] fractions;

    private final SeveralSeries several;

    private CsvSurvey(List<String> header) {
        this.header = header;
        this.numeric = new boolean[header.size()];
        this.fractions = new boolean[header.size()];
        this.several = new SeveralSeries(header);
        Arrays.fill(numeric, true);
    }

    /** The names in the first record. */
    static List<String> header(CSVRecord first) {
        return IntStream.range(0, first.size())
                .mapToObj(c -> CsvRows.cell(first, c))
                .toList();
    }

    /** Reads a text with a header to its end, or to where it stops being CSV. */
    static CsvSurvey of(String file, Supplier<Reader> text) {
        CsvRows rows = new CsvRows(file, text.get());
        CsvSurvey survey = new CsvSurvey(header(rows.next()));
        try {
            for (CSVRecord row = rows.next(); row != null; row = rows.next()) {
                survey.see(row, rows);
            }
        } catch (UsageException e) {
            // What was read is enough to give advice; the mistake is told when it is followed.
        }
        return survey;
    }

    private void see(CSVRecord row, CsvRows rows) {
        if (row.size() != header.size()) {
            return;
        }
        several.see(row, rows.line());
        for (int c = 0; c < numeric.length; c++) {
            if (numeric[c]) {
                String cell = CsvRows.cell(row, c);
                numeric[c] = DecimalNumber.isNumber(cell)
                        && Double.isFinite(DecimalNumber.parse(cell))
                        && (header.size() > 1 || rows.blankLine() == 0);
                fractions[c] |= !WHOLE.matcher(cell).matches();
            }
        }
    }

    /** Why no advice to read some of the columns is right; what is the matter, and what to do. */
    Optional<String> obstacle() {
        return firstLineIsData()
                ? Optional.of("line 1 looks like data: " + evidence() + "; put a line with the columns' names before it"
                        + orNames())
                : several.found();
    }

    /** A number stands over numbers, and nowhere a word does. */
    boolean firstLineIsData() {
        return numberNames().length > 0
                && IntStream.range(0, numeric.length)
                        .noneMatch(
                                c -> numeric[c] && !header.get(c).isEmpty() && !DecimalNumber.isNumber(header.get(c)));
    }

    /** "'50.0' stands over a column of numbers". */
    String evidence() {
        return "'" + Printable.of(header.get(numberNames()[0])) + "' stands over a column of numbers";
    }

    private int[] numberNames() {
        return IntStream.range(0, numeric.length)
                .filter(c -> numeric[c] && DecimalNumber.isNumber(header.get(c)))
                .toArray();
    }

    /** Years and other whole numbers can be names; what could be the first row of the data is not offered. */
    private String orNames() {
        int[] columns = numberNames();
        boolean rising = columns.length > 1
                && isWhole(columns[0])
                && IntStream.range(1, columns.length)
                        .allMatch(i -> isWhole(columns[i])
                                && Long.parseLong(header.get(columns[i])) > Long.parseLong(header.get(columns[i - 1])));
        return rising || areNames(columns)
                ? "; if it is no data but the names, read " + ColumnNames.option(readable())
                : "";
    }

    /** Whether the names of these columns are whole numbers, unlike their cells, as those of years are. */
    boolean areNames(int... columns) {
        return Arrays.stream(columns).allMatch(c -> isWhole(c) && fractions[c]);
    }

    private boolean isWhole(int column) {
        return WHOLE.matcher(header.get(column)).matches();
    }

    /** The columns of numbers that have a name of their own. */
    private List<String> readable() {
        Map<String, Integer> uses = new HashMap<>();
        header.forEach(name -> uses.merge(name, 1, Integer::sum));
        return IntStream.range(0, numeric.length)
                .filter(c -> numeric[c])
                .mapToObj(header::get)
                .filter(name -> !name.isEmpty() && uses.get(name) == 1)
                .toList();
    }

    boolean hasReadable() {
        return !readable().isEmpty();
    }

    /** Which columns to read. */
    String advice() {
        List<String> readable = readable();
        return readable.isEmpty()
                ? "the file has no column of numbers only with a name of its own"
                : "read only columns of numbers: " + ColumnNames.option(readable);
    }
}
