package org.bptt4j.data;

import java.util.List;
import org.bptt4j.spec.Count;
import org.bptt4j.spec.Require;

/**
 * A table of numbers whose rows are in time order, one column of which is to be forecast.
 */
public final class Series {
    private final List<String> columns;
    private final Table table;
    private final int target;

    /**
     * A series.
     *
     * @param columns the columns' names
     * @param table their values, all finite
     * @param target index of the column to forecast
     */
    public Series(List<String> columns, Table table, int target) {
        Require.given(columns, "columns");
        Require.given(table, "table");
        if (columns.isEmpty() || columns.size() != table.columns() || target < 0 || target >= columns.size()) {
            throw new IllegalArgumentException("names: " + columns.size() + ", columns: " + table.columns()
                    + ", target column: " + target + "; there must be a name for each column, and the target be one of"
                    + " them, from 0");
        }
        this.columns = List.copyOf(columns);
        this.table = table;
        this.target = target;
    }

    /** A series in memory, {@code values} [column][row]; not copied. */
    public Series(List<String> columns, double[][] values, int target) {
        this(columns, Table.of(values), target);
    }

    /** The columns' names. */
    public List<String> columns() {
        return columns;
    }

    /** The value of column {@code c} in a row. */
    public double value(long row, int c) {
        return table.value(row, c);
    }

    /** Index of the column to forecast. */
    public int target() {
        return target;
    }

    /** Number of rows. */
    public long rows() {
        return table.rows();
    }

    /** The value to forecast of a row. */
    public double truth(long row) {
        return table.value(row, target);
    }

    /** The name of the column to forecast. */
    public String targetName() {
        return columns.get(target);
    }

    /**
     * Root mean square error of the persistence forecast y_t = y_{t−1} over rows {@code from} … {@code to} − 1, in the
     * column's unit; {@code from} ≥ 1.
     */
    public double persistenceError(long from, long to) {
        return naiveError(from, to, 1);
    }

    /**
     * Root mean square error of the seasonal naive forecast y_t = y_{t−season} over rows {@code from} … {@code to} − 1, in the
     * column's unit; {@code from} ≥ {@code season}.
     */
    public double naiveError(long from, long to, int season) {
        RootMeanSquare error = new RootMeanSquare();
        for (long t = from; t < to; t++) {
            error.add(truth(t) - truth(t - season));
        }
        return error.value();
    }

    /** Its size, its columns, and which of them is to be forecast. */
    @Override
    public String toString() {
        return "series of " + Count.of(rows(), "row") + ", columns " + columns + ", target '" + columns.get(target)
                + "'";
    }
}
