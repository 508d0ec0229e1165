package org.bptt4j.spec;

import java.util.Objects;

/**
 * The loss of one batch: {@code L = c·Σ ℓ(y, target)} over the valid targets.
 *
 * <p>Cross-entropy: {@code ℓ = ln Σ_j exp(y_j) − y_target}, targets are class numbers, {@code ignoreIndex} is no target.
 * Mean squared error: {@code ℓ = Σ_o (y_o − target_o)²}. {@code c} is 1 for {@link Reduction#SUM}; for {@link
 * Reduction#MEAN} it is 1 / (number of valid targets), and times 1/O more for the squared error. No valid target: L = 0.
 *
 * @param kind cross-entropy or squared error
 * @param at a target at every step (the textbook sum over t), or one at each row's last step
 * @param reduction mean or sum
 * @param ignoreIndex the class number that means "no target here" (cross-entropy only)
 */
public record Loss(Kind kind, At at, Reduction reduction, int ignoreIndex) {
    /** The function compared with the target. */
    public enum Kind {
        CROSS_ENTROPY,
        MSE
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
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(at, "at");
        Objects.requireNonNull(reduction, "reduction");
    }

    /** Softmax cross-entropy at every step, mean, ignore index −100. */
    public static Loss crossEntropy() {
        return new Loss(Kind.CROSS_ENTROPY, At.EVERY, Reduction.MEAN, IGNORE);
    }

    /** Mean squared error at every step. */
    public static Loss mse() {
        return new Loss(Kind.MSE, At.EVERY, Reduction.MEAN, IGNORE);
    }

    /** The same loss with its targets at {@code where}. */
    public Loss at(At where) {
        return new Loss(kind, where, reduction, ignoreIndex);
    }

    /** The same loss with one target a row, at its last step. */
    public Loss atLastStep() {
        return at(At.LAST);
    }

    /** The same loss with another reduction. */
    public Loss reduced(Reduction how) {
        return new Loss(kind, at, how, ignoreIndex);
    }
}
