package org.bptt4j.benchmarks.step;

import java.util.LinkedHashMap;
import java.util.Map;
import org.bptt4j.benchmarks.Contender;
import org.bptt4j.benchmarks.Data;
import org.bptt4j.benchmarks.Workload;

/** One training step: tanh RNN, linear head, softmax cross-entropy at every step; forward and backward, no update. */
public record Step(int batch, int steps, int inputs, int hidden, int outputs) implements Workload {
    public static final String FORMAT = "B,T,I,H,O";

    /** The results of every contender: the mean loss [1], and the gradients by the names of the weights. */
    public static final String LOSS = "loss";

    public static Step parse(String config) {
        int[] v = Data.sizes(config, FORMAT);
        return new Step(v[0], v[1], v[2], v[3], v[4]);
    }

    @Override
    public Contender open(String name, int threads) {
        return switch (name) {
            case "bptt4j" -> new Bptt4jStep(this, Workload.cpu(threads));
            case "djl" -> new DjlStep(this, threads);
            case "dl4j" -> new Dl4jStep(this);
            case "textbook" -> new TextbookStep(this);
            default -> throw Workload.unknown(name);
        };
    }

    /** x [T,B,I]. */
    public float[] x() {
        return Data.gaussian(1, steps * batch * inputs);
    }

    /** Classes [T,B]. */
    public int[] targets() {
        return Data.classes(2, steps * batch, outputs);
    }

    /** Weights by our names, U(±1/√H), rows of the shapes that PyTorch has. */
    public Map<String, float[]> weights() {
        Map<String, float[]> weights = new LinkedHashMap<>();
        weights.put("rnn.weight_ih_l0", weight(3, hidden * inputs));
        weights.put("rnn.weight_hh_l0", weight(4, hidden * hidden));
        weights.put("rnn.bias_ih_l0", weight(5, hidden));
        weights.put("rnn.bias_hh_l0", weight(6, hidden));
        weights.put("head.weight", weight(7, outputs * hidden));
        weights.put("head.bias", weight(8, outputs));
        return weights;
    }

    private float[] weight(int seed, int length) {
        return Data.uniform(seed, length, 1 / Math.sqrt(hidden));
    }

    /** 6TB(IH + H² + HO) − 2TBIH: forward and backward products, without the gradient of the input. */
    @Override
    public double flop() {
        double rows = (double) steps * batch;
        double products = (double) hidden * (inputs + hidden + outputs);
        return 6 * rows * products - 2 * rows * inputs * hidden;
    }
}
