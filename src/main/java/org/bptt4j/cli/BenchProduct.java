package org.bptt4j.cli;

import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.bptt4j.backend.Backend;
import org.bptt4j.backend.DeviceArray;
import org.bptt4j.backend.Matrix;
import org.bptt4j.backend.Transpose;

/** The rate of one large product, which a training step, made of smaller ones, can hardly pass. */
final class BenchProduct {
    /** Rows and columns: three matrices of 64 MiB. */
    static final int SIZE = 4096;

    /** Elements of an upload; what follows are the same again. */
    private static final int MOST_AT_ONCE = 1 << 20;

    private static final int WARM_UP_CALLS = 3;
    private static final int LEAST_CALLS = 5;
    private static final long NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private BenchProduct() {}

    /**
     * GFLOP/s of the fastest of several products of two matrices [n, n], each waited for. Of random numbers: a card that has only
     * zeros to multiply takes less power, and so runs faster than it ever will.
     */
    static double gflops(Backend backend, int n) {
        try (DeviceArray memory = backend.allocate(3L * n * n)) {
            upload(backend, memory, 2L * n * n);
            Matrix a = new Matrix(memory, 0, n, n, n);
            Matrix b = new Matrix(memory, (long) n * n, n, n, n);
            Matrix c = new Matrix(memory, 2L * n * n, n, n, n);
            Runnable product = () -> {
                backend.gemm(Transpose.NO, a, Transpose.NO, b, false, c);
                backend.synchronize();
            };
            for (int i = 0; i < WARM_UP_CALLS; i++) {
                product.run();
            }
            long best = Long.MAX_VALUE;
            long start = System.nanoTime();
            for (int i = 0; i < LEAST_CALLS || System.nanoTime() - start < NANOS; i++) {
                long before = System.nanoTime();
                product.run();
                best = Math.min(best, System.nanoTime() - before);
            }
            return 2.0 * n * n * n / best;
        }
    }

    private static void upload(Backend backend, DeviceArray to, long count) {
        float[] values = new float[(int) Math.min(count, MOST_AT_ONCE)];
        Random random = new Random(1);
        for (int i = 0; i < values.length; i++) {
            values[i] = 2 * random.nextFloat() - 1;
        }
        for (long at = 0; at < count; at += values.length) {
            backend.upload(values, 0, (int) Math.min(values.length, count - at), to, at);
        }
    }
}
