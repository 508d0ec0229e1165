package org.bptt4j.backend.cpu;

/**
 * {@code h' = (1−f)∘h + f∘n} with f = σ(a) and n = tanh(A_n + b_in + f∘q), q = P_n + b_hn, kept in this order: f, n, q. Back, with dh = ∂L/∂h' +
 * carry:
 *
 * <pre>
 * dn = dh∘f∘(1−n²)    df = (dh∘(n − h) + dn∘q)∘f(1−f)    dq = dn∘f    carry = dh∘(1−f)
 * </pre>
 *
 * <p>The gradient of A is (df, dn), that of P (df, dq).
 */
final class MinimalCell implements CpuCell {
    @Override
    public void forward(CellStep s) {
        float[] kept = s.gates.at;
        for (int r = 0; r < s.rows; r++) {
            for (int j = 0; j < s.units; j++) {
                int f = s.gates.at(r, j);
                int n = f + s.hidden;
                int q = n + s.hidden;
                int bias = s.bias.start + j;
                int sum = s.sums.at(r, j);
                kept[f] = ScalarMath.sigmoid(s.sums.at[sum] + s.bias.at[bias]);
                kept[q] = s.sums.at[sum + s.span] + s.bias.at[bias + 2 * s.hidden];
                kept[n] = ScalarMath.tanh(Fma.fma(kept[f], kept[q], kept[n] + s.bias.at[bias + s.hidden]));
                float before = s.before.at[s.before.at(r, j)];
                s.after.at[s.after.at(r, j)] = Fma.fma(kept[f], kept[n] - before, before);
            }
        }
    }

    @Override
    public void backward(CellStep s) {
        for (int r = 0; r < s.rows; r++) {
            for (int j = 0; j < s.units; j++) {
                int k = s.gates.at(r, j);
                float f = s.gates.at[k];
                float n = s.gates.at[k + s.hidden];
                float q = s.gates.at[k + 2 * s.hidden];
                float before = s.before.at[s.before.at(r, j)];
                int c = s.carry.at(r, j);
                float dh = s.dStates.at[s.dStates.at(r, j)] + s.carry.at[c];
                s.carry.at[c] = dh * (1f - f);
                float dn = dh * f * Fma.fma(-n, n, 1f);
                float df = Fma.fma(dh, n - before, dn * q) * Fma.fma(-f, f, f);
                int d = s.dGates.at(r, j);
                s.dGates.at[d] = df;
                s.dGates.at[d + s.hidden] = dn;
                int p = s.dProducts.at(r, j);
                s.dProducts.at[p] = df;
                s.dProducts.at[p + s.hidden] = dn * f;
            }
        }
    }
}
