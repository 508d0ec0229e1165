package org.bptt4j;

import org.bptt4j.io.Tensor;

/** Whether what goes into a file, or comes from one, is finite. */
final class FiniteValues {
    private FiniteValues() {}

    /** The first element of a row-major array that is not finite, "[3, 0] is NaN", or null. */
    static String first(float[] values, long... shape) {
        for (int i = 0; i < values.length; i++) {
            if (!Float.isFinite(values[i])) {
                return Tensor.index(i, shape) + " is " + values[i];
            }
        }
        return null;
    }

    /** What is not finite is not saved: a {@link NonFiniteException} names the tensor and its first element. */
    static void require(String name, String when, float[] values, long... shape) {
        String which = first(values, shape);
        if (which != null) {
            throw new NonFiniteException(name + " is not finite" + when + ": element " + which
                    + ". Nothing was saved, and what was there before is"
                    + " as it was. Lower the learning rate, and go on from what was saved last");
        }
    }
}
