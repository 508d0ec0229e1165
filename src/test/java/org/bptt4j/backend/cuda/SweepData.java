package org.bptt4j.backend.cuda;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Random;
import org.bptt4j.backend.Backend;
import org.bptt4j.backend.DeviceArray;
import org.bptt4j.backend.Ints;
import org.bptt4j.backend.Matrix;
import org.bptt4j.backend.RecurrentBackward;
import org.bptt4j.backend.RecurrentForward;
import org.bptt4j.spec.Cell;

/** Random data of one layer on a backend, in one array, and the two sweeps over it. The same numbers for the same seed. */
final class SweepData implements AutoCloseable {
    private static final int MATRICES = 8;

    private final Backend backend;
    private final Cell cell;
    private final int batch;
    private final float[] values;
    private final DeviceArray memory;
    private final DeviceArray lengthsMemory;
    private final Deque<DeviceArray> masks = new ArrayDeque<>();
    private final Matrix weight;
    private final Matrix biases;
    private final Matrix states;
    private final Matrix cellStates;
    private final Matrix gates;
    private final Matrix dStates;
    private final Matrix dGates;
    private final Matrix dProducts;
    private final Matrix carry;
    private final Matrix cellCarry;
    private final int steps;
    private Ints resets;
    private long taken;

    /** @param lengths of the rows, or null */
    SweepData(Backend backend, Cell cell, int steps, int batch, int hidden, int[] lengths) {
        this.backend = backend;
        this.cell = cell;
        this.steps = steps;
        this.batch = batch;
        int wide = cell.gates() * hidden;
        long rows = (long) steps * batch;
        long columns = cell.kept() + 2L * cell.gates() + 3;
        long length = (rows + batch) * (columns * hidden + MATRICES) + wide * (hidden + 2L);
        this.values = new float[Math.toIntExact(length)];
        Random random = new Random(7);
        for (int i = 0; i < values.length; i++) {
            values[i] = (2 * random.nextFloat() - 1) / (float) Math.sqrt(hidden);
        }
        memory = backend.allocate(length);
        weight = take(wide, hidden, 0);
        biases = take(2, wide, 0);
        states = take(rows + batch, hidden, 1);
        gates = cell.isPlain() ? states.rows(batch, rows) : take(rows, cell.kept() * hidden, 1);
        cellStates = cell.hasCellState() ? take(rows + batch, hidden, 1) : null;
        dStates = take(rows, hidden, 1);
        dGates = cell.isPlain() ? dStates : take(rows, wide, 1);
        dProducts = cell.separate() == 0 ? dGates : take(rows, wide, 1);
        carry = take(batch, hidden, 1);
        cellCarry = cell.hasCellState() ? take(batch, hidden, 1) : null;
        lengthsMemory = lengths == null ? null : backend.allocateInts(batch);
        if (lengths != null) {
            backend.upload(lengths, 0, batch, lengthsMemory, 0);
        }
        reset();
    }

    /** From now on rows begin anew where {@code mask} [S·B] is not 0; it lies where none has lain before. */
    void beginAnew(int[] mask) {
        DeviceArray array = backend.allocateInts(mask.length);
        masks.push(array);
        backend.upload(mask, 0, mask.length, array, 0);
        resets = new Ints(array, 0, mask.length);
    }

    private Matrix take(long rows, int cols, int gap) {
        Matrix m = new Matrix(memory, taken, rows, cols, cols + gap);
        taken += rows * (cols + gap);
        return m;
    }

    /** All as it was at first. */
    void reset() {
        backend.upload(values, 0, values.length, memory, 0);
    }

    /** Forward, then backward. */
    void sweep() {
        sweepFirst(steps);
    }

    /** The same for the first {@code count} steps only. */
    void sweepFirst(int count) {
        forward(0, count);
        backward(0, count);
    }

    /** Steps {@code from} … {@code to} − 1. */
    void forward(int from, int to) {
        Ints lengths = lengthsMemory == null ? null : new Ints(lengthsMemory, 0, batch);
        Matrix biasIh = biases.rows(0, 1);
        Matrix biasHh = biases.rows(1, 1);
        Matrix h = before(states, from, to);
        Matrix c = before(cellStates, from, to);
        Matrix a = of(gates, from, to);
        backend.recurrentForward(
                new RecurrentForward(cell, batch, from, weight, biasIh, biasHh, a, h, c, lengths, resets(from, to)));
    }

    /** Steps {@code to} − 1 … {@code from}. */
    void backward(int from, int to) {
        backend.recurrentBackward(new RecurrentBackward(
                cell,
                batch,
                weight,
                of(gates, from, to),
                before(states, from, to),
                before(cellStates, from, to),
                of(dStates, from, to),
                of(dGates, from, to),
                of(dProducts, from, to),
                carry,
                cellCarry,
                resets(from, to)));
    }

    private Matrix of(Matrix m, int from, int to) {
        return m.rows((long) from * batch, (long) (to - from) * batch);
    }

    /** The state before each step, and the last one's. */
    private Matrix before(Matrix m, int from, int to) {
        return m == null ? null : of(m, from, to + 1);
    }

    private Ints resets(int from, int to) {
        return resets == null ? null : resets.slice((long) from * batch, (long) (to - from) * batch);
    }

    /** All of the memory: weights, states, gradients, carries and the gaps between. */
    float[] read() {
        float[] host = new float[values.length];
        backend.download(memory, 0, host, 0, host.length);
        return host;
    }

    @Override
    public void close() {
        masks.forEach(DeviceArray::close);
        if (lengthsMemory != null) {
            lengthsMemory.close();
        }
        memory.close();
    }
}
