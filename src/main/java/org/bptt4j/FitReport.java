package org.bptt4j;

import org.bptt4j.spec.Count;

/**
 * What one {@link Trainer#fit} did.
 *
 * @param steps batches trained on
 * @param epochs epochs that were gone through to their end
 * @param best the model with the lowest validation loss, whose parameters the network has now; {@linkplain BestModel#isPresent none}
 *     without a validation
 * @param stoppedEarly whether the validation's patience ended it
 */
public record FitReport(long steps, long epochs, BestModel best, boolean stoppedEarly) {
    /** "80 steps, 2 epochs, stopped early; best model: validation loss 0.25 after 40 updates, 2 validations since". */
    @Override
    public String toString() {
        return Count.of(steps, "step") + ", " + Count.of(epochs, "epoch") + (stoppedEarly ? ", stopped early" : "")
                + "; best model: " + best;
    }
}
