package org.bptt4j.benchmarks.block;

import java.util.LinkedHashMap;
import java.util.Map;
import org.bptt4j.benchmarks.Config;
import org.bptt4j.benchmarks.Contender;
import org.bptt4j.benchmarks.Data;
import org.bptt4j.benchmarks.Workload;
import org.bptt4j.spec.Cell;

/**
 * One recurrent layer without a head: h_1 … h_T from x, then from ∂L/∂h at every step the gradients of x, of both weights and of
 * the biases. h_0, and c_0 of an LSTM, are zero.
 */
public record Block(int batch, int steps, int inputs, int hidden, Cell cell) implements Workload {
    private static final String SIZES = "B,T,I,H";

    public static final String FORMAT = SIZES + Config.CELL;

    // The names of results, next to those of the weights for their gradients.
    static final String H = "h";
    static final String DX = "dx";
    static final String WEIGHT_IH = "rnn.weight_ih_l0";
    static final String WEIGHT_HH = "rnn.weight_hh_l0";
    static final String BIAS_IH = "rnn.bias_ih_l0";
    static final String BIAS_HH = "rnn.bias_hh_l0";

    /** Ends the names of those that compute the other GRU: n = tanh(W_in x + b_in + W_hn (r ∘ h) + b_hn). */
    private static final String RESET_FIRST = "-reset-first";

    public static Block parse(String config) {
        Config c = Config.parse(config, SIZES);
        int[] v = c.sizes();
        return new Block(v[0], v[1], v[2], v[3], c.cell());
    }

    @Override
    public Contender open(String name, int threads) {
        return switch (name) {
            case "bptt4j" -> new Bptt4jBlock(this, Workload.cpu(threads));
            case "onednn", "onednn" + RESET_FIRST -> new OneDnnBlock(this, name.endsWith(RESET_FIRST));
            case "djl" -> new DjlBlock(this, threads);
            case "textbook", "textbook" + RESET_FIRST -> new TextbookBlock(this, name.endsWith(RESET_FIRST));
            default -> throw Workload.unknown(name);
        };
    }

    @Override
    public String kind() {
        return cell.name();
    }

    @Override
    public boolean has(String name) {
        return cell.equals(Cell.GRU) || !name.endsWith(RESET_FIRST);
    }

    @Override
    public String function(String name) {
        return name.endsWith(RESET_FIRST) ? RESET_FIRST : "";
    }

    /** T·B. */
    int rows() {
        return steps * batch;
    }

    /** G·H, the rows of both weights. */
    int gateRows() {
        return cell.gates() * hidden;
    }

    /** x [T,B,I]. */
    float[] x() {
        return Data.gaussian(1, rows() * inputs);
    }

    /** ∂L/∂h [T,B,H]. */
    float[] dH() {
        return Data.gaussian(2, rows() * hidden);
    }

    /** W_ih [G·H,I], W_hh [G·H,H], b_ih [G·H], b_hh [G·H] by our names, U(±1/√H). */
    Map<String, float[]> weights() {
        Map<String, float[]> weights = new LinkedHashMap<>();
        double limit = 1 / Math.sqrt(hidden);
        weights.put(WEIGHT_IH, Data.uniform(3, gateRows() * inputs, limit));
        weights.put(WEIGHT_HH, Data.uniform(4, gateRows() * hidden, limit));
        weights.put(BIAS_IH, Data.uniform(5, gateRows(), limit));
        weights.put(BIAS_HH, Data.uniform(6, gateRows(), limit));
        return weights;
    }

    /** 6TBG(IH + H²): products forward, back to the input and the earlier state, and for the weights. */
    @Override
    public double flop() {
        return 6.0 * rows() * gateRows() * ((double) inputs + hidden);
    }
}
