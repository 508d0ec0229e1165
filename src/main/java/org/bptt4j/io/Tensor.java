package org.bptt4j.io;

import java.util.Arrays;
import java.util.StringJoiner;

/**
 * A named array of numbers, row-major, that does not change.
 *
 * <p>The conversions return fresh arrays of {@link #size()} elements, the last dimension varying fastest.
 */
public final class Tensor {
    private final String name;
    private final DType dtype;
    private final long[] shape;
    private final Object data;

    /**
     * Takes over the arrays: whoever calls must not keep them.
     *
     * @param data {@code float[]}, {@code double[]}, {@code long[]} or {@code int[]} as {@code dtype} says, with as
     *     many elements as {@code shape} asks for
     */
    Tensor(String name, DType dtype, long[] shape, Object data) {
        this.name = name;
        this.dtype = dtype;
        this.shape = shape;
        this.data = data;
    }

    /** The name in the file. */
    public String name() {
        return name;
    }

    /** The element type in the file. */
    public DType dtype() {
        return dtype;
    }

    /** The dimensions, outermost first; a copy, of length 0 for a scalar. */
    public long[] shape() {
        return shape.clone();
    }

    /** The number of elements: the product of {@link #shape()}. */
    public int size() {
        return Shapes.elements(shape);
    }

    /**
     * The values as floats: F32 exactly, F64 rounded to nearest (beyond the range of float: infinite).
     *
     * @throws SafetensorsException if the tensor is neither F32 nor F64
     */
    public float[] toFloats() throws SafetensorsException {
        if (data instanceof float[] floats) {
            return floats.clone();
        }
        if (data instanceof double[] doubles) {
            float[] rounded = new float[doubles.length];
            for (int i = 0; i < rounded.length; i++) {
                rounded[i] = (float) doubles[i];
            }
            return rounded;
        }
        throw wrongType("F32 or F64");
    }

    /**
     * The values as doubles, exactly.
     *
     * @throws SafetensorsException if the tensor is neither F32 nor F64
     */
    public double[] toDoubles() throws SafetensorsException {
        if (data instanceof double[] doubles) {
            return doubles.clone();
        }
        if (data instanceof float[] floats) {
            double[] widened = new double[floats.length];
            for (int i = 0; i < widened.length; i++) {
                widened[i] = floats[i];
            }
            return widened;
        }
        throw wrongType("F32 or F64");
    }

    /**
     * The values as longs, exactly.
     *
     * @throws SafetensorsException if the tensor is neither I64 nor I32
     */
    public long[] toLongs() throws SafetensorsException {
        if (data instanceof long[] longs) {
            return longs.clone();
        }
        if (data instanceof int[] ints) {
            return Arrays.stream(ints).asLongStream().toArray();
        }
        throw wrongType("I64 or I32");
    }

    /**
     * The values as ints, exactly.
     *
     * @throws SafetensorsException if the tensor is neither I64 nor I32, or a value does not fit in 32 bits
     */
    public int[] toInts() throws SafetensorsException {
        if (data instanceof int[] ints) {
            return ints.clone();
        }
        if (data instanceof long[] longs) {
            int[] narrowed = new int[longs.length];
            for (int i = 0; i < narrowed.length; i++) {
                narrowed[i] = (int) longs[i];
                if (narrowed[i] != longs[i]) {
                    throw new SafetensorsException("tensor " + SafetensorsException.quote(name) + ": value " + longs[i]
                            + " at element " + i + " does not fit in 32 bits");
                }
            }
            return narrowed;
        }
        throw wrongType("I64 or I32");
    }

    /** The array itself, for the writer, which does not change it. */
    Object data() {
        return data;
    }

    private SafetensorsException wrongType(String expected) {
        return new SafetensorsException(
                "tensor " + SafetensorsException.quote(name) + " has dtype " + dtype + ", expected " + expected);
    }

    /** Name, type and shape, such as {@code w F32 [3, 4]}. */
    @Override
    public String toString() {
        return name + " " + dtype + " " + Arrays.toString(shape);
    }

    /** The place of a row-major array's element in a shape: "[3, 0]". */
    public static String index(long element, long... shape) {
        StringJoiner index = new StringJoiner(", ", "[", "]");
        long below = 1;
        for (int d = 1; d < shape.length; d++) {
            below *= shape[d];
        }
        for (int d = 0; d < shape.length; d++) {
            index.add(Long.toString(element / below % shape[d]));
            below /= d + 1 < shape.length ? shape[d + 1] : 1;
        }
        return index.toString();
    }
}
