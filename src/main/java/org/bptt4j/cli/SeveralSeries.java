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
 */
final class SeveralSeries {
    private static final int MOST_NAMES = 20_000;
    private static final int MOST_NAMES_OF_ALL_COLUMNS = 2_000_000;
    private static final String REMEDY =
            "they must not be trained as one: give each a file of its own, its rows in time order";
    private static final Pattern TIME_OF_DAY = Pattern.compile("\\d{1,2}:\\d{2}.*");

    private final List<String> header;
    /** Of each column, while it can be one of dates; null afterwards. */
    private final DateOrder[] dates;
    /** Of each column, while it can be one of names; null afterwards. */
    private final LabelRuns[] labels;

    /** The columns to look at: those that are neither drop out. */
    private int[] candidates;

    private long rows;

    SeveralSeries(List<String> header) {
        int columns = header.size();
        int mostNames = Math.min(MOST_NAMES, MOST_NAMES_OF_ALL_COLUMNS / columns);
        this.header = header;
        this.dates = new DateOrder[columns];
        this.labels = new LabelRuns[columns];
        this.candidates = IntStream.range(0, columns).toArray();
        Arrays.setAll(dates, c -> new DateOrder());
        Arrays.setAll(labels, c -> new LabelRuns(mostNames));
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
            if (labels[c] != null && (rows == 1 && !isWord(cell) || !labels[c].see(cell))) {
                labels[c] = null;
            }
            dropped |= dates[c] == null && labels[c] == null;
        }
        if (dropped) {
            candidates = Arrays.stream(candidates)
                    .filter(c -> dates[c] != null || labels[c] != null)
                    .toArray();
        }
    }

    private static boolean isWord(String cell) {
        return !DecimalNumber.isNumber(cell) && !TIME_OF_DAY.matcher(cell).matches();
    }

    /** What was found and what to do, to be said behind the file's name. */
    Optional<String> found() {
        OptionalInt back = column(c -> dates[c] != null && dates[c].jumps() > 0);
        boolean forward = back.isEmpty() && column(c -> dates[c] != null).isPresent();
        OptionalInt runs = column(c -> isLabel(c) && labels[c].areRuns());
        if (runs.isPresent() && !forward) {
            return Optional.of(names(runs.getAsInt()) + ", one after another; " + REMEDY
                    + " (if it is one series, take the column out of the file)");
        }
        OptionalInt inTurn = column(c -> isLabel(c) && isRowsOfEachDate(labels[c].namesInTurn()));
        if (inTurn.isPresent()) {
            return Optional.of(names(inTurn.getAsInt()) + ", whose rows take turns; " + REMEDY);
        }
        return back.isPresent() ? Optional.of(jumps(back.getAsInt())) : Optional.empty();
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
