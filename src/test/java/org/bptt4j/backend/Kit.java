package org.bptt4j.backend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A backend under test whose calls are recorded, and the means to put data on it: every view gets an odd offset and stride,
 * and NaN of one bit pattern all around it, which must never be read into a result nor be written to.
 */
final class Kit implements AutoCloseable {
    private static final int CANARY = 0x7FC0BEEF;

    final Backend backend;
    final Random random = new Random(3);
    private final Set<String> called = ConcurrentHashMap.newKeySet();
    private final Deque<DeviceArray> arrays = new ArrayDeque<>();

    Kit(Backend real) {
        backend = (Backend) Proxy.newProxyInstance(
                Kit.class.getClassLoader(), new Class<?>[] {Backend.class}, (proxy, method, arguments) -> {
                    called.add(Covers.Name.of(method));
                    try {
                        return method.invoke(real, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    /** Names of the operations called so far. */
    Set<String> called() {
        return Set.copyOf(called);
    }

    // ---- matrices ---------------------------------------------------------------------------------------------------

    /** Values in (−1, 1). */
    float[][] random(int rows, int cols) {
        float[][] v = new float[rows][cols];
        for (float[] row : v) {
            for (int j = 0; j < cols; j++) {
                row[j] = 2 * random.nextFloat() - 1;
            }
        }
        return v;
    }

    /** A view of {@code values}, which has {@code cols} columns. */
    Matrix matrix(float[][] values, int cols) {
        int stride = cols + (random.nextBoolean() ? 0 : 1 + random.nextInt(5));
        int offset = random.nextInt(6);
        float[] host = new float[offset + values.length * stride + 3];
        Arrays.fill(host, Float.intBitsToFloat(CANARY));
        for (int r = 0; r < values.length; r++) {
            System.arraycopy(values[r], 0, host, offset + r * stride, cols);
        }
        return new Matrix(floats(host), offset, values.length, cols, stride);
    }

    Matrix matrix(float[][] values) {
        return matrix(values, values[0].length);
    }

    Matrix randomMatrix(int rows, int cols) {
        return matrix(random(rows, cols), cols);
    }

    /** The values of a view made by this kit, after a look at everything around them. */
    float[][] read(Matrix m) {
        float[] host = read(m.array());
        float[][] values = new float[(int) m.rows()][m.cols()];
        for (int r = 0; r < values.length; r++) {
            int start = (int) m.offset() + r * m.stride();
            System.arraycopy(host, start, values[r], 0, m.cols());
            Arrays.fill(host, start, start + m.cols(), Float.intBitsToFloat(CANARY));
        }
        for (int i = 0; i < host.length; i++) {
            // The message is made only for the one that failed: there are millions of these.
            if (Float.floatToRawIntBits(host[i]) != CANARY) {
                fail("element " + i + " outside of " + m + " was written: " + host[i]);
            }
        }
        return values;
    }

    // ---- arrays -----------------------------------------------------------------------------------------------------

    DeviceArray floats(float... values) {
        DeviceArray array = backend.allocate(values.length);
        arrays.push(array);
        backend.upload(values, 0, values.length, array, 0);
        return array;
    }

    /** A report whose first slots hold these numbers, the others 0. */
    DeviceArray report(float... slots) {
        return floats(Arrays.copyOf(slots, Report.LENGTH));
    }

    float[] read(DeviceArray array) {
        float[] host = new float[(int) array.length()];
        backend.download(array, 0, host, 0, host.length);
        return host;
    }

    float read(DeviceArray array, int index) {
        return read(array)[index];
    }

    /** A view of ints that starts in the middle of an array. */
    Ints ints(int... values) {
        DeviceArray array = backend.allocateInts(values.length + 2L);
        arrays.push(array);
        backend.upload(new int[] {-9999}, 0, 1, array, 0);
        backend.upload(values, 0, values.length, array, 1);
        return new Ints(array, 1, values.length);
    }

    /** Frees what this kit made, last first, and the backend: nothing may be left. */
    @Override
    public void close() {
        while (!arrays.isEmpty()) {
            arrays.pop().close();
        }
        assertEquals(0, backend.allocatedBytes(), "bytes left after every array was closed");
        backend.close();
    }
}
