package org.bptt4j.spec;

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
        Require.given(kind, "kind");
        if (!(limit >= 0)) {
            throw new IllegalArgumentException("clipping limit " + limit + ": must be 0 or more");
        }
    }

    /** By the global norm; an infinite one leaves the gradients as they are. */
    public static Clipping norm(double max) {
        return new Clipping(Kind.NORM, limit(max));
    }

    /** Each element into [−limit, limit]. */
    public static Clipping value(double limit) {
        return new Clipping(Kind.VALUE, limit(limit));
    }

    /** As a float; one that becomes infinite or 0 by that would bound nothing, or leave nothing. */
    private static float limit(double asked) {
        float limit = (float) asked;
        if (Double.isFinite(asked) && (Float.isInfinite(limit) || limit == 0 && asked != 0)) {
            throw new IllegalArgumentException("clipping limit " + asked + ": is " + limit
                    + " as a 32-bit float; use one between " + Float.MIN_VALUE + " and " + Float.MAX_VALUE);
        }
        return limit;
    }
}
