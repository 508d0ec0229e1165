package org.bptt4j.backend.cuda;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.bptt4j.backend.Backend;
import org.bptt4j.backend.DeviceArray;
import org.bptt4j.backend.Matrix;
import org.bptt4j.backend.RecurrentBackward;
import org.bptt4j.backend.RecurrentForward;
import org.bptt4j.backend.Transpose;
import org.bptt4j.spec.Cell;

/** One recurrent layer on a device with random numbers in it, made there: the parts of a pass over it, to be timed apart from each other. */
final class CardLayer implements AutoCloseable {
    private static final int RANDOM = 1 << 18;

    private final Backend backend;
    private final CardRow row;
    private final List<DeviceArray> arrays = new ArrayList<>();
    private final Matrix x;
    private final Matrix weightIh;
    private final Matrix weightHh;
    private final Matrix biasIh;
    private final Matrix biasHh;
    private final Matrix states;
    private final Matrix gates;
    private final Matrix cellStates;
    private final Matrix arriving;
    private final Matrix dStates;
    private final Matrix dGates;
    private final Matrix dProducts;
    private final Matrix carry;
    private final Matrix cellCarry;
    private final Matrix dX;
    private final Matrix dWeightIh;
    private final Matrix dWeightHh;
    private final Matrix dBiasIh;
    private final Matrix dBiasHh;

    CardLayer(Backend backend, CardRow row) {
        this.backend = backend;
        this.row = row;
        Cell cell = row.cell();
        int hidden = row.hidden();
        int wide = row.wide();
        long rows = row.cells();
        try {
            x = random(rows, row.input(), 1);
            weightIh = random(wide, row.input(), Math.sqrt(1.0 / hidden));
            weightHh = random(wide, hidden, Math.sqrt(1.0 / hidden));
            biasIh = zeros(1, wide);
            biasHh = zeros(1, wide);
            states = zeros(rows + row.batch(), hidden);
            gates = cell.isPlain() ? states.rows(row.batch(), rows) : zeros(rows, cell.kept() * hidden);
            cellStates = cell.hasCellState() ? zeros(rows + row.batch(), hidden) : null;
            arriving = cell.isPlain() ? random(rows, hidden, 1) : null;
            dStates = cell.isPlain() ? zeros(rows, hidden) : random(rows, hidden, 1);
            dGates = cell.isPlain() ? dStates : zeros(rows, wide);
            dProducts = cell.separate() == 0 ? dGates : zeros(rows, wide);
            carry = zeros(row.batch(), hidden);
            cellCarry = cell.hasCellState() ? zeros(row.batch(), hidden) : null;
            dX = zeros(rows, row.input());
            dWeightIh = zeros(wide, row.input());
            dWeightHh = zeros(wide, hidden);
            dBiasIh = zeros(1, wide);
            dBiasHh = zeros(1, wide);
        } catch (RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    private Matrix zeros(long rows, int cols) {
        DeviceArray array = backend.allocate(rows * cols);
        arrays.add(array);
        return Matrix.of(array, rows, cols);
    }

    /** Uniform in ±{@code most}; the same few over and over, copied on the device, for most of a large row's bytes would be the host's time. */
    private Matrix random(long rows, int cols, double most) {
        Matrix m = zeros(rows, cols);
        int first = (int) Math.min(rows, Math.max(1, RANDOM / cols));
        float[] values = new float[first * cols];
        Random random = new Random(7);
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (most * (2 * random.nextDouble() - 1));
        }
        backend.upload(values, 0, values.length, m.array(), 0);
        for (long known = first; known < rows; ) {
            long more = Math.min(known, rows - known);
            backend.copy(m.rows(0, more), m.rows(known, more));
            known += more;
        }
        return m;
    }

    /** A = x·W_ihᵀ. */
    void input() {
        backend.gemm(Transpose.NO, x, Transpose.YES, weightIh, false, gates.columns(0, row.wide()));
    }

    /** All states from A. */
    void forward() {
        backend.recurrentForward(new RecurrentForward(
                row.cell(), row.batch(), 0, weightHh, biasIh, biasHh, gates, states, cellStates, null, null));
    }

    /** What arrives from above, which the backward sweep of a plain cell overwrites; nothing arrives from later steps. */
    void arrive() {
        if (arriving != null) {
            backend.copy(arriving, dStates);
        }
        backend.fill(carry, 0);
        if (cellCarry != null) {
            backend.fill(cellCarry, 0);
        }
    }

    /** All δ from ∂L/∂h. */
    void backward() {
        backend.recurrentBackward(new RecurrentBackward(
                row.cell(),
                row.batch(),
                weightHh,
                gates,
                states,
                cellStates,
                dStates,
                dGates,
                dProducts,
                carry,
                cellCarry,
                null));
    }

    /** Gradients of both weights and both biases. */
    void weights() {
        backend.weightGradient(dProducts, states.rows(0, row.cells()), row.batch(), dWeightHh);
        backend.weightGradient(dGates, x, row.batch(), dWeightIh);
        backend.biasGradient(dGates, row.batch(), dBiasIh);
        backend.biasGradient(dProducts, row.batch(), dBiasHh);
    }

    /** The gradient of x. */
    void dX() {
        backend.gemm(Transpose.NO, dGates, Transpose.NO, weightIh, false, dX);
    }

    // ---- products of the size of a step -----------------------------------------------------------------------------

    /** [B, H]·[H, G·H], as a step of the forward sweep makes it. */
    void forwardProduct() {
        backend.gemm(Transpose.NO, states.rows(0, row.batch()), Transpose.YES, weightHh, false, ofStep());
    }

    /** [B, G·H]·[G·H, H], as a step of the backward sweep makes it. */
    void backwardProduct() {
        backend.gemm(Transpose.NO, ofStep(), Transpose.NO, weightHh, false, carry);
    }

    private Matrix ofStep() {
        return dProducts.rows(0, row.batch());
    }

    @Override
    public void close() {
        arrays.forEach(DeviceArray::close);
        arrays.clear();
    }
}
