package org.bptt4j.backend;

import java.util.Objects;

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
        Objects.requireNonNull(array, "array");
        if (array.type() != DeviceArray.Type.FLOAT) {
            throw new IllegalArgumentException("a matrix needs an array of FLOAT, not " + array.type());
        }
        if (offset < 0 || rows < 0 || cols < 1 || stride < cols) {
            throw new IllegalArgumentException("matrix [" + rows + ", " + cols + "] at offset " + offset
                    + " with stride " + stride + ": needs offset ≥ 0, rows ≥ 0, cols ≥ 1, stride ≥ cols");
        }
        long end =
                rows == 0 ? offset : Math.addExact(offset, Math.addExact(Math.multiplyExact(rows - 1, stride), cols));
        if (end > array.length()) {
            throw new IllegalArgumentException("matrix [" + rows + ", " + cols + "] at offset " + offset
                    + " with stride " + stride + " ends at element " + end + " of an array of " + array.length());
        }
    }

    /** The whole start of {@code array} as {@code rows × cols} without gaps. */
    public static Matrix of(DeviceArray array, long rows, int cols) {
        return new Matrix(array, 0, rows, cols, cols);
    }

    /** Rows {@code from … from+count−1} of this view. */
    public Matrix rows(long from, long count) {
        if (from < 0 || count < 0 || from + count > rows) {
            throw new IllegalArgumentException("rows " + from + " … " + (from + count - 1) + " of a matrix of " + rows);
        }
        return new Matrix(array, offset + from * stride, count, cols, stride);
    }

    /** "[rows, cols]" for messages. */
    public String shape() {
        return "[" + rows + ", " + cols + "]";
    }
}
