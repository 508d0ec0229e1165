package org.bptt4j.backend;

import org.bptt4j.spec.Require;

/**
 * A view of floats on a device: element (r, c) is {@code array[offset + r·stride + c]}.
 *
 * @param array where the elements are
 * @param offset of element (0, 0)
 * @param rows number of rows, ≥ 0
 * @param cols number of columns, ≥ 1
 * @param stride elements between the starts of two rows, ≥ cols
 */
public record Matrix(DeviceArray array, long offset, long rows, int cols, int stride) {
    public Matrix {
        Require.given(array, "array");
        if (array.type() != DeviceArray.Type.FLOAT) {
            throw new IllegalArgumentException("a matrix needs an array of FLOAT, not " + array.type());
        }
        if (offset < 0 || rows < 0 || cols < 1 || stride < cols) {
            throw new IllegalArgumentException("matrix [" + rows + ", " + cols + "] at offset " + offset
                    + " with stride " + stride + ": needs offset ≥ 0, rows ≥ 0, cols ≥ 1, stride ≥ cols");
        }
        // Without a sum or product that may overflow: the last row starts at most "room" elements behind the first.
        long room = array.length() - offset - (rows == 0 ? 0 : cols);
        if (room < 0 || (rows - 1) > room / stride) {
            throw new IllegalArgumentException("matrix [" + rows + ", " + cols + "] at offset " + offset
                    + " with stride " + stride + " passes the end of an array of " + array.length());
        }
    }

    /** The whole start of {@code array} as {@code rows × cols} without gaps. */
    public static Matrix of(DeviceArray array, long rows, int cols) {
        return new Matrix(array, 0, rows, cols, cols);
    }

    /** Rows {@code from … from+count−1} of this view. */
    public Matrix rows(long from, long count) {
        if (from < 0 || count < 0 || count > rows - from) {
            throw new IllegalArgumentException("rows " + from + " … " + (from + count - 1) + " of a matrix of " + rows);
        }
        return new Matrix(array, offset + from * stride, count, cols, stride);
    }

    /** Columns {@code from … from+count−1} of this view. */
    public Matrix columns(int from, int count) {
        if (from < 0 || count < 1 || count > cols - from) {
            throw new IllegalArgumentException(
                    "columns " + from + " … " + (from + count - 1) + " of a matrix of " + cols);
        }
        return new Matrix(array, offset + from, rows, count, stride);
    }

    /** "[rows, cols]" for messages. */
    public String shape() {
        return "[" + rows + ", " + cols + "]";
    }
}
