package org.bptt4j.backend;

import org.bptt4j.spec.Clipping;
import org.bptt4j.spec.Optimizer;
import org.bptt4j.spec.Require;

/**
 * The arguments of an optimiser step over all parameters at once.
 *
 * @param optimizer the rule
 * @param clipping applied on the way to each gradient, which itself is left as it is; norm clipping uses {@link Report#NORM},
 *     so {@link Backend#globalNorm} comes first
 * @param parameters p [n], in and out
 * @param gradients g [n], in
 * @param states the rule's running averages, {@code kind().states()} arrays of [n], in and out, zero before the first step
 * @param report {@link Report}; nothing at all happens when {@link Report#NON_FINITE} is set
 */
public record Update(
        Optimizer optimizer,
        Clipping clipping,
        DeviceArray parameters,
        DeviceArray gradients,
        DeviceArray[] states,
        DeviceArray report) {
    public Update {
        Require.given(optimizer, "optimizer");
        Require.given(clipping, "clipping");
        Shapes.require("parameters", parameters, parameters.length());
        Shapes.require("gradients", gradients, parameters.length());
        Shapes.require("report", report, Report.LENGTH);
        states = states.clone();
        if (states.length != optimizer.kind().states()) {
            throw new IllegalArgumentException(
                    optimizer.kind() + " keeps " + optimizer.kind().states() + " states, got " + states.length);
        }
        for (DeviceArray state : states) {
            Shapes.require("state", state, parameters.length());
        }
    }
}
