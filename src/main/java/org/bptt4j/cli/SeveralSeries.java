package org.bptt4j.cli;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.IntPredicate;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.apache.commons.csv.CSVRecord;
import org.bptt4j.io.DecimalNumber;

/**
 * Looks for several series in one table: a column of words that names them, or dates that go back. Trained as one, a network learns
 * of steps from the end of one series to the beginning of the next, which there are not. Memory does not grow with the rows.
 *
 * <p>Numbers prove less than words and dates, so they are suspected only: a column that counts upwards and begins anew. That it is
 * no hour or month of one series is seen by its end ({@link CounterRuns}), by a column that changes just there, and by names as
 * "id" or "series_id".
 */
final class SeveralSeries {
    private static final int MOST_NAMES = 20_000;
    private static final int MOST_NAMES_OF_ALL_COLUMNS = 2_000_000;
    private static final String REMEDY =
            "they must not be trained as one: give each a file of its own, its rows in time order";
    private static final Pattern TIME_OF_DAY = Pattern.compile("\\d{1,2}:\\d{2}.*");
    /** Names of columns that name what a row belongs to. */
    private static final Pattern IDENTIFIER =
            Pattern.compile("(?i)(.*[^\\p{L}])?(ids?|series|subject|patient|station|sensor"
                    + "|device|entity|customer|store|shop|episode|trial)([^\\p{L}].*)?|(?-i).*\\p{Ll}I[dD]");
    /** A column that changes where another begins anew is one of series if that one has counted so far on average. */
    private static final int LEAST_STEPS = 5;
    /** Without such a column. */
    private static final int LEAST_STEPS_ALONE = 20;

    private final List<String> header;
    /** Of each column, while it can be one of dates; null afterwards. */
    private final DateOrder[] dates;
    /** Of each column, while it can be one of names; null afterwards. */
    private final LabelRuns[] labels;
    /** Of each column, while it can be a counter or what changes with one; null afterwards. */
    private final CounterRuns[] counters;
    /** Columns of {@link #labels} whose names are numbers. */
    private final boolean[] numbers;

    /** The columns to look at: those that are neither drop out. */
    private int[] candidates;

    private long rows;

    SeveralSeries(List<String> header) {
        int columns = header.size();
        int mostNames = Math.min(MOST_NAMES, MOST_NAMES_OF_ALL_COLUMNS / columns);
        this.header = header;
        this.dates = new DateOrder[columns];
        this.labels = new LabelRuns[columns];
        this.counters = new CounterRuns[columns];
        this.numbers = new boolean[columns];
        this.candidates = IntStream.range(0, columns).toArray();
        Arrays.setAll(dates, c -> new DateOrder());
        Arrays.setAll(labels, c -> new LabelRuns(mostNames));
        Arrays.setAll(counters, c -> new CounterRuns());
    }

    /** Takes the next row, which begins on {@code line}. */
    void see(CSVRecord row, long line) {
        rows++;
        boolean dropped = false;
        for (int c : candidates) {
            String cell = CsvRows.cell(row, c);
            if (dates[c] != null && !dates[c].see(cell, line)) {
                dates[c] = null;
            }
            if (rows == 1) {
                numbers[c] = !isWord(cell);
            }
            if (labels[c] != null && (rows == 1 && numbers[c] && !isIdentifier(c) || !labels[c].see(cell))) {
                labels[c] = null;
            }
            if (counters[c] != null && !counters[c].see(cell, line)) {
                counters[c] = null;
            }
            dropped |= !isCandidate(c);
        }
        if (dropped) {
            candidates = Arrays.stream(candidates).filter(this::isCandidate).toArray();
        }
    }

    private boolean isCandidate(int c) {
        return dates[c] != null || labels[c] != null || counters[c] != null;
    }

    private static boolean isWord(String cell) {
        return !DecimalNumber.isNumber(cell) && !TIME_OF_DAY.matcher(cell).matches();
    }

    /** What was found and what to do, to be said behind the file's name. */
    Optional<String> found() {
        OptionalInt back = column(c -> dates[c] != null && dates[c].jumps() > 0);
        boolean forward = back.isEmpty() && column(c -> dates[c] != null).isPresent();
        OptionalInt runs = column(c -> isLabel(c) && !numbers[c] && labels[c].areRuns());
        if (runs.isPresent() && !forward) {
            return Optional.of(names(runs.getAsInt()) + ", one after another; " + REMEDY
                    + " (if it is one series, take the column out of the file)");
        }
        OptionalInt inTurn = column(c -> isLabel(c) && !numbers[c] && isRowsOfEachDate(labels[c].namesInTurn()));
        if (inTurn.isPresent()) {
            return Optional.of(names(inTurn.getAsInt()) + ", whose rows take turns; " + REMEDY);
        }
        return back.isPresent() ? Optional.of(jumps(back.getAsInt())) : Optional.empty();
    }

    /**
     * What numbers make likely where nothing was {@linkplain #found found}, and what to do, to be said behind the file's name: a
     * column that counts and begins anew, or a column called "id" whose numbers have a run of rows each.
     */
    Optional<String> suspected() {
        OptionalInt turns = column(c -> isIdentifier(c) && isCounter(c, 1));
        if (turns.isPresent()) {
            return Optional.of("column '" + Printable.of(header.get(turns.getAsInt()))
                    + "' seems to number series whose rows take turns, and they are trained as one; if so, give each a"
                    + " file of its own, its rows in time order");
        }
        OptionalInt numbered = column(c ->
                counters[c] != null && counters[c].isCounter(1) && with(c, true).isPresent());
        OptionalInt found = numbered.isPresent()
                ? numbered
                : column(c -> counters[c] != null
                        && (counters[c].beginsAnew(LEAST_STEPS_ALONE)
                                || counters[c].beginsAnew(LEAST_STEPS)
                                        && with(c, false).isPresent()));
        if (found.isPresent()) {
            return Optional.of(beginsAnew(found.getAsInt()));
        }
        boolean forward = column(c -> dates[c] != null).isPresent();
        OptionalInt runs = column(c -> isLabel(c) && labels[c].areRuns());
        return forward || runs.isEmpty()
                ? Optional.empty()
                : Optional.of(names(runs.getAsInt())
                        + ", one after another, and they are trained as one; if so, give each a" + " file of its own");
    }

    private boolean isCounter(int c, long least) {
        return counters[c] != null && counters[c].isCounter(least);
    }

    private boolean isIdentifier(int c) {
        return IDENTIFIER.matcher(header.get(c)).matches();
    }

    /** A column that changes just where counter {@code c} begins anew. */
    private OptionalInt with(int c, boolean identifier) {
        return column(
                n -> counters[n] != null && counters[n].changesWith(counters[c]) && (!identifier || isIdentifier(n)));
    }

    private String beginsAnew(int c) {
        OptionalInt with = with(c, true).isPresent() ? with(c, true) : with(c, false);
        String name = "column '" + Printable.of(header.get(c)) + "'";
        return name + ", " + counters[c].where()
                + (with.isPresent()
                        ? ", just where column '" + Printable.of(header.get(with.getAsInt())) + "' changes"
                        : "")
                + ", so the file seems to hold " + counters[c].runs()
                + " series, one after another, which are trained as one; if so, give each a file of its own (if it is one"
                + " series, and the column counts within an hour, a month, …, nothing is to be done)";
    }

    private String names(int c) {
        return "column '" + Printable.of(header.get(c)) + "' seems to name " + labels[c].names();
    }

    private String jumps(int c) {
        long jumps = dates[c].jumps();
        String column = "column '" + Printable.of(header.get(c)) + "', " + dates[c].jump();
        return 2 * jumps < rows
                ? column + ", so the file seems to hold " + (jumps + 1) + " series, one after another; " + REMEDY
                : column + "; sort the rows by time, the oldest first";
    }

    /** A column of dates names no series. */
    private boolean isLabel(int c) {
        return labels[c] != null && dates[c] == null;
    }

    private boolean isRowsOfEachDate(int count) {
        return count > 1
                && column(c -> dates[c] != null && dates[c].rowsOfEachDate() == count)
                        .isPresent();
    }

    private OptionalInt column(IntPredicate is) {
        return Arrays.stream(candidates).filter(is).findFirst();
    }
}
