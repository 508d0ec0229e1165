package org.bptt4j;

/**
 * The loss of a whole source.
 *
 * @param loss mean over all valid targets, or the sum
 * @param targets valid targets
 */
public record Evaluation(double loss, long targets) {}
