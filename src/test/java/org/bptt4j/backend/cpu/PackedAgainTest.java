package org.bptt4j.backend.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.util.List;
import java.util.function.Consumer;
import org.bptt4j.backend.Backend;
import org.bptt4j.backend.DeviceArray;
import org.bptt4j.backend.Matrix;
import org.bptt4j.backend.RecurrentForward;
import org.bptt4j.backend.Transpose;
import org.bptt4j.spec.Cell;
import org.junit.jupiter.api.Test;

/** Weights that were packed are packed again as soon as an operation has written to them, and for another view of the same array. */
class PackedAgainTest {
    private static final int N = 40;

    @Test
    void productsSeeWhatWasWritten() {
        List<Consumer<Matrix>> writes = List.of(
                w -> w.array().backend().fill(w, 2f),
                w -> w.array().backend().upload(values(7), 0, N, w.array(), 5),
                w -> w.array().backend().copy(w.rows(1, 1), w.rows(0, 1)),
                w -> product(w.array().backend(), matrix(w.array().backend(), 8), w),
                w -> gradient(w.array().backend(), w));
        for (String kernels : CpuBackends.NAMES) {
            try (Backend backend = CpuBackends.open(kernels, 2)) {
                Matrix weight = matrix(backend, 1);
                for (Consumer<Matrix> write : writes) {
                    product(backend, weight);
                    sweep(backend, weight);
                    write.accept(weight);
                    float[] product = product(backend, weight);
                    float[] sweep = sweep(backend, weight);
                    Matrix copy = Matrix.of(backend.allocate(N * N), N, N);
                    backend.copy(weight, copy);
                    assertArrayEquals(product(backend, copy), product);
                    assertArrayEquals(sweep(backend, copy), sweep);
                }
            }
        }
    }

    @Test
    void otherViewsOfAnArrayAreOtherMatrices() {
        for (String kernels : CpuBackends.NAMES) {
            try (Backend backend = CpuBackends.open(kernels, 2);
                    Backend fresh = CpuBackends.open(kernels, 2)) {
                for (int columns : new int[] {N, N - 1}) {
                    for (Transpose t : Transpose.values()) {
                        for (int from : new int[] {0, 1}) {
                            Matrix[] w = {matrix(backend, 3), matrix(fresh, 3)};
                            float[][] c = new float[2][];
                            for (int i = 0; i < 2; i++) {
                                // The first backend has packed the whole of it before.
                                Backend b = i == 0 ? backend : fresh;
                                if (i == 0) {
                                    product(b, w[i]);
                                }
                                Matrix view = new Matrix(w[i].array(), from, columns - 1, columns - 1, N);
                                Matrix to = Matrix.of(b.allocate(N * (columns - 1)), N, columns - 1);
                                Matrix a = new Matrix(matrix(b, 4).array(), 0, N, columns - 1, N);
                                b.gemm(Transpose.NO, a, t, view, false, to);
                                c[i] = host(to);
                            }
                            assertArrayEquals(c[1], c[0]);
                        }
                    }
                }
            }
        }
    }

    /** A·W. */
    private static float[] product(Backend backend, Matrix weight) {
        Matrix to = Matrix.of(backend.allocate(N * N), N, N);
        product(backend, weight, to);
        return host(to);
    }

    private static void product(Backend backend, Matrix weight, Matrix to) {
        backend.gemm(Transpose.NO, matrix(backend, 4), Transpose.NO, weight, false, to);
    }

    private static void gradient(Backend backend, Matrix to) {
        backend.weightGradient(matrix(backend, 4), matrix(backend, 5), 2, to);
    }

    private static float[] sweep(Backend backend, Matrix weight) {
        Matrix states = matrix(backend, 5).rows(0, 12);
        Matrix bias = matrix(backend, 6).rows(0, 1);
        backend.recurrentForward(
                new RecurrentForward(Cell.TANH, 4, 0, weight, bias, bias, states.rows(4, 8), states, null, null, null));
        return host(states);
    }

    private static Matrix matrix(Backend backend, int seed) {
        DeviceArray array = backend.allocate(N * N);
        backend.upload(values(seed), 0, N * N, array, 0);
        return Matrix.of(array, N, N);
    }

    private static float[] values(int seed) {
        float[] v = new float[N * N];
        for (int i = 0; i < v.length; i++) {
            v[i] = (float) Math.sin(seed + 3.7 * i) / 8;
        }
        return v;
    }

    private static float[] host(Matrix m) {
        float[] v = new float[(int) (m.rows() * m.cols())];
        m.array().backend().download(m.array(), m.offset(), v, 0, v.length);
        return v;
    }
}
