package org.bptt4j.data;

/** Rows of numbers, in memory, in a file ({@link TableWriter}), or wherever the user keeps them. */
public interface Table {
    /** Number of rows. */
    long rows();

    /** Numbers in a row. */
    int columns();

    /** One number. Several threads may read. */
    double value(long row, int column);

    /** A table in memory, {@code values} [column][row], of equal length; not copied. */
    static Table of(double[]... values) {
        for (double[] column : values) {
            if (column.length != values[0].length) {
                throw new IllegalArgumentException(
                        "columns of " + values[0].length + " and " + column.length + " rows do not make a table");
            }
        }
        return new Table() {
            @Override
            public long rows() {
                return values[0].length;
            }

            @Override
            public int columns() {
                return values.length;
            }

            @Override
            public double value(long row, int column) {
                return values[column][Math.toIntExact(row)];
            }
        };
    }
}
