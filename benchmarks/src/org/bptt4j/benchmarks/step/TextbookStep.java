package org.bptt4j.benchmarks.step;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bptt4j.benchmarks.Contender;

/**
 * Backpropagation through time as a textbook writes it: for each sequence, for each step, products of a matrix and a vector in
 * nested loops of plain Java, one thread.
 */
final class TextbookStep implements Contender {
    private final Step s;
    private final float[] x;
    private final int[] targets;
    private final Map<String, float[]> weights;
    private final Map<String, float[]> gradients = new LinkedHashMap<>();
    private final float[][] h;
    private final float[][] p;
    private double loss;

    TextbookStep(Step s) {
        this.s = s;
        x = s.x();
        targets = s.targets();
        weights = s.weights();
        weights.forEach((name, values) -> gradients.put(name, new float[values.length]));
        h = new float[s.steps() + 1][s.hidden()];
        p = new float[s.steps()][s.outputs()];
    }

    @Override
    public void run() {
        gradients.values().forEach(gradient -> Arrays.fill(gradient, 0f));
        loss = 0;
        for (int b = 0; b < s.batch(); b++) {
            forward(b);
            backward(b);
        }
        loss /= s.steps() * s.batch();
    }

    /** h_t = tanh(W_ih x_t + b_ih + W_hh h_{t−1} + b_hh), p_t = softmax(W h_t + b). */
    private void forward(int b) {
        float[] weightIh = weights.get("rnn.weight_ih_l0");
        float[] weightHh = weights.get("rnn.weight_hh_l0");
        float[] biasIh = weights.get("rnn.bias_ih_l0");
        float[] biasHh = weights.get("rnn.bias_hh_l0");
        for (int t = 0; t < s.steps(); t++) {
            int row = t * s.batch() + b;
            for (int i = 0; i < s.hidden(); i++) {
                float a = biasIh[i] + biasHh[i];
                for (int j = 0; j < s.inputs(); j++) {
                    a += weightIh[i * s.inputs() + j] * x[row * s.inputs() + j];
                }
                for (int j = 0; j < s.hidden(); j++) {
                    a += weightHh[i * s.hidden() + j] * h[t][j];
                }
                h[t + 1][i] = (float) Math.tanh(a);
            }
            softmax(h[t + 1], p[t]);
            loss -= Math.log(p[t][targets[row]]);
        }
    }

    private void softmax(float[] state, float[] to) {
        float[] weight = weights.get("head.weight");
        float[] bias = weights.get("head.bias");
        double sum = 0;
        for (int i = 0; i < s.outputs(); i++) {
            float y = bias[i];
            for (int j = 0; j < s.hidden(); j++) {
                y += weight[i * s.hidden() + j] * state[j];
            }
            to[i] = (float) Math.exp(y);
            sum += to[i];
        }
        for (int i = 0; i < s.outputs(); i++) {
            to[i] /= (float) sum;
        }
    }

    /** δ_t = (Wᵀ dy_t + W_hhᵀ δ_{t+1}) ∘ (1 − h_t²), and the gradients of all weights. */
    private void backward(int b) {
        float[] weightHh = weights.get("rnn.weight_hh_l0");
        float[] gradientIh = gradients.get("rnn.weight_ih_l0");
        float[] gradientHh = gradients.get("rnn.weight_hh_l0");
        float[] gradientBiasIh = gradients.get("rnn.bias_ih_l0");
        float[] gradientBiasHh = gradients.get("rnn.bias_hh_l0");
        float[] dH = new float[s.hidden()]; // what reaches h_t from later steps
        for (int t = s.steps() - 1; t >= 0; t--) {
            int row = t * s.batch() + b;
            head(row, t, dH);
            float[] next = new float[s.hidden()];
            for (int i = 0; i < s.hidden(); i++) {
                float delta = dH[i] * (1 - h[t + 1][i] * h[t + 1][i]);
                gradientBiasIh[i] += delta;
                gradientBiasHh[i] += delta;
                for (int j = 0; j < s.inputs(); j++) {
                    gradientIh[i * s.inputs() + j] += delta * x[row * s.inputs() + j];
                }
                for (int j = 0; j < s.hidden(); j++) {
                    gradientHh[i * s.hidden() + j] += delta * h[t][j];
                    next[j] += delta * weightHh[i * s.hidden() + j];
                }
            }
            dH = next;
        }
    }

    /** Adds Wᵀ dy_t to {@code dH}, dy_t = (p_t − onehot)/(T·B), and to the gradients of the head. */
    private void head(int row, int t, float[] dH) {
        float[] weight = weights.get("head.weight");
        float[] gradient = gradients.get("head.weight");
        float[] gradientBias = gradients.get("head.bias");
        float scale = 1f / (s.steps() * s.batch());
        for (int i = 0; i < s.outputs(); i++) {
            float dY = scale * (p[t][i] - (i == targets[row] ? 1 : 0));
            gradientBias[i] += dY;
            for (int j = 0; j < s.hidden(); j++) {
                gradient[i * s.hidden() + j] += dY * h[t + 1][j];
                dH[j] += dY * weight[i * s.hidden() + j];
            }
        }
    }

    @Override
    public Map<String, float[]> results() {
        Map<String, float[]> results = new LinkedHashMap<>(gradients);
        results.put(Step.LOSS, new float[] {(float) loss});
        return results;
    }

    @Override
    public void close() {
        // Nothing but arrays.
    }
}
