package org.bptt4j.backend;

import org.bptt4j.spec.Cell;

/**
 * A cell that does not come with the library, to show what adding one takes (docs/adding-a-cell.md): the minimal gated unit of Zhou et al. (2016), in which
 * one gate does the work of the GRU's two. As in our GRU it is applied after the product, so that b_hn is inside of it.
 *
 * <pre>
 * f = σ(a),  n = tanh(A_n + b_in + f∘(P_n + b_hn)),  h = (1−f)∘h_{t−1} + f∘n
 * </pre>
 *
 * <p>Here is the formula in double, that the backends are held to. Kept are f, n and q = P_n + b_hn.
 */
public final class Minimal implements CellTruth {
    /** Gates f, n. */
    public static final Cell CELL = new Cell("minimal", 2, 1, false, true);

    @Override
    public void forward(double[] a, double[] p, double[] state, double[] kept) {
        kept[0] = 1 / (1 + Math.exp(-(a[0] + p[0])));
        kept[1] = Math.tanh(a[1] + kept[0] * p[1]);
        kept[2] = p[1];
        state[0] = (1 - kept[0]) * state[0] + kept[0] * kept[1];
    }

    @Override
    public void backward(double[] kept, double[] before, double[] after, double[] dState, double[] da, double[] dp) {
        double f = kept[0];
        double n = kept[1];
        double dh = dState[0];
        da[1] = dh * f * (1 - n * n);
        da[0] = (dh * (n - before[0]) + da[1] * kept[2]) * f * (1 - f);
        dp[0] = da[0];
        dp[1] = da[1] * f;
        dState[0] = dh * (1 - f);
    }
}
