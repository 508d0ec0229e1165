package org.bptt4j.cli;

import java.util.List;
import org.bptt4j.io.DecimalNumber;

/**
 * Whether a column of numbers counts upwards by one step and begins anew now and then, as the time of several series does that lie
 * one after another. Takes the column's cells one by one; also notes in which rows a column changes, since a column that changes
 * just where another begins anew may be the number of the series.
 *
 * <p>What counts within a period of the calendar begins anew too, in one series: hours after 23, months after 12. So a column
 * whose runs all end at the end of such a period and begin at 0 or 1 is taken for one of those.
 */
final class CounterRuns {
    /** Of one value in an hour, a day, a week, a month, a year, a circle, …, as the last value less the first plus the step. */
    private static final List<Integer> PERIODS = List.of(
            1, 2, 3, 4, 5, 6, 7, 10, 12, 13, 24, 28, 29, 30, 31, 36, 48, 52, 53, 60, 96, 144, 168, 288, 360, 365, 366,
            1440, 3600, 8760, 8784, 86_400);

    /** Of those, what is also counted by parts of one. */
    private static final List<Integer> PERIODS_OF_PARTS = List.of(1, 7, 12, 24, 60, 360);

    private static final double ROUNDING = 1e-9;
    private static final int HOURS = 23;
    private static final int MINUTES = 60;

    private String previous;
    private double value;
    private boolean counts = true;
    private double step;
    private long rises;
    private long otherSteps;
    private long falls;
    private boolean calendar = true;
    private String where;

    private long rows;
    private long changes;
    /** A sum over the rows in which the cell changed, and one over those in which it fell. */
    private long changed;

    private long fell;

    /** Takes the next cell; false if the column neither counts nor seldom changes. */
    boolean see(String cell, long line) {
        rows++;
        if (cell.equals(previous)) {
            return true;
        }
        if (previous == null) {
            counts = DecimalNumber.isNumber(cell);
        } else {
            changes++;
            changed += hash(rows);
        }
        if (counts) {
            double now = DecimalNumber.isNumber(cell) ? DecimalNumber.parse(cell) : Double.NaN;
            counts = Double.isFinite(now) && (previous == null || counts(cell, now, line));
            value = now;
        }
        previous = cell;
        return counts || isLevel();
    }

    private boolean counts(String cell, double now, long line) {
        double by = now - value;
        if (by > 0) {
            rises++;
            step = rises == 1 ? by : step;
            otherSteps += Math.abs(by - step) <= ROUNDING * (Math.abs(now) + step) ? 0 : 1;
            return otherSteps <= 2 + rises / 10;
        }
        falls++;
        fell += hash(rows);
        calendar = calendar && isEndOfPeriod(value, now);
        if (where == null) {
            where = "line " + line + ": it goes back from '" + Printable.of(previous) + "' to '" + Printable.of(cell)
                    + "'";
        }
        // What falls by small steps, or as often as it rises, is measured.
        return -by > 1.5 * step && falls <= rises + 1;
    }

    private boolean isEndOfPeriod(double last, double first) {
        if (first != 0 && first != 1) {
            return false;
        }
        double period = last - first + step;
        List<Integer> periods = step == Math.rint(step) ? PERIODS : PERIODS_OF_PARTS;
        boolean known = periods.stream().anyMatch(p -> Math.abs(p - period) <= ROUNDING * p);
        return known || isLastOfDay(last / 100) || isLastOfDay(last / 10_000); // 2345 or 234500
    }

    private static boolean isLastOfDay(double time) {
        return Math.floor(time) == HOURS && time - HOURS < MINUTES / 100.0;
    }

    /** Of neighbouring numbers far apart, so that equal sums are of the same rows. */
    private static long hash(long row) {
        long h = row * 0x9E3779B97F4A7C15L;
        h = (h ^ h >>> 30) * 0xBF58476D1CE4E5B9L;
        return h ^ h >>> 27;
    }

    private boolean isLevel() {
        return 2 * changes <= rows + 8;
    }

    /** Whether it begins anew, in a way that no calendar explains, after {@code least} steps or more on average. */
    boolean beginsAnew(long least) {
        return isCounter(least) && !calendar;
    }

    /** Whether it begins anew after {@code least} steps or more on average. */
    boolean isCounter(long least) {
        return counts && falls > 0 && rises >= least * (falls + 1);
    }

    /** Whether it changes in those rows in which {@code counter} begins anew, and in no other. */
    boolean changesWith(CounterRuns counter) {
        return changes == counter.falls && changed == counter.fell && changes > 0;
    }

    /** How many runs there are. */
    long runs() {
        return falls + 1;
    }

    /** "line 302: it goes back from '299' to '0'", the first place where it begins anew. */
    String where() {
        return where;
    }
}
