package org.bptt4j.benchmarks.block;

import java.util.function.DoubleUnaryOperator;

/**
 * h = f(W_ih x + b_ih + W_hh h_{t−1} + b_hh).
 *
 * @param slope f' from h
 */
record TextbookPlain(DoubleUnaryOperator f, DoubleUnaryOperator slope) implements TextbookCell {
    @Override
    public Step forward(TextbookGates ih, TextbookGates hh, double[] x, Step before) {
        double[] a = ih.apply(0, x);
        double[] p = hh.apply(0, before.h());
        double[] h = new double[a.length];
        for (int i = 0; i < h.length; i++) {
            h[i] = f.applyAsDouble(a[i] + p[i]);
        }
        return new Step(x, before, new double[0][], h, before.c());
    }

    @Override
    public void backward(
            TextbookGates ih,
            TextbookGates hh,
            Step step,
            double[] dH,
            double[] dC,
            double[] dX,
            double[] dHBefore,
            double[] dCBefore) {
        double[] delta = new double[dH.length];
        for (int i = 0; i < delta.length; i++) {
            delta[i] = dH[i] * slope.applyAsDouble(step.h()[i]);
        }
        ih.back(0, delta, step.x(), dX);
        hh.back(0, delta, step.before().h(), dHBefore);
    }
}
