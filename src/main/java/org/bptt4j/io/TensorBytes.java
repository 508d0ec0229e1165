package org.bptt4j.io;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Moves the elements of tensors between arrays and little-endian streams, a chunk at a time. */
final class TensorBytes {
    private final ByteBuffer chunk = ByteBuffer.allocate(1 << 16).order(ByteOrder.LITTLE_ENDIAN);

    /** Writes all elements of {@code tensor}, {@code size * dtype.bytes} bytes. */
    void write(Tensor tensor, OutputStream out) throws IOException {
        int step = chunk.capacity() / tensor.dtype().bytes();
        for (int from = 0, left = tensor.size(); left > 0; ) {
            int count = Math.min(step, left);
            encode(tensor, from, count);
            out.write(chunk.array(), 0, count * tensor.dtype().bytes());
            from += count;
            left -= count;
        }
    }

    /**
     * Reads {@code size} elements.
     *
     * @return {@code float[]}, {@code double[]}, {@code long[]} or {@code int[]} as {@code dtype} says
     * @throws EOFException if the stream ends too soon
     */
    Object read(DType dtype, int size, InputStream in) throws IOException {
        Object array = allocate(dtype, size);
        int step = chunk.capacity() / dtype.bytes();
        for (int from = 0, left = size; left > 0; ) {
            int count = Math.min(step, left);
            int bytes = count * dtype.bytes();
            if (in.readNBytes(chunk.array(), 0, bytes) != bytes) {
                throw new EOFException("the file ends in the middle");
            }
            decode(dtype, array, from, count);
            from += count;
            left -= count;
        }
        return array;
    }

    private static Object allocate(DType dtype, int size) {
        return switch (dtype) {
            case F32 -> new float[size];
            case F64 -> new double[size];
            case I64 -> new long[size];
            case I32 -> new int[size];
        };
    }

    private void encode(Tensor tensor, int from, int count) {
        chunk.clear();
        switch (tensor.dtype()) {
            case F32 -> chunk.asFloatBuffer().put((float[]) tensor.data(), from, count);
            case F64 -> chunk.asDoubleBuffer().put((double[]) tensor.data(), from, count);
            case I64 -> chunk.asLongBuffer().put((long[]) tensor.data(), from, count);
            case I32 -> chunk.asIntBuffer().put((int[]) tensor.data(), from, count);
        }
    }

    private void decode(DType dtype, Object array, int from, int count) {
        chunk.clear();
        switch (dtype) {
            case F32 -> chunk.asFloatBuffer().get((float[]) array, from, count);
            case F64 -> chunk.asDoubleBuffer().get((double[]) array, from, count);
            case I64 -> chunk.asLongBuffer().get((long[]) array, from, count);
            case I32 -> chunk.asIntBuffer().get((int[]) array, from, count);
        }
    }
}
