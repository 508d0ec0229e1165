package org.bptt4j.benchmarks.block;

/**
 * r, z = σ(a), h = (1 − z) ∘ n + z ∘ h_{t−1}; gates r, z, n. The reset gate after the product, as in PyTorch: n = tanh(W_in x +
 * b_in + r ∘ (W_hn h_{t−1} + b_hn)); or first: n = tanh(W_in x + b_in + W_hn (r ∘ h_{t−1}) + b_hn).
 */
record TextbookGru(boolean resetFirst) implements TextbookCell {
    private static final int R = 0;
    private static final int Z = 1;
    private static final int N = 2;
    /** What is kept beside the gates: the product of the gate n. */
    private static final int P = 3;

    @Override
    public Step forward(TextbookGates ih, TextbookGates hh, double[] x, Step before) {
        int hidden = before.h().length;
        double[][] y = new double[4][hidden];
        for (int gate : new int[] {R, Z}) {
            double[] a = ih.apply(gate, x);
            double[] p = hh.apply(gate, before.h());
            for (int k = 0; k < hidden; k++) {
                y[gate][k] = TextbookCell.sigmoid(a[k] + p[k]);
            }
        }
        double[] a = ih.apply(N, x);
        y[P] = hh.apply(N, resetFirst ? times(y[R], before.h()) : before.h());
        double[] h = new double[hidden];
        for (int k = 0; k < hidden; k++) {
            y[N][k] = Math.tanh(a[k] + (resetFirst ? 1 : y[R][k]) * y[P][k]);
            h[k] = (1 - y[Z][k]) * y[N][k] + y[Z][k] * before.h()[k];
        }
        return new Step(x, before, y, h, before.c());
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
        double[] h = step.before().h();
        double[][] delta = new double[3][dH.length];
        for (int k = 0; k < dH.length; k++) {
            delta[Z][k] = dH[k] * (h[k] - y[N][k]) * y[Z][k] * (1 - y[Z][k]);
            delta[N][k] = dH[k] * (1 - y[Z][k]) * (1 - y[N][k] * y[N][k]);
            dHBefore[k] += dH[k] * y[Z][k];
        }
        double[] dR = resetFirst
                ? resetBeforeProduct(hh, delta[N], y, h, dHBefore)
                : resetAfterProduct(hh, delta[N], y, h, dHBefore);
        for (int k = 0; k < dH.length; k++) {
            delta[R][k] = dR[k] * y[R][k] * (1 - y[R][k]);
        }
        for (int gate = 0; gate < delta.length; gate++) {
            ih.back(gate, delta[gate], step.x(), dX);
        }
        hh.back(R, delta[R], h, dHBefore);
        hh.back(Z, delta[Z], h, dHBefore);
    }

    /** Takes δ_n back through the product of h; returns the gradient of r. */
    private static double[] resetAfterProduct(
            TextbookGates hh, double[] delta, double[][] y, double[] h, double[] dHBefore) {
        hh.back(N, times(delta, y[R]), h, dHBefore);
        return times(delta, y[P]);
    }

    /** Takes δ_n back through the product of r ∘ h; returns the gradient of r. */
    private static double[] resetBeforeProduct(
            TextbookGates hh, double[] delta, double[][] y, double[] h, double[] dHBefore) {
        double[] dReset = new double[h.length];
        hh.back(N, delta, times(y[R], h), dReset);
        for (int k = 0; k < h.length; k++) {
            dHBefore[k] += dReset[k] * y[R][k];
        }
        return times(dReset, h);
    }

    private static double[] times(double[] a, double[] b) {
        double[] product = new double[a.length];
        for (int k = 0; k < a.length; k++) {
            product[k] = a[k] * b[k];
        }
        return product;
    }
}
