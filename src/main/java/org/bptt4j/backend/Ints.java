package org.bptt4j.backend;

import org.bptt4j.spec.Require;

/**
 * A view of ints on a device: symbol ids, class targets, row numbers or lengths.
 *
 * @param array where the elements are
 * @param offset of the first
 * @param count how many, ≥ 0
 */
public record Ints(DeviceArray array, long offset, long count) {
    public Ints {
        Require.given(array, "array");
        if (array.type() != DeviceArray.Type.INT) {
            throw new IllegalArgumentException("a view of ints needs an array of INT, not " + array.type());
        }
        if (offset < 0 || count < 0 || count > array.length() - offset) {
            throw new IllegalArgumentException(
                    "ints " + offset + " … " + (offset + count - 1) + " of an array of " + array.length());
        }
    }

    /** The elements {@code from … from+number−1} of this view. */
    public Ints slice(long from, long number) {
        if (from < 0 || number < 0 || number > count - from) {
            throw new IllegalArgumentException("ints " + from + " … " + (from + number - 1) + " of a view of " + count);
        }
        return new Ints(array, offset + from, number);
    }
}
