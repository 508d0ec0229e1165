package org.bptt4j.benchmarks.block;

import java.util.LinkedHashMap;
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
 * Ours, through the seam, with all data in the backend's memory: the calls that the library's own layer makes, in its order. The
 * public {@code Rnn} would copy x, h and their gradients between host arrays and the backend, which no contender here does.
 *
 * <p>The backward sweep writes δ over ∂L/∂h. In a network the head leaves ∂L/∂h there anew for each step; here {@link #prepare}
 * does.
 */
public final class Bptt4jBlock implements Contender {
    private final Backend backend;
    private final Block block;
    private final Matrix x;
    private final Matrix dX;
    private final Matrix states;
    private final Matrix dH;
    private final Matrix delta;
    private final Matrix carry;
    private final Map<String, Matrix> weights = new LinkedHashMap<>();
    private final Map<String, Matrix> gradients = new LinkedHashMap<>();

    /** @param backend closed with this */
    public Bptt4jBlock(Block block, Backend backend) {
        this.block = block;
        this.backend = backend;
        int hidden = block.hidden();
        x = matrix(block.x(), block.inputs());
        dX = zeros(block.rows(), block.inputs());
        states = zeros(block.rows() + block.batch(), hidden);
        dH = matrix(block.dH(), hidden);
        delta = zeros(block.rows(), hidden);
        carry = zeros(block.batch(), hidden);
        block.weights().forEach((name, values) -> {
            int cols = name.equals(Block.WEIGHT_IH) ? block.inputs() : hidden;
            weights.put(name, matrix(values, cols));
            gradients.put(name, zeros(values.length / cols, cols));
        });
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

    @Override
    public void prepare() {
        backend.copy(dH, delta);
        backend.synchronize();
    }

    /** Waits for what was begun. */
    public void synchronize() {
        backend.synchronize();
    }

    @Override
    public void run() {
        Matrix weightIh = weights.get(Block.WEIGHT_IH);
        backend.gemm(Transpose.NO, x, Transpose.YES, weightIh, false, gates());
        forwardSweep();
        backwardSweep();
        gradients.values().forEach(gradient -> backend.fill(gradient, 0f));
        weightGradients();
        backend.gemm(Transpose.NO, delta, Transpose.NO, weightIh, false, dX);
        backend.synchronize();
    }

    /** h over x·W_ihᵀ, in its memory. */
    public void forwardSweep() {
        backend.recurrentForward(new RecurrentForward(
                Cell.TANH,
                block.batch(),
                0,
                weights.get(Block.WEIGHT_HH),
                weights.get(Block.BIAS_IH),
                weights.get(Block.BIAS_HH),
                gates(),
                states,
                null));
    }

    /** δ over ∂L/∂h, in its memory. */
    public void backwardSweep() {
        backend.fill(carry, 0f);
        backend.recurrentBackward(new RecurrentBackward(
                Cell.TANH, block.batch(), weights.get(Block.WEIGHT_HH), gates(), states, delta, carry, null));
    }

    /** Adds the sums over all steps to the gradients of both weights and both biases. */
    public void weightGradients() {
        int batch = block.batch();
        backend.weightGradient(delta, states.rows(0, block.rows()), batch, gradients.get(Block.WEIGHT_HH));
        backend.biasGradient(delta, batch, gradients.get(Block.BIAS_IH));
        backend.biasGradient(delta, batch, gradients.get(Block.BIAS_HH));
        backend.weightGradient(delta, x, batch, gradients.get(Block.WEIGHT_IH));
    }

    /** h_1 … h_T, and before the forward sweep what it starts from. */
    private Matrix gates() {
        return states.rows(block.batch(), block.rows());
    }

    @Override
    public Map<String, float[]> results() {
        Map<String, float[]> results = new LinkedHashMap<>();
        results.put(Block.H, host(gates()));
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
