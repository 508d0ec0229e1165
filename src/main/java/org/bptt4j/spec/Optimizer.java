package org.bptt4j.spec;

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
 * <p>All are computed with as 32-bit floats, and must be what is said here as such too.
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
        Require.given(kind, "kind");
        requireFloat(learningRate > 0, "learning rate", learningRate, "above 0");
        requireFloat(momentum >= 0 && (float) momentum < 1, "momentum (beta1)", momentum, "in [0, 1)");
        requireFloat(decay >= 0 && (float) decay < 1, "decay (alpha, beta2)", decay, "in [0, 1)");
        requireFloat(epsilon > 0, "epsilon", epsilon, "above 0");
        requireFloat(weightDecay >= 0, "weight decay", weightDecay, "0 or more");
        requireStep(learningRate, kind, momentum, weightDecay);
    }

    /** What is computed with is a 32-bit float: a number that becomes infinite or vanishes there is not what was asked for. */
    private static void requireFloat(boolean inRange, String what, double value, String range) {
        float rounded = (float) value;
        boolean vanishes = rounded == 0 && value != 0;
        if (!inRange || !Float.isFinite(rounded) || vanishes) {
            boolean changes =
                    Float.isInfinite(rounded) && Double.isFinite(value) || vanishes || rounded == 1 && value != 1;
            throw new IllegalArgumentException(what + " " + value + ": must be a finite number " + range
                    + (changes ? ", also as the 32-bit float that is computed with, where it is " + rounded : ""));
        }
    }

    /**
     * The learning rate that a schedule makes of this one: η times its factor.
     *
     * @param factor what the schedule gives; 0 is allowed, and leaves the parameters as they are
     * @param update the number of the update that it is for, from 1, for the message
     * @throws IllegalArgumentException if it is negative or not finite, or (but for a factor of 0) infinite or 0 as a 32-bit float
     */
    public double scaledRate(double factor, long update) {
        // Words are made for what is refused only: a step allocates nothing.
        if (!(factor >= 0) || !Double.isFinite(factor)) {
            throw new IllegalArgumentException("the schedule's factor for update " + update + " is " + factor
                    + ": must be a finite number of 0 or more");
        }
        double rate = learningRate * factor;
        if (factor > 0 && !(rate > 0 && (float) rate > 0 && Float.isFinite((float) rate))) {
            requireFloat(
                    rate > 0,
                    "learning rate of update " + update + ", " + learningRate + " × " + factor + " =",
                    rate,
                    "above 0");
        }
        if (factor > 0) {
            requireStep(rate, kind, momentum, weightDecay);
        }
        return rate;
    }

    /** What Adam makes of the rate: its first step η/(1−β₁), and AdamW's ηλ. */
    private static void requireStep(double rate, Kind kind, double momentum, double weightDecay) {
        boolean adam = kind == Kind.ADAM || kind == Kind.ADAMW;
        if (adam && !Float.isFinite((float) (rate * Math.max(1 / (1 - momentum), weightDecay)))) {
            throw new IllegalArgumentException(
                    "learning rate " + rate + ": with beta1 " + momentum + " and weight decay " + weightDecay
                            + " its step passes the largest 32-bit float; use a smaller one");
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
