package org.bptt4j;

/**
 * What one {@link Trainer#fit} did.
 *
 * @param steps batches trained on
 * @param epochs epochs that were gone through to their end
 * @param best the model with the lowest validation loss, whose parameters the network has now; {@linkplain BestModel#isPresent none}
 *     without a validation
 * @param stoppedEarly whether the validation's patience ended it
 */
public record FitReport(long steps, long epochs, BestModel best, boolean stoppedEarly) {}
