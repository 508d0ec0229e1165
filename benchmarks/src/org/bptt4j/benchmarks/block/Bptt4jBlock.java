package org.bptt4j.benchmarks.block;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bptt4j.backend.Backend;
import org.bptt4j.backend.DeviceArray;
import org.bptt4j.backend.Matrix;
import org.bptt4j.backend.RecurrentBackward;
import org.bptt4j.backend.RecurrentForward;
import org.bptt4j.backend.Transpose;
import org.bptt4j.benchmarks.Contender;
import org.bptt4j.spec.Cell;

/**
 * Ours, through the seam, with all data in the backend's memory: the calls that the library's own layer makes, in its order and
 * over as many steps at a time. The public {@code Rnn} would copy x, h and their gradients between host arrays and the backend,
 * which no contender here does.
 *
 * <p>The backward sweep of a plain cell writes δ over ∂L/∂h. In a network the head leaves ∂L/∂h there anew for each step; here
 * {@link #prepare} does.
 */
public final class Bptt4jBlock implements Contender {
    private final Backend backend;
    private final Block block;
    private final Matrix x;
    private final Matrix dX;
    private final Matrix gates;
    private final Matrix states;
    private final Matrix cellStates;
    private final Matrix dH;
    private final Matrix dStates;
    private final Matrix carry;
    private final Matrix cellCarry;
    private final Map<String, Matrix> weights = new LinkedHashMap<>();
    private final Map<String, Matrix> gradients = new LinkedHashMap<>();
    private final List<Stretch> stretches = new ArrayList<>();

    /** @param backend closed with this */
    public Bptt4jBlock(Block block, Backend backend) {
        this.block = block;
        this.backend = backend;
        Cell cell = block.cell();
        int batch = block.batch();
        int hidden = block.hidden();
        x = matrix(block.x(), block.inputs());
        dX = zeros(block.rows(), block.inputs());
        states = zeros(block.rows() + batch, hidden);
        cellStates = cell.hasCellState() ? zeros(block.rows() + batch, hidden) : null;
        gates = cell.isPlain() ? states.rows(batch, block.rows()) : zeros(block.rows(), cell.kept() * hidden);
        dH = matrix(block.dH(), hidden);
        dStates = cell.isPlain() ? zeros(block.rows(), hidden) : dH;
        carry = zeros(batch, hidden);
        cellCarry = cell.hasCellState() ? zeros(batch, hidden) : null;
        block.weights().forEach((name, values) -> {
            int rows = name.equals(Block.BIAS_IH) || name.equals(Block.BIAS_HH) ? 1 : block.gateRows();
            weights.put(name, matrix(values, values.length / rows));
            gradients.put(name, zeros(rows, values.length / rows));
        });
        cut();
    }

    private Matrix matrix(float[] values, int cols) {
        Matrix m = zeros(values.length / cols, cols);
        backend.upload(values, 0, values.length, m.array(), 0);
        return m;
    }

    private Matrix zeros(int rows, int cols) {
        DeviceArray array = backend.allocate((long) rows * cols);
        return Matrix.of(array, rows, cols);
    }

    /** Into stretches of as many rows as the backend wants to take through all operations at a time. */
    private void cut() {
        int steps = Math.min(
                block.steps(),
                Math.max(
                        1, backend.rowsPerPass() / (block.batch() * block.cell().gates())));
        boolean plain = block.cell().isPlain();
        Matrix delta = plain ? null : zeros(steps * block.batch(), block.gateRows());
        Matrix dProducts = block.cell().separate() == 0 ? delta : zeros(steps * block.batch(), block.gateRows());
        for (int from = 0; from < block.steps(); from += steps) {
            long row = (long) from * block.batch();
            long count = (long) Math.min(steps, block.steps() - from) * block.batch();
            Matrix d = dStates.rows(row, count);
            Matrix dGates = plain ? d : delta.rows(0, count);
            stretches.add(new Stretch(row, count, dGates, plain ? d : dProducts.rows(0, count)));
        }
    }

    /** Some steps that go through all operations together; they leave their δ in the same memory, but for plain cells. */
    private final class Stretch {
        private final Matrix x;
        private final Matrix dX;
        private final Matrix before;
        private final RecurrentForward forward;
        private final RecurrentBackward backward;

        Stretch(long row, long count, Matrix dGates, Matrix dProducts) {
            x = Bptt4jBlock.this.x.rows(row, count);
            dX = Bptt4jBlock.this.dX.rows(row, count);
            before = states.rows(row, count);
            Matrix weight = weights.get(Block.WEIGHT_HH);
            Matrix h = states.rows(row, count + block.batch());
            Matrix c = cellStates == null ? null : cellStates.rows(row, count + block.batch());
            Matrix kept = gates.rows(row, count);
            Matrix dH = dStates.rows(row, count);
            forward = new RecurrentForward(
                    block.cell(),
                    block.batch(),
                    (int) (row / block.batch()),
                    weight,
                    weights.get(Block.BIAS_IH),
                    weights.get(Block.BIAS_HH),
                    kept,
                    h,
                    c,
                    null,
                    null);
            backward = new RecurrentBackward(
                    block.cell(), block.batch(), weight, kept, h, c, dH, dGates, dProducts, carry, cellCarry, null);
        }

        /** A = x·W_ihᵀ in the first columns of the gates. */
        void project() {
            Matrix a = forward.gates().columns(0, block.gateRows());
            backend.gemm(Transpose.NO, x, Transpose.YES, weights.get(Block.WEIGHT_IH), false, a);
        }

        void addWeightGradients() {
            int batch = block.batch();
            backend.weightGradient(backward.dProducts(), before, batch, gradients.get(Block.WEIGHT_HH));
            backend.biasGradient(backward.dGates(), batch, gradients.get(Block.BIAS_IH));
            backend.biasGradient(backward.dProducts(), batch, gradients.get(Block.BIAS_HH));
            backend.weightGradient(backward.dGates(), x, batch, gradients.get(Block.WEIGHT_IH));
        }

        void inputGradient() {
            backend.gemm(Transpose.NO, backward.dGates(), Transpose.NO, weights.get(Block.WEIGHT_IH), false, dX);
        }
    }

    @Override
    public void prepare() {
        if (dStates != dH) {
            backend.copy(dH, dStates);
            backend.synchronize();
        }
    }

    /** Waits for what was begun. */
    public void synchronize() {
        backend.synchronize();
    }

    @Override
    public void run() {
        for (Stretch stretch : stretches) {
            stretch.project();
            backend.recurrentForward(stretch.forward);
        }
        clearCarry();
        gradients.values().forEach(gradient -> backend.fill(gradient, 0f));
        for (Stretch stretch : backwards()) {
            backend.recurrentBackward(stretch.backward);
            stretch.addWeightGradients();
            stretch.inputGradient();
        }
        backend.synchronize();
    }

    /** h over x·W_ihᵀ. */
    public void forwardSweep() {
        stretches.forEach(stretch -> backend.recurrentForward(stretch.forward));
    }

    /** δ from ∂L/∂h. */
    public void backwardSweep() {
        clearCarry();
        backwards().forEach(stretch -> backend.recurrentBackward(stretch.backward));
    }

    /** Adds the sums over all steps to the gradients of both weights and both biases. */
    public void weightGradients() {
        backwards().forEach(Stretch::addWeightGradients);
    }

    private void clearCarry() {
        backend.fill(carry, 0f);
        if (cellCarry != null) {
            backend.fill(cellCarry, 0f);
        }
    }

    private List<Stretch> backwards() {
        List<Stretch> reversed = new ArrayList<>(stretches);
        Collections.reverse(reversed);
        return reversed;
    }

    @Override
    public Map<String, float[]> results() {
        Map<String, float[]> results = new LinkedHashMap<>();
        results.put(Block.H, host(states.rows(block.batch(), block.rows())));
        results.put(Block.DX, host(dX));
        gradients.forEach((name, gradient) -> results.put(name, host(gradient)));
        return results;
    }

    private float[] host(Matrix m) {
        float[] values = new float[Math.toIntExact(m.rows() * m.cols())];
        backend.download(m.array(), m.offset(), values, 0, values.length);
        return values;
    }

    @Override
    public void close() {
        backend.close();
    }
}
