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
    private final Backend backend;
    private final float[] values;
    private final DeviceArray memory;
    private final DeviceArray lengthsMemory;
    private final Deque<DeviceArray> masks = new ArrayDeque<>();
    private RecurrentForward forward;
    private RecurrentBackward backward;
    private long taken;

    /** @param lengths of the rows, or null */
    SweepData(Backend backend, Cell cell, int steps, int batch, int hidden, int[] lengths) {
        this.backend = backend;
        long rows = (long) steps * batch;
        long length = (2 * rows + 2L * batch) * (hidden + 1) + hidden * (hidden + 2L);
        this.values = new float[Math.toIntExact(length)];
        Random random = new Random(7);
        for (int i = 0; i < values.length; i++) {
            values[i] = (2 * random.nextFloat() - 1) / (float) Math.sqrt(hidden);
        }
        memory = backend.allocate(length);
        Matrix w = take(hidden, hidden, 0);
        Matrix b = take(2, hidden, 0);
        Matrix states = take(rows + batch, hidden, 1);
        Matrix d = take(rows, hidden, 1);
        Matrix carry = take(batch, hidden, 1);
        lengthsMemory = lengths == null ? null : backend.allocateInts(batch);
        if (lengths != null) {
            backend.upload(lengths, 0, batch, lengthsMemory, 0);
        }
        Ints ints = lengths == null ? null : new Ints(lengthsMemory, 0, batch);
        Matrix gates = states.rows(batch, rows);
        forward = new RecurrentForward(cell, batch, 0, w, b.rows(0, 1), b.rows(1, 1), gates, states, ints);
        backward = new RecurrentBackward(cell, batch, w, gates, states, d, carry, null);
        reset();
    }

    /** From now on rows begin anew where {@code mask} [S·B] is not 0; it lies where none has lain before. */
    void beginAnew(int[] mask) {
        DeviceArray array = backend.allocateInts(mask.length);
        masks.push(array);
        backend.upload(mask, 0, mask.length, array, 0);
        Ints resets = new Ints(array, 0, mask.length);
        RecurrentForward f = forward;
        forward = new RecurrentForward(
                f.cell(), f.batch(), 0, f.weight(), f.biasIh(), f.biasHh(), f.gates(), f.states(), f.lengths(), resets);
        RecurrentBackward b = backward;
        backward = new RecurrentBackward(
                b.cell(), b.batch(), b.weight(), b.gates(), b.states(), b.dStates(), b.carry(), resets);
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
        backend.recurrentForward(forward);
        backend.recurrentBackward(backward);
    }

    /** The same for the first {@code steps} only. */
    void sweepFirst(int steps) {
        long rows = (long) steps * forward.batch();
        Matrix states = forward.states().rows(0, rows + forward.batch());
        Matrix gates = forward.gates().rows(0, rows);
        Matrix d = backward.dStates().rows(0, rows);
        backend.recurrentForward(new RecurrentForward(
                forward.cell(),
                forward.batch(),
                0,
                forward.weight(),
                forward.biasIh(),
                forward.biasHh(),
                gates,
                states,
                forward.lengths()));
        backend.recurrentBackward(new RecurrentBackward(
                forward.cell(), forward.batch(), forward.weight(), gates, states, d, backward.carry(), null));
    }

    /** All of the memory: weights, states, δ, carry and the gaps between. */
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
