package org.bptt4j.oracle;

import org.apache.commons.math3.analysis.UnivariateFunction;
import org.apache.commons.math3.linear.RealVector;

/** h_t = f(A + P), δ = ∂L/∂h_t ∘ f'; {@code slope} is f' in terms of h_t. */
record OraclePlain(UnivariateFunction f, UnivariateFunction slope) implements OracleCell {
    @Override
    public Step forward(RealVector a, RealVector p, RealVector h, RealVector c) {
        return new Step(new RealVector[0], a.add(p).map(f), null);
    }

    @Override
    public Deltas backward(Step step, RealVector h, RealVector c, RealVector dh, RealVector dc) {
        RealVector delta = dh.ebeMultiply(step.h().map(slope));
        return new Deltas(delta, delta, null, null);
    }
}
