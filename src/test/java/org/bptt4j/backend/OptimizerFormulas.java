package org.bptt4j.backend;

import org.bptt4j.spec.Clipping;
import org.bptt4j.spec.Optimizer;

/** The update rules as in PyTorch's documentation, one element at a time in double. */
final class OptimizerFormulas {
    private final Optimizer rule;
    private final float[] start;
    private final double[] p;
    private final double[] m;
    private final double[] v;

    OptimizerFormulas(Optimizer rule, float[] start) {
        this.rule = rule;
        this.start = start;
        p = new double[start.length];
        for (int i = 0; i < p.length; i++) {
            p[i] = start[i];
        }
        m = new double[p.length];
        v = new double[p.length];
    }

    float[] start() {
        return start;
    }

    double parameter(int i) {
        return p[i];
    }

    void step(float[] gradients, double coefficient, Clipping clipping, double lr, int number) {
        for (int i = 0; i < p.length; i++) {
            double g = gradients[i] * coefficient;
            if (clipping.kind() == Clipping.Kind.VALUE) {
                g = Math.max(-clipping.limit(), Math.min(clipping.limit(), g));
            }
            if (rule.kind() == Optimizer.Kind.ADAMW) {
                p[i] -= lr * rule.weightDecay() * p[i];
            } else {
                g += rule.weightDecay() * p[i];
            }
            switch (rule.kind()) {
                case SGD -> {
                    m[i] = rule.momentum() * m[i] + g;
                    p[i] -= lr * (rule.nesterov() ? g + rule.momentum() * m[i] : m[i]);
                }
                case RMSPROP -> {
                    v[i] = rule.decay() * v[i] + (1 - rule.decay()) * g * g;
                    p[i] -= lr * g / (Math.sqrt(v[i]) + rule.epsilon());
                }
                case ADAM, ADAMW -> {
                    m[i] = rule.momentum() * m[i] + (1 - rule.momentum()) * g;
                    v[i] = rule.decay() * v[i] + (1 - rule.decay()) * g * g;
                    double mean = m[i] / (1 - Math.pow(rule.momentum(), number));
                    double square = v[i] / (1 - Math.pow(rule.decay(), number));
                    p[i] -= lr * mean / (Math.sqrt(square) + rule.epsilon());
                }
            }
        }
    }
}
