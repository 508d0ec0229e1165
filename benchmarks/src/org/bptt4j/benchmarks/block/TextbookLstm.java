package org.bptt4j.benchmarks.block;

/** i, f, o = σ(a), g = tanh(a), c = f ∘ c_{t−1} + i ∘ g, h = o ∘ tanh(c); gates i, f, g, o. */
final class TextbookLstm implements TextbookCell {
    private static final int I = 0;
    private static final int F = 1;
    private static final int G = 2;
    private static final int O = 3;

    @Override
    public Step forward(TextbookGates ih, TextbookGates hh, double[] x, Step before) {
        int hidden = before.h().length;
        double[][] gates = new double[4][hidden];
        for (int gate = 0; gate < gates.length; gate++) {
            double[] a = ih.apply(gate, x);
            double[] p = hh.apply(gate, before.h());
            for (int k = 0; k < hidden; k++) {
                gates[gate][k] = gate == G ? Math.tanh(a[k] + p[k]) : TextbookCell.sigmoid(a[k] + p[k]);
            }
        }
        double[] h = new double[hidden];
        double[] c = new double[hidden];
        for (int k = 0; k < hidden; k++) {
            c[k] = gates[F][k] * before.c()[k] + gates[I][k] * gates[G][k];
            h[k] = gates[O][k] * Math.tanh(c[k]);
        }
        return new Step(x, before, gates, h, c);
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
        double[][] y = step.gates();
        double[][] delta = new double[4][dH.length];
        for (int k = 0; k < dH.length; k++) {
            double tanh = Math.tanh(step.c()[k]);
            double reachesC = dC[k] + dH[k] * y[O][k] * (1 - tanh * tanh);
            delta[I][k] = reachesC * y[G][k] * y[I][k] * (1 - y[I][k]);
            delta[F][k] = reachesC * step.before().c()[k] * y[F][k] * (1 - y[F][k]);
            delta[G][k] = reachesC * y[I][k] * (1 - y[G][k] * y[G][k]);
            delta[O][k] = dH[k] * tanh * y[O][k] * (1 - y[O][k]);
            dCBefore[k] += reachesC * y[F][k];
        }
        for (int gate = 0; gate < delta.length; gate++) {
            ih.back(gate, delta[gate], step.x(), dX);
            hh.back(gate, delta[gate], step.before().h(), dHBefore);
        }
    }
}
