package org.bptt4j;

/**
 * What one {@link Trainer#step} did.
 *
 * @param updates updates of the parameters so far
 * @param loss the batch's loss: mean over its valid targets, or sum, as the loss says
 * @param targets valid targets of the batch; 0, or none with a weight, means loss 0 and no update
 * @param gradientNorm global norm before clipping, of the last segment
 * @param clipped whether clipping changed a gradient: that one by its norm, or an element of any segment's by value
 * @param learningRate the rate of the last update
 * @param skipped whether the update was left out because a gradient was not finite
 */
public record StepReport(
        long updates,
        double loss,
        long targets,
        double gradientNorm,
        boolean clipped,
        double learningRate,
        boolean skipped) {}
