package org.bptt4j.backend.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.util.Random;
import org.bptt4j.backend.Backend;
import org.bptt4j.backend.DeviceArray;
import org.bptt4j.backend.Ints;
import org.bptt4j.backend.Matrix;
import org.bptt4j.backend.RecurrentBackward;
import org.bptt4j.backend.RecurrentForward;
import org.bptt4j.spec.Cell;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A sweep gives the same bits on any number of threads, whether they split its rows or its hidden units. */
class SameBitsOfSweepsTest {
    private static final int STEPS = 3;

    @ParameterizedTest
    @MethodSource("org.bptt4j.spec.Cell#all")
    void threadsAndTheWayTheySplitChangeNoBit(Cell cell) {
        for (String kernels : CpuBackends.NAMES) {
            // Few rows are split by units, many by rows; 300 units are more than one tile of sums, 520 of depth more
            // than one pass.
            for (int[] shape : new int[][] {{1, 300}, {3, 140}, {8, 300}, {37, 70}, {150, 45}, {6, 520}}) {
                float[][] one = run(kernels, 1, cell, shape[0], shape[1]);
                for (int threads : new int[] {2, 5}) {
                    assertArrayEquals(one, run(kernels, threads, cell, shape[0], shape[1]), cell + " on " + threads);
                }
            }
        }
    }

    private static float[][] run(String kernels, int threads, Cell cell, int batch, int hidden) {
        Random random = new Random(batch);
        int rows = STEPS * batch;
        int columns = cell.gates() * hidden;
        try (Backend backend = CpuBackends.open(kernels, threads)) {
            Matrix weight = random(backend, random, columns, hidden);
            Matrix bias = random(backend, random, 2, columns);
            Matrix states = random(backend, random, rows + batch, hidden);
            Matrix cells = cell.hasCellState() ? random(backend, random, rows + batch, hidden) : null;
            Matrix gates =
                    cell.isPlain() ? states.rows(batch, rows) : random(backend, random, rows, cell.kept() * hidden);
            Matrix dStates = random(backend, random, rows, hidden);
            Matrix dGates = cell.isPlain() ? dStates : random(backend, random, rows, columns);
            Matrix dProducts = cell.separate() == 0 ? dGates : random(backend, random, rows, columns);
            Matrix carry = random(backend, random, batch, hidden);
            Matrix cellCarry = cell.hasCellState() ? random(backend, random, batch, hidden) : null;
            Ints lengths = ints(backend, random.ints(batch, 1, STEPS + 1).toArray());
            Ints resets = ints(backend, random.ints(rows, 0, 4).map(i -> i / 3).toArray());
            backend.recurrentForward(new RecurrentForward(
                    cell, batch, 0, weight, bias.rows(0, 1), bias.rows(1, 1), gates, states, cells, lengths, resets));
            backend.recurrentBackward(new RecurrentBackward(
                    cell, batch, weight, gates, states, cells, dStates, dGates, dProducts, carry, cellCarry, resets));
            return new float[][] {
                host(states), host(cells), host(gates), host(dGates), host(dProducts), host(carry), host(cellCarry)
            };
        }
    }

    private static Matrix random(Backend backend, Random random, int rows, int cols) {
        float[] values = new float[rows * cols];
        for (int i = 0; i < values.length; i++) {
            values[i] = (2 * random.nextFloat() - 1) / 8;
        }
        DeviceArray array = backend.allocate(values.length);
        backend.upload(values, 0, values.length, array, 0);
        return Matrix.of(array, rows, cols);
    }

    private static Ints ints(Backend backend, int[] values) {
        DeviceArray array = backend.allocateInts(values.length);
        backend.upload(values, 0, values.length, array, 0);
        return new Ints(array, 0, values.length);
    }

    private static float[] host(Matrix m) {
        if (m == null) {
            return null;
        }
        float[] values = new float[(int) m.array().length()];
        m.array().backend().download(m.array(), 0, values, 0, values.length);
        return values;
    }
}
