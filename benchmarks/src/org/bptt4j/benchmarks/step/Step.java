package org.bptt4j.benchmarks.step;

import java.util.LinkedHashMap;
import java.util.Map;
import org.bptt4j.benchmarks.Config;
import org.bptt4j.benchmarks.Contender;
import org.bptt4j.benchmarks.Data;
import org.bptt4j.benchmarks.Workload;
import org.bptt4j.spec.Cell;
import org.bptt4j.spec.RnnSpec;

/** One training step: a recurrent layer, linear head, softmax cross-entropy at every step; forward and backward, no update. */
public record Step(int batch, int steps, int inputs, int hidden, int outputs, Cell cell) implements Workload {
    private static final String SIZES = "B,T,I,H,O";

    public static final String FORMAT = SIZES + Config.CELL;

    /** The results of every contender: the mean loss [1], and the gradients by the names of the weights. */
    public static final String LOSS = "loss";

    public static Step parse(String config) {
        Config c = Config.parse(config, SIZES);
        int[] v = c.sizes();
        return new Step(v[0], v[1], v[2], v[3], v[4], c.cell());
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

    @Override
    public String kind() {
        return cell.name();
    }

    /** DL4J's are measured with its SimpleRnn only, and the textbook's loops have that formula. */
    @Override
    public boolean has(String name) {
        return cell.equals(Cell.TANH) || name.equals("bptt4j") || name.equals("djl");
    }

    /** Our network. */
    public RnnSpec spec() {
        return new RnnSpec(cell, inputs, hidden, 1, outputs);
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
        weights.put("rnn.weight_ih_l0", weight(3, gateRows() * inputs));
        weights.put("rnn.weight_hh_l0", weight(4, gateRows() * hidden));
        weights.put("rnn.bias_ih_l0", weight(5, gateRows()));
        weights.put("rnn.bias_hh_l0", weight(6, gateRows()));
        weights.put("head.weight", weight(7, outputs * hidden));
        weights.put("head.bias", weight(8, outputs));
        return weights;
    }

    private float[] weight(int seed, int length) {
        return Data.uniform(seed, length, 1 / Math.sqrt(hidden));
    }

    /** G·H, the rows of both recurrent weights. */
    private int gateRows() {
        return cell.gates() * hidden;
    }

    /** 6TB(G(IH + H²) + HO) − 2TBGIH: forward and backward products, without the gradient of the input. */
    @Override
    public double flop() {
        double rows = (double) steps * batch;
        double products = (double) gateRows() * (inputs + hidden) + (double) hidden * outputs;
        return 6 * rows * products - 2 * rows * inputs * gateRows();
    }
}
