package org.bptt4j.spec;

import java.util.Objects;

/**
 * The update rule, each as PyTorch computes it (g gradient after clipping, p parameter, η learning rate, λ weight decay,
 * k the update's number from 1):
 *
 * <ul>
 *   <li>SGD: g += λp; with momentum μ: m = μm + g, g = m (Nesterov: g = g + μm); p −= ηg
 *   <li>RMSprop: g += λp; v = αv + (1−α)g²; p −= ηg/(√v + ε)
 *   <li>Adam: g += λp; m = β₁m + (1−β₁)g; v = β₂v + (1−β₂)g²; p −= η/(1−β₁ᵏ)·m/(√v/√(1−β₂ᵏ) + ε)
 *   <li>AdamW: p −= ηλp, then as Adam without the λ term
 * </ul>
 *
 * @param kind the rule
 * @param learningRate η at the first update, finite and &gt; 0
 * @param momentum μ of SGD, β₁ of Adam; in [0, 1)
 * @param decay α of RMSprop, β₂ of Adam; in [0, 1)
 * @param epsilon ε, &gt; 0
 * @param weightDecay λ ≥ 0
 * @param nesterov whether SGD's momentum is Nesterov's
 */
public record Optimizer(
        Kind kind,
        double learningRate,
        double momentum,
        double decay,
        double epsilon,
        double weightDecay,
        boolean nesterov) {
    /** The family of the rule, with the number of running averages it keeps per parameter. */
    public enum Kind {
        SGD(1),
        RMSPROP(1),
        ADAM(2),
        ADAMW(2);

        private final int states;

        Kind(int states) {
            this.states = states;
        }

        /** Running averages kept per parameter: the momentum, or m and v. */
        public int states() {
            return states;
        }
    }

    public Optimizer {
        Objects.requireNonNull(kind, "kind");
        check(learningRate > 0 && Double.isFinite(learningRate), "learning rate", learningRate, "finite and above 0");
        check(momentum >= 0 && momentum < 1, "momentum (beta1)", momentum, "in [0, 1)");
        check(decay >= 0 && decay < 1, "decay (alpha, beta2)", decay, "in [0, 1)");
        check(epsilon > 0 && Double.isFinite(epsilon), "epsilon", epsilon, "finite and above 0");
        check(weightDecay >= 0 && Double.isFinite(weightDecay), "weight decay", weightDecay, "finite and 0 or more");
    }

    private static void check(boolean ok, String what, double value, String rule) {
        if (!ok) {
            throw new IllegalArgumentException(what + " " + value + ": must be " + rule);
        }
    }

    /** Plain gradient descent. */
    public static Optimizer sgd(double learningRate) {
        return momentum(learningRate, 0);
    }

    /** Gradient descent with momentum μ. */
    public static Optimizer momentum(double learningRate, double momentum) {
        return new Optimizer(Kind.SGD, learningRate, momentum, 0, 1e-8, 0, false);
    }

    /** Gradient descent with Nesterov momentum μ. */
    public static Optimizer nesterov(double learningRate, double momentum) {
        return new Optimizer(Kind.SGD, learningRate, momentum, 0, 1e-8, 0, true);
    }

    /** RMSprop with α = 0.99, ε = 1e-8. */
    public static Optimizer rmsprop(double learningRate) {
        return new Optimizer(Kind.RMSPROP, learningRate, 0, 0.99, 1e-8, 0, false);
    }

    /** Adam with β = (0.9, 0.999), ε = 1e-8 (Kingma and Ba 2015). */
    public static Optimizer adam(double learningRate) {
        return new Optimizer(Kind.ADAM, learningRate, 0.9, 0.999, 1e-8, 0, false);
    }

    /** Adam with decoupled weight decay 0.01 (Loshchilov and Hutter 2019). */
    public static Optimizer adamw(double learningRate) {
        return new Optimizer(Kind.ADAMW, learningRate, 0.9, 0.999, 1e-8, 0.01, false);
    }

    /** The same rule with weight decay λ. */
    public Optimizer withWeightDecay(double lambda) {
        return new Optimizer(kind, learningRate, momentum, decay, epsilon, lambda, nesterov);
    }
}
