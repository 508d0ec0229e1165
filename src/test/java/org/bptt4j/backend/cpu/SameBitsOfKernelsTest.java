package org.bptt4j.backend.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.bptt4j.backend.Backend;
import org.bptt4j.backend.DeviceArray;
import org.bptt4j.backend.Ints;
import org.bptt4j.backend.Matrix;
import org.junit.jupiter.api.Test;

/**
 * "Every element of a weight gradient is one chain, t descending, b ascending, loaded from and stored to its accumulator":
 * that chain written down with {@link Math#fma}, and every kernel and thread count against it to the bit.
 */
class SameBitsOfKernelsTest {
    private static final int STEPS = 23;
    private static final int BATCH = 17;

    @Test
    void weightGradientsAreTheDocumentedChainForAllKernelsAndThreads() {
        for (int n : new int[] {1, 8, 15, 33, 70, 300}) {
            for (int m : new int[] {1, 7, 16, 33, 70}) {
                weightGradientIsTheDocumentedChain(n, m);
            }
        }
        // Rows of δ so long that it is split: packed or as it lies.
        weightGradientIsTheDocumentedChain(600, 33);
        weightGradientIsTheDocumentedChain(1024, 130);
        weightGradientIsTheDocumentedChain(520, 540);
    }

    private static void weightGradientIsTheDocumentedChain(int n, int m) {
        float[] delta = random(STEPS * BATCH * n);
        float[] input = random(STEPS * BATCH * m);
        float[] start = random(n * m);
        float[] chain = start.clone();
        forChain(r -> {
            for (int i = 0; i < n; i++) {
                for (int j = 0; j < m; j++) {
                    chain[i * m + j] = Math.fma(delta[r * n + i], input[r * m + j], chain[i * m + j]);
                }
            }
        });
        for (float[] actual : onAll(backend -> {
            Matrix d = matrix(backend, delta, n);
            Matrix x = matrix(backend, input, m);
            Matrix g = matrix(backend, start, m);
            backend.weightGradient(d, x, BATCH, g);
            return g;
        })) {
            compare(chain, actual);
        }
    }

    @Test
    void biasGradientsAndScatteredColumnsAreTheDocumentedChain() {
        for (int n : new int[] {1, 8, 15, 33, 300}) {
            int symbols = 5;
            float[] delta = random(STEPS * BATCH * n);
            int[] ids = new Random(n).ints(STEPS * BATCH, 0, symbols).toArray();
            float[] bias = random(n);
            float[] columns = random(n * symbols);
            float[] biasChain = bias.clone();
            float[] columnChain = columns.clone();
            forChain(r -> {
                for (int i = 0; i < n; i++) {
                    biasChain[i] += delta[r * n + i];
                    columnChain[i * symbols + ids[r]] += delta[r * n + i];
                }
            });
            for (float[] actual : onAll(backend -> {
                Matrix g = matrix(backend, bias, n);
                backend.biasGradient(matrix(backend, delta, n), BATCH, g);
                return g;
            })) {
                assertArrayEquals(biasChain, actual);
            }
            for (float[] actual : onAll(backend -> {
                Matrix g = matrix(backend, columns, symbols);
                DeviceArray idArray = backend.allocateInts(ids.length);
                backend.upload(ids, 0, ids.length, idArray, 0);
                backend.scatterColumns(new Ints(idArray, 0, ids.length), matrix(backend, delta, n), BATCH, g);
                return g;
            })) {
                assertArrayEquals(columnChain, actual);
            }
        }
    }

    private static void compare(float[] chain, float[] actual) {
        for (int i = 0; i < chain.length; i++) {
            // Without fused multiply-add the scalar kernels round twice a term.
            assertEquals(chain[i], actual[i], Fused.HERE ? 0 : 1e-4f, "element " + i);
        }
    }

    private interface RowAction {
        void at(int row);
    }

    private static void forChain(RowAction action) {
        for (int t = STEPS - 1; t >= 0; t--) {
            for (int b = 0; b < BATCH; b++) {
                action.at(t * BATCH + b);
            }
        }
    }

    private interface Run {
        Matrix on(Backend backend);
    }

    private static List<float[]> onAll(Run run) {
        List<float[]> results = new ArrayList<>();
        for (String kernels : CpuBackends.NAMES) {
            for (int threads : new int[] {1, 2, 5}) {
                try (Backend backend = CpuBackends.open(kernels, threads)) {
                    Matrix m = run.on(backend);
                    float[] host = new float[(int) m.rows() * m.cols()];
                    backend.download(m.array(), 0, host, 0, host.length);
                    results.add(host);
                }
            }
        }
        return results;
    }

    private static Matrix matrix(Backend backend, float[] values, int cols) {
        DeviceArray array = backend.allocate(values.length);
        backend.upload(values, 0, values.length, array, 0);
        return Matrix.of(array, values.length / cols, cols);
    }

    private static float[] random(int length) {
        Random random = new Random(length);
        float[] v = new float[length];
        for (int i = 0; i < length; i++) {
            v[i] = 2 * random.nextFloat() - 1;
        }
        return v;
    }
}
