package org.bptt4j.spec;

import java.util.Arrays;
import java.util.List;

/**
 * The loss of one batch: {@code L = c·Σ_r s_r·ℓ(y_r, target_r)} over the valid targets, as PyTorch computes it.
 *
 * <pre>
 * cross-entropy          ℓ = (1−ε)·w_target·(−ln p_target) + ε/O·Σ_j w_j·(−ln p_j),   p = softmax(y)
 * mean squared error     ℓ = Σ_o (y_o − target_o)²
 * binary cross-entropy   ℓ = Σ_o −w_o·target_o·ln σ(y_o) − (1−target_o)·ln(1−σ(y_o)),  target_o in [0, 1]
 * </pre>
 *
 * s is the batch's {@linkplain org.bptt4j.data.Batch#withLossWeights loss weights}, 1 without. {@code c} is 1 for {@link
 * Reduction#SUM}. For {@link Reduction#MEAN} it is 1/Σ s_r, in a cross-entropy 1/Σ s_r·w_target, and times 1/O more where targets
 * are values: without weights, one by the number of valid targets. Where that sum is 0, so is L. A target that is {@code ignoreIndex}
 * or has weight s = 0 is none: it is never compared.
 *
 * @param kind which ℓ
 * @param at a target at every step (the textbook sum over t), or one at each row's last step
 * @param reduction mean or sum
 * @param ignoreIndex the class number that means "no target here" (cross-entropy only)
 * @param weights w: of each class (cross-entropy), of each output's positive term (binary cross-entropy); empty for 1
 * @param smoothing ε, label smoothing (cross-entropy only)
 */
public record Loss(Kind kind, At at, Reduction reduction, int ignoreIndex, List<Double> weights, double smoothing) {
    /** The function compared with the target. */
    public enum Kind {
        CROSS_ENTROPY,
        MSE,
        BCE
    }

    /** Where the targets are. */
    public enum At {
        EVERY,
        LAST
    }

    /** What happens to the terms. */
    public enum Reduction {
        MEAN,
        SUM
    }

    /** PyTorch's default ignore index. */
    public static final int IGNORE = -100;

    public Loss {
        Require.given(kind, "kind");
        Require.given(at, "at");
        Require.given(reduction, "reduction");
        weights = List.copyOf(Require.given(weights, "weights"));
        if (kind == Kind.MSE && !weights.isEmpty()) {
            throw new IllegalArgumentException("a squared error has no weights of its outputs");
        }
        for (int i = 0; i < weights.size(); i++) {
            double w = weights.get(i);
            if (!(w >= 0) || w > Float.MAX_VALUE || w > 0 && (float) w == 0) {
                throw new IllegalArgumentException("weight " + w + " of output " + i
                        + ": must be 0, or a number between " + Float.MIN_VALUE + " and " + Float.MAX_VALUE);
            }
        }
        if (!(smoothing >= 0 && smoothing <= 1)) {
            throw new IllegalArgumentException("label smoothing " + smoothing + ": must be 0 … 1");
        }
        if (kind != Kind.CROSS_ENTROPY && smoothing != 0) {
            throw new IllegalArgumentException("only a cross-entropy has labels to smooth");
        }
    }

    private static Loss of(Kind kind) {
        return new Loss(kind, At.EVERY, Reduction.MEAN, IGNORE, List.of(), 0);
    }

    /** Softmax cross-entropy at every step, mean, ignore index −100. */
    public static Loss crossEntropy() {
        return of(Kind.CROSS_ENTROPY);
    }

    /** Mean squared error at every step. */
    public static Loss mse() {
        return of(Kind.MSE);
    }

    /** Binary cross-entropy of each output at every step, mean; outputs are logits. */
    public static Loss bce() {
        return of(Kind.BCE);
    }

    /** The same loss with its targets at {@code where}. */
    public Loss at(At where) {
        return new Loss(kind, where, reduction, ignoreIndex, weights, smoothing);
    }

    /** The same loss with one target a row, at its last step. */
    public Loss atLastStep() {
        return at(At.LAST);
    }

    /** The same loss with another reduction. */
    public Loss reduced(Reduction how) {
        return new Loss(kind, at, how, ignoreIndex, weights, smoothing);
    }

    /** The same loss with a weight for each class, or in a binary cross-entropy for each output's positive term. */
    public Loss weighted(double... w) {
        return new Loss(
                kind,
                at,
                reduction,
                ignoreIndex,
                Arrays.stream(Require.given(w, "w")).boxed().toList(),
                smoothing);
    }

    /** The same cross-entropy with label smoothing. */
    public Loss smoothed(double epsilon) {
        return new Loss(kind, at, reduction, ignoreIndex, weights, epsilon);
    }

    /** Whether targets are class numbers; else they are values. */
    public boolean takesClasses() {
        return kind == Kind.CROSS_ENTROPY;
    }

    /** Refuses a network whose outputs are not as many as the weights. */
    public void requireOutputs(int outputs) {
        if (!weights.isEmpty() && weights.size() != outputs) {
            throw new IllegalArgumentException("the loss has " + weights.size() + " weights, the network " + outputs
                    + " outputs: give one weight for each output");
        }
    }
}
