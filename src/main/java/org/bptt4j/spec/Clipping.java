package org.bptt4j.spec;

import java.util.Objects;

/**
 * Gradient clipping, applied after accumulation and before weight decay (Pascanu, Mikolov and Bengio 2013).
 *
 * <p>{@link Kind#NORM}: {@code g ← g·min(1, limit/(‖g‖₂ + 10⁻⁶))} with ‖g‖₂ over all parameters together, as PyTorch's
 * {@code clip_grad_norm_}. {@link Kind#VALUE}: {@code g ← max(−limit, min(limit, g))} for each element.
 *
 * @param kind none, by global norm, or by value
 * @param limit the largest norm or magnitude; not negative, not NaN
 */
public record Clipping(Kind kind, float limit) {
    /** What is bounded. */
    public enum Kind {
        NONE,
        NORM,
        VALUE
    }

    /** No clipping. */
    public static final Clipping NONE = new Clipping(Kind.NONE, Float.POSITIVE_INFINITY);

    public Clipping {
        Objects.requireNonNull(kind, "kind");
        if (!(limit >= 0)) {
            throw new IllegalArgumentException("clipping limit " + limit + ": must be 0 or more");
        }
    }

    /** By the global norm. */
    public static Clipping norm(double max) {
        return new Clipping(Kind.NORM, (float) max);
    }

    /** Each element into [−limit, limit]. */
    public static Clipping value(double limit) {
        return new Clipping(Kind.VALUE, (float) limit);
    }
}
