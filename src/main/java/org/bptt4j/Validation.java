package org.bptt4j;

import org.bptt4j.data.BatchSource;
import org.bptt4j.spec.Require;

/**
 * The data by which {@link Trainer#fit(BatchSource, long, Validation, Trainer.Listener)} chooses the model that is kept, and for how
 * long it goes on without a better one.
 *
 * @param source evaluated after each epoch; data that is not trained on
 * @param patience validations in a row without a lower loss after which training ends; 0 for never
 */
public record Validation(BatchSource source, long patience) {
    public Validation {
        Require.given(source, "source");
        if (patience < 0) {
            throw new IllegalArgumentException("patience " + patience + ": must be 0 (never) or more");
        }
    }

    /** By {@code source}, through all epochs. */
    public static Validation on(BatchSource source) {
        return new Validation(source, 0);
    }

    /** The same, ending after so many validations in a row without a lower loss. */
    public Validation withPatience(long validations) {
        return new Validation(source, validations);
    }
}
