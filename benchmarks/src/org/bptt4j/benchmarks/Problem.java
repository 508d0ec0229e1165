package org.bptt4j.benchmarks;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.commons.math3.random.RandomGenerator;
import org.apache.commons.math3.random.Well19937c;

/** Sizes, data and weights of one training step, the same for every contender. */
record Problem(int batch, int steps, int inputs, int hidden, int outputs) {
    static Problem parse(String config) {
        int[] v =
                Arrays.stream(config.split(",", -1)).mapToInt(Integer::parseInt).toArray();
        return new Problem(v[0], v[1], v[2], v[3], v[4]);
    }

    /** x [T,B,I]. */
    float[] x() {
        RandomGenerator random = new Well19937c(1);
        float[] x = new float[steps * batch * inputs];
        for (int i = 0; i < x.length; i++) {
            x[i] = (float) random.nextGaussian();
        }
        return x;
    }

    /** Classes [T,B]. */
    int[] targets() {
        RandomGenerator random = new Well19937c(2);
        int[] y = new int[steps * batch];
        for (int i = 0; i < y.length; i++) {
            y[i] = random.nextInt(outputs);
        }
        return y;
    }

    /** Weights by our names, U(±1/√H), rows of the shapes that PyTorch has. */
    Map<String, float[]> weights() {
        Map<String, float[]> weights = new LinkedHashMap<>();
        RandomGenerator random = new Well19937c(3);
        put(weights, random, "rnn.weight_ih_l0", hidden * inputs);
        put(weights, random, "rnn.weight_hh_l0", hidden * hidden);
        put(weights, random, "rnn.bias_ih_l0", hidden);
        put(weights, random, "rnn.bias_hh_l0", hidden);
        put(weights, random, "head.weight", outputs * hidden);
        put(weights, random, "head.bias", outputs);
        return weights;
    }

    private void put(Map<String, float[]> weights, RandomGenerator random, String name, int length) {
        float[] values = new float[length];
        for (int i = 0; i < length; i++) {
            values[i] = (float) ((2 * random.nextDouble() - 1) / Math.sqrt(hidden));
        }
        weights.put(name, values);
    }

    /** 6TB(IH + H² + HO) − 2TBIH: forward and backward products, without the gradient of the input. */
    double flop() {
        double rows = (double) steps * batch;
        return 6 * rows * ((double) inputs * hidden + (double) hidden * hidden + (double) hidden * outputs)
                - 2 * rows * inputs * hidden;
    }
}
