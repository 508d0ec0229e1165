package org.bptt4j.benchmarks.block;

import java.util.LinkedHashMap;
import java.util.Map;
import org.bptt4j.benchmarks.Contender;
import org.bptt4j.benchmarks.Data;
import org.bptt4j.benchmarks.Workload;

/**
 * One tanh layer without a head: h_1 … h_T from x, then from ∂L/∂h at every step the gradients of x, of both weights and of the
 * biases. h_0 is zero.
 */
public record Block(int batch, int steps, int inputs, int hidden) implements Workload {
    public static final String FORMAT = "B,T,I,H";

    // The names of results, next to those of the weights for their gradients.
    static final String H = "h";
    static final String DX = "dx";
    static final String WEIGHT_IH = "rnn.weight_ih_l0";
    static final String WEIGHT_HH = "rnn.weight_hh_l0";
    static final String BIAS_IH = "rnn.bias_ih_l0";
    static final String BIAS_HH = "rnn.bias_hh_l0";

    public static Block parse(String config) {
        int[] v = Data.sizes(config, FORMAT);
        return new Block(v[0], v[1], v[2], v[3]);
    }

    @Override
    public Contender open(String name, int threads) {
        return switch (name) {
            case "bptt4j" -> new Bptt4jBlock(this, Workload.cpu(threads));
            case "onednn" -> new OneDnnBlock(this);
            case "djl" -> new DjlBlock(this, threads);
            default -> throw Workload.unknown(name);
        };
    }

    /** T·B. */
    int rows() {
        return steps * batch;
    }

    /** x [T,B,I]. */
    float[] x() {
        return Data.gaussian(1, rows() * inputs);
    }

    /** ∂L/∂h [T,B,H]. */
    float[] dH() {
        return Data.gaussian(2, rows() * hidden);
    }

    /** W_ih [H,I], W_hh [H,H], b_ih [H], b_hh [H] by our names, U(±1/√H). */
    Map<String, float[]> weights() {
        Map<String, float[]> weights = new LinkedHashMap<>();
        double limit = 1 / Math.sqrt(hidden);
        weights.put(WEIGHT_IH, Data.uniform(3, hidden * inputs, limit));
        weights.put(WEIGHT_HH, Data.uniform(4, hidden * hidden, limit));
        weights.put(BIAS_IH, Data.uniform(5, hidden, limit));
        weights.put(BIAS_HH, Data.uniform(6, hidden, limit));
        return weights;
    }

    /** 6TB(IH + H²): products forward, back to the input and the earlier state, and for the weights. */
    @Override
    public double flop() {
        return 6.0 * rows() * hidden * ((double) inputs + hidden);
    }
}
