package org.bptt4j;

import java.util.Optional;
import org.bptt4j.bptt.NonFiniteSearch.Culprit;
import org.bptt4j.spec.Count;

/**
 * A gradient was infinite or NaN. The parameters are as they were before that update; the trainer can go on with another
 * batch. The message names the parameter, and where in the batch it began.
 */
public final class NonFiniteGradientException extends NonFiniteException {
    private static final long serialVersionUID = 1L;

    private final String parameter;
    private final transient Culprit culprit;

    NonFiniteGradientException(String parameter, Culprit culprit, long updates) {
        super("gradient of " + (parameter == null ? "the parameters" : parameter) + " is not finite after "
                + Count.of(updates, "update") + (culprit == null ? "" : "; it began with " + culprit)
                + ". The update was not made. "
                + advice(culprit, "Clip the gradient (Clipping.norm), lower the learning rate, or scale the input"));
        this.parameter = parameter;
        this.culprit = culprit;
    }

    /** The first parameter whose gradient is not finite, or empty if it could not be found again. */
    public Optional<String> parameter() {
        return Optional.ofNullable(parameter);
    }

    /** Where in the computation it began, or empty if it could not be found again. */
    public Optional<Culprit> culprit() {
        return Optional.ofNullable(culprit);
    }
}
