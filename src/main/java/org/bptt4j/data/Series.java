package org.bptt4j.data;

import java.util.List;

/**
 * A table of numbers whose rows are in time order, one column of which is to be forecast.
 */
public final class Series {
    private final List<String> columns;
    private final double[][] values;
    private final int target;

    /**
     * A table.
     *
     * @param columns the columns' names
     * @param values [column][row], all finite and of equal length; not copied
     * @param target index of the column to forecast
     */
    public Series(List<String> columns, double[][] values, int target) {
        if (columns.isEmpty() || columns.size() != values.length || target < 0 || target >= columns.size()) {
            throw new IllegalArgumentException(columns.size() + " names for " + values.length
                    + " columns, target column " + target + ": they do not fit together");
        }
        for (double[] column : values) {
            if (column.length != values[0].length) {
                throw new IllegalArgumentException(
                        "columns of " + values[0].length + " and " + column.length + " rows do not make a table");
            }
        }
        this.columns = List.copyOf(columns);
        this.values = values;
        this.target = target;
    }

    /** The columns' names. */
    public List<String> columns() {
        return columns;
    }

    /** Column {@code c}, row by row; not a copy. */
    public double[] column(int c) {
        return values[c];
    }

    /** Index of the column to forecast. */
    public int target() {
        return target;
    }

    /** Number of rows. */
    public int rows() {
        return values[0].length;
    }

    /** The column to forecast. */
    public double[] truth() {
        return values[target];
    }

    /** The name of the column to forecast. */
    public String targetName() {
        return columns.get(target);
    }

    /**
     * Root mean square error of the persistence forecast y_t = y_{t−1} over rows {@code from} … {@code to} − 1, in the
     * column's unit; {@code from} ≥ 1.
     */
    public double persistenceError(int from, int to) {
        double sum = 0;
        for (int t = from; t < to; t++) {
            double error = truth()[t] - truth()[t - 1];
            sum += error * error;
        }
        return Math.sqrt(sum / (to - from));
    }
}
