package org.bptt4j.cli;

import java.io.Reader;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.apache.commons.csv.CSVRecord;
import org.bptt4j.io.DecimalNumber;

/** A look at a whole table that was refused: what is the matter with it, and which of its columns can be read. */
final class CsvSurvey {
    private static final int MOST_SHOWN = 3;
    private static final Pattern WHOLE = Pattern.compile("\\d{1,15}");

    private final List<String> header;
    /** Whether all cells of a column are finite numbers. */
    private final boolean[] numeric;
    /** Whether a cell of a column is no whole number. */
    private final boolean[] fractions;

    /** Of each column that is not numeric, what its first such cell holds and where. */
    private final String[] faults;

    private final SeveralSeries several;

    private CsvSurvey(List<String> header) {
        this.header = header;
        this.numeric = new boolean[header.size()];
        this.fractions = new boolean[header.size()];
        this.faults = new String[header.size()];
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
                if (!numeric[c]) {
                    faults[c] = cell.isEmpty()
                            ? "line " + rows.line() + ": empty"
                            : "line " + rows.line() + ": '" + Printable.of(cell) + "'";
                }
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
                ? "; if it is no data but the names, read " + ColumnNames.option(readable(null))
                : "";
    }

    /** Whether the names of these columns are whole numbers, unlike their cells, as those of years are. */
    boolean areNames(int... columns) {
        return Arrays.stream(columns).allMatch(c -> isWhole(c) && fractions[c]);
    }

    private boolean isWhole(int column) {
        return WHOLE.matcher(header.get(column)).matches();
    }

    /** The columns of numbers that have a name of their own, of those asked for, or of all for null. */
    private List<String> readable(List<String> asked) {
        Set<String> wanted = Set.copyOf(asked == null ? header : asked);
        Map<String, Integer> uses = uses();
        return IntStream.range(0, numeric.length)
                .filter(c -> numeric[c])
                .mapToObj(header::get)
                .filter(name -> wanted.contains(name) && !name.isEmpty() && uses.get(name) == 1)
                .toList();
    }

    private Map<String, Integer> uses() {
        Map<String, Integer> uses = new HashMap<>();
        header.forEach(name -> uses.merge(name, 1, Integer::sum));
        return uses;
    }

    boolean hasReadable(List<String> asked) {
        return !readable(asked).isEmpty();
    }

    /**
     * Which columns to read, what that leaves out and what is forecast.
     *
     * @param asked the columns that were asked for, or null for all
     * @param target the column that was to be forecast, or null for the last
     * @param told the column whose fault is told already, or −1
     */
    String advice(List<String> asked, String target, int told) {
        List<String> readable = readable(asked);
        if (readable.isEmpty()) {
            return asked == null
                    ? "the file has no column of numbers only with a name of its own"
                    : "of the columns asked for, none has numbers only and a name of its own";
        }
        String last = readable.get(readable.size() - 1);
        String options = ColumnNames.option(readable);
        String forecast = "";
        if (target != null) {
            boolean kept = readable.contains(target);
            options += " " + ColumnNames.option("--target", kept ? target : last);
            forecast = kept ? "" : ", and forecast another than '" + Printable.of(target) + "'";
        } else if (!last.equals(asked == null ? header.get(header.size() - 1) : asked.get(asked.size() - 1))) {
            forecast = ", and forecast '" + Printable.of(last) + "'";
        }
        return "read only columns of numbers" + leftOut(asked, told) + forecast + ": " + options;
    }

    private String leftOut(List<String> asked, int told) {
        Set<String> wanted = Set.copyOf(asked == null ? header : asked);
        Map<String, Integer> uses = uses();
        List<String> out = IntStream.range(0, numeric.length)
                .filter(c -> c != told && wanted.contains(header.get(c)))
                .mapToObj(c -> whyNot(c, uses))
                .filter(why -> why != null)
                .toList();
        return out.isEmpty()
                ? ""
                : ", without " + String.join(", ", out.subList(0, Math.min(MOST_SHOWN, out.size())))
                        + (out.size() > MOST_SHOWN ? " … and " + (out.size() - MOST_SHOWN) + " more" : "");
    }

    /** A column with the reason why it cannot be read, or null. */
    private String whyNot(int c, Map<String, Integer> uses) {
        String name = header.get(c);
        if (!name.isEmpty() && uses.get(name) == 1) {
            return numeric[c] ? null : "'" + Printable.of(name) + "' (" + faults[c] + ")";
        }
        return "column " + (c + 1) + (name.isEmpty() ? " (without a name)" : " (its name is used twice)");
    }
}
