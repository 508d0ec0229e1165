package org.bptt4j.backend.cpu;

import static org.bptt4j.backend.cpu.VectorTiles.LANES;
import static org.bptt4j.backend.cpu.VectorTiles.S;

import jdk.incubator.vector.FloatVector;

/**
 * {@code h' = (1−z)∘n + z∘h} with r, z = σ(a), n = tanh(A_n + b_in + r∘q) and q = P_n + b_hn, kept in this order: r, z, n, q. Back, with dh
 * = ∂L/∂h' + carry:
 *
 * <pre>
 * dr = dn∘q∘r(1−r)    dz = dh∘(h − n)∘z(1−z)    dn = dh∘(1−z)∘(1−n²)    dq = dn∘r    carry = dh∘z
 * </pre>
 *
 * <p>The gradient of A is (dr, dz, dn), that of P (dr, dz, dq).
 */
final class GruCell implements CpuCell {
    @Override
    public float ended(int k) {
        return k == 1 ? 1 : 0;
    }

    @Override
    public void forward(CellStep s) {
        ScalarMath.sigmoid(s, 0, 0);
        ScalarMath.sigmoid(s, 1, 0);
        states(s, 0);
    }

    /** n, q and the states of the units {@code from} on, from r and z. */
    private static void states(CellStep s, int from) {
        float[] gates = s.gates.at;
        for (int i = 0; from < s.units && i < s.rows; i++) {
            for (int j = from; j < s.units; j++) {
                int r = s.gates.at(i, j);
                int z = r + s.hidden;
                int n = z + s.hidden;
                int bias = s.bias.start + 2 * s.hidden + j;
                float p = s.sums.at[s.sums.at(i, 2 * s.span + j)];
                float q = p + s.bias.at[bias + s.hidden];
                float y = ScalarMath.tanh(Fma.fma(gates[r], q, gates[n] + s.bias.at[bias]));
                gates[n] = y;
                gates[n + s.hidden] = q;
                float before = s.before.at[s.before.at(i, j)];
                s.after.at[s.after.at(i, j)] = Fma.fma(gates[z], before - y, y);
            }
        }
    }

    @Override
    public void backward(CellStep s) {
        backward(s, 0);
    }

    private static void backward(CellStep s, int from) {
        for (int i = 0; from < s.units && i < s.rows; i++) {
            for (int j = from; j < s.units; j++) {
                int k = s.gates.at(i, j);
                float r = s.gates.at[k];
                float z = s.gates.at[k + s.hidden];
                float n = s.gates.at[k + 2 * s.hidden];
                float q = s.gates.at[k + 3 * s.hidden];
                float before = s.before.at[s.before.at(i, j)];
                int c = s.carry.at(i, j);
                float dh = s.dStates.at[s.dStates.at(i, j)] + s.carry.at[c];
                s.carry.at[c] = dh * z;
                float dn = dh * (1f - z) * Fma.fma(-n, n, 1f);
                float dr = dn * q * Fma.fma(-r, r, r);
                float dz = dh * (before - n) * Fma.fma(-z, z, z);
                int d = s.dGates.at(i, j);
                s.dGates.at[d] = dr;
                s.dGates.at[d + s.hidden] = dz;
                s.dGates.at[d + 2 * s.hidden] = dn;
                int p = s.dProducts.at(i, j);
                s.dProducts.at[p] = dr;
                s.dProducts.at[p + s.hidden] = dz;
                s.dProducts.at[p + 2 * s.hidden] = dn * r;
            }
        }
    }

    @Override
    public CpuCell vector() {
        return new Vector();
    }

    private static final class Vector implements CpuCell {
        @Override
        public float ended(int k) {
            return k == 1 ? 1 : 0;
        }

        @Override
        public void forward(CellStep s) {
            VectorPasses.sigmoid(s, 0);
            VectorPasses.sigmoid(s, 1);
            int whole = S.loopBound(s.units);
            states(s, s.rows * (whole / LANES), whole);
            GruCell.states(s, whole);
        }

        private static void states(CellStep s, int vectors, int whole) {
            float[] gates = s.gates.at;
            float[] sums = s.sums.at;
            float[] bias = s.bias.at;
            float[] befores = s.before.at;
            float[] states = s.after.at;
            int hidden = s.hidden;
            int ldg = s.gates.stride;
            int ldp = s.sums.stride;
            int ldb = s.before.stride;
            int ldh = s.after.stride;
            int x = s.gates.start;
            int p = s.sums.start + 2 * s.span;
            int y = s.bias.start + 2 * hidden;
            int b = s.before.start;
            int h = s.after.start;
            int j = 0;
            for (int v = 0; v < vectors; v++) {
                FloatVector q =
                        FloatVector.fromArray(S, sums, p + j).add(FloatVector.fromArray(S, bias, y + hidden + j));
                FloatVector a =
                        FloatVector.fromArray(S, gates, x + 2 * hidden + j).add(FloatVector.fromArray(S, bias, y + j));
                FloatVector n =
                        VectorMath.tanh(FloatVector.fromArray(S, gates, x + j).fma(q, a));
                n.intoArray(gates, x + 2 * hidden + j);
                q.intoArray(gates, x + 3 * hidden + j);
                FloatVector before = FloatVector.fromArray(S, befores, b + j);
                FloatVector.fromArray(S, gates, x + hidden + j)
                        .fma(before.sub(n), n)
                        .intoArray(states, h + j);
                j += LANES;
                if (j == whole) {
                    j = 0;
                    x += ldg;
                    p += ldp;
                    b += ldb;
                    h += ldh;
                }
            }
        }

        @Override
        public void backward(CellStep s) {
            int whole = S.loopBound(s.units);
            backward(s, s.rows * (whole / LANES), whole);
            GruCell.backward(s, whole);
        }

        private static void backward(CellStep s, int vectors, int whole) {
            float[] gates = s.gates.at;
            float[] befores = s.before.at;
            float[] dStates = s.dStates.at;
            float[] carry = s.carry.at;
            float[] dGates = s.dGates.at;
            float[] dProducts = s.dProducts.at;
            int hidden = s.hidden;
            FloatVector one = FloatVector.broadcast(S, 1f);
            int x = s.gates.start;
            int b = s.before.start;
            int e = s.dStates.start;
            int c = s.carry.start;
            int d = s.dGates.start;
            int p = s.dProducts.start;
            int j = 0;
            for (int v = 0; v < vectors; v++) {
                FloatVector r = FloatVector.fromArray(S, gates, x + j);
                FloatVector z = FloatVector.fromArray(S, gates, x + hidden + j);
                FloatVector n = FloatVector.fromArray(S, gates, x + 2 * hidden + j);
                FloatVector q = FloatVector.fromArray(S, gates, x + 3 * hidden + j);
                FloatVector before = FloatVector.fromArray(S, befores, b + j);
                FloatVector dh = FloatVector.fromArray(S, dStates, e + j).add(FloatVector.fromArray(S, carry, c + j));
                dh.mul(z).intoArray(carry, c + j);
                FloatVector dn = dh.mul(one.sub(z)).mul(n.neg().fma(n, one));
                FloatVector dr = dn.mul(q).mul(r.neg().fma(r, r));
                FloatVector dz = dh.mul(before.sub(n)).mul(z.neg().fma(z, z));
                dr.intoArray(dGates, d + j);
                dz.intoArray(dGates, d + hidden + j);
                dn.intoArray(dGates, d + 2 * hidden + j);
                dr.intoArray(dProducts, p + j);
                dz.intoArray(dProducts, p + hidden + j);
                dn.mul(r).intoArray(dProducts, p + 2 * hidden + j);
                j += LANES;
                if (j == whole) {
                    j = 0;
                    x += s.gates.stride;
                    b += s.before.stride;
                    e += s.dStates.stride;
                    c += s.carry.stride;
                    d += s.dGates.stride;
                    p += s.dProducts.stride;
                }
            }
        }
    }
}
