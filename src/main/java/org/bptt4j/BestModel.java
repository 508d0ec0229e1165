package org.bptt4j;

import java.util.LinkedHashMap;
import java.util.Map;
import org.bptt4j.spec.Count;

/**
 * The best network that the validations of a training run have seen: its parameters on the host, its loss, and how many
 * validations have passed since. Chosen by a part of the data that is not trained on, it is the model to keep; the last one may be
 * worse (Prechelt 1998, "Early stopping, but when?").
 */
public final class BestModel {
    private final Map<String, float[]> parameters;
    private double loss;
    private long updates;
    private long since;

    /** None so far. */
    public BestModel() {
        this(new LinkedHashMap<>(), Double.POSITIVE_INFINITY, 0, 0);
    }

    BestModel(Map<String, float[]> parameters, double loss, long updates, long since) {
        this.parameters = parameters;
        this.loss = loss;
        this.updates = updates;
        this.since = since;
    }

    /**
     * Looks at a network that was just validated, and keeps a copy of its parameters if its loss is lower than that of all before.
     *
     * @param updates updates of the parameters so far
     * @param validationLoss finite; else an {@link IllegalArgumentException}
     * @return whether it is the best so far
     */
    public boolean offer(Rnn rnn, long updates, double validationLoss) {
        if (!Double.isFinite(validationLoss)) {
            throw new IllegalArgumentException("a validation loss of " + validationLoss + ": must be finite");
        }
        if (validationLoss >= loss) {
            since++;
            return false;
        }
        for (String name : rnn.parameterNames()) {
            parameters.put(name, rnn.parameter(name));
        }
        loss = validationLoss;
        this.updates = updates;
        since = 0;
        return true;
    }

    /** Whether any network was offered. */
    public boolean isPresent() {
        return !parameters.isEmpty();
    }

    /** The lowest validation loss; infinite where there is none. */
    public double loss() {
        return loss;
    }

    /** Updates of the parameters when it was validated. */
    public long updates() {
        return updates;
    }

    /** Validations since, none of which was better. */
    public long validationsSince() {
        return since;
    }

    /** The values of a parameter; not a copy. */
    float[] parameter(String name) {
        return parameters.get(name);
    }

    /** "validation loss 0.25 after 40 updates, 2 validations since", or "none so far". */
    @Override
    public String toString() {
        return isPresent()
                ? "validation loss " + loss + " after " + Count.of(updates, "update") + ", "
                        + Count.of(since, "validation") + " since"
                : "none so far";
    }

    /** Gives {@code rnn} the best parameters; an {@link IllegalStateException} if there are none. */
    public void copyTo(Rnn rnn) {
        if (!isPresent()) {
            throw new IllegalStateException("no network was offered, so that none is the best");
        }
        parameters.forEach(rnn::setParameter);
    }
}
