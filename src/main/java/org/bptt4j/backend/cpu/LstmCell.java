package org.bptt4j.backend.cpu;

import static org.bptt4j.backend.cpu.VectorTiles.LANES;
import static org.bptt4j.backend.cpu.VectorTiles.S;

import jdk.incubator.vector.FloatVector;

/**
 * {@code c' = f∘c + i∘g, h' = o∘tanh(c')} with i, f, o = σ(a), g = tanh(a), kept in this order: i, f, g, o. Back, with dh = ∂L/∂h' + carry
 * and tanh(c') computed again:
 *
 * <pre>
 * dc = cellCarry + dh∘o∘(1 − tanh²c')      cellCarry = dc∘f
 * di = dc∘g∘i(1−i)    df = dc∘c∘f(1−f)    dg = dc∘i∘(1−g²)    do = dh∘tanh(c')∘o(1−o)
 * </pre>
 */
final class LstmCell implements CpuCell {
    @Override
    public float ended(int k) {
        return k == 1 ? 1 : 0;
    }

    @Override
    public void forward(CellStep s) {
        ScalarMath.sigmoid(s, 0, 0);
        ScalarMath.sigmoid(s, 1, 0);
        ScalarMath.tanh(s, 2, 0);
        ScalarMath.sigmoid(s, 3, 0);
        states(s, 0);
    }

    /** The states of the units {@code from} on, from the gates. */
    private static void states(CellStep s, int from) {
        float[] gates = s.gates.at;
        for (int r = 0; from < s.units && r < s.rows; r++) {
            for (int j = from; j < s.units; j++) {
                int i = s.gates.at(r, j);
                int f = i + s.hidden;
                int g = f + s.hidden;
                int o = g + s.hidden;
                float before = s.cellBefore.at[s.cellBefore.at(r, j)];
                float c = Fma.fma(gates[f], before, gates[i] * gates[g]);
                s.cellAfter.at[s.cellAfter.at(r, j)] = c;
                s.after.at[s.after.at(r, j)] = gates[o] * ScalarMath.tanh(c);
            }
        }
    }

    @Override
    public void backward(CellStep s) {
        backward(s, 0);
    }

    private static void backward(CellStep s, int from) {
        for (int r = 0; from < s.units && r < s.rows; r++) {
            for (int j = from; j < s.units; j++) {
                int k = s.gates.at(r, j);
                float i = s.gates.at[k];
                float f = s.gates.at[k + s.hidden];
                float g = s.gates.at[k + 2 * s.hidden];
                float o = s.gates.at[k + 3 * s.hidden];
                float before = s.cellBefore.at[s.cellBefore.at(r, j)];
                float y = ScalarMath.tanh(s.cellAfter.at[s.cellAfter.at(r, j)]);
                float dh = s.dStates.at[s.dStates.at(r, j)] + s.carry.at[s.carry.at(r, j)];
                int q = s.cellCarry.at(r, j);
                float dc = Fma.fma(dh * o, Fma.fma(-y, y, 1f), s.cellCarry.at[q]);
                s.cellCarry.at[q] = dc * f;
                int d = s.dGates.at(r, j);
                s.dGates.at[d] = dc * g * Fma.fma(-i, i, i);
                s.dGates.at[d + s.hidden] = dc * before * Fma.fma(-f, f, f);
                s.dGates.at[d + 2 * s.hidden] = dc * i * Fma.fma(-g, g, 1f);
                s.dGates.at[d + 3 * s.hidden] = dh * y * Fma.fma(-o, o, o);
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
            VectorPasses.tanh(s, 2);
            VectorPasses.sigmoid(s, 3);
            int whole = S.loopBound(s.units);
            states(s, s.rows * (whole / LANES), whole);
            LstmCell.states(s, whole);
        }

        private static void states(CellStep s, int vectors, int whole) {
            float[] gates = s.gates.at;
            float[] before = s.cellBefore.at;
            float[] cells = s.cellAfter.at;
            float[] states = s.after.at;
            int f = s.hidden;
            int g = 2 * s.hidden;
            int o = 3 * s.hidden;
            int ldg = s.gates.stride;
            int ldb = s.cellBefore.stride;
            int ldc = s.cellAfter.stride;
            int ldh = s.after.stride;
            int x = s.gates.start;
            int b = s.cellBefore.start;
            int c = s.cellAfter.start;
            int h = s.after.start;
            int j = 0;
            for (int v = 0; v < vectors; v++) {
                FloatVector in = FloatVector.fromArray(S, gates, x + j).mul(FloatVector.fromArray(S, gates, x + g + j));
                FloatVector cell =
                        FloatVector.fromArray(S, gates, x + f + j).fma(FloatVector.fromArray(S, before, b + j), in);
                cell.intoArray(cells, c + j);
                FloatVector.fromArray(S, gates, x + o + j)
                        .mul(VectorMath.tanh(cell))
                        .intoArray(states, h + j);
                j += LANES;
                if (j == whole) {
                    j = 0;
                    x += ldg;
                    b += ldb;
                    c += ldc;
                    h += ldh;
                }
            }
        }

        @Override
        public void backward(CellStep s) {
            int whole = S.loopBound(s.units);
            backward(s, s.rows * (whole / LANES), whole);
            LstmCell.backward(s, whole);
        }

        private static void backward(CellStep s, int vectors, int whole) {
            float[] gates = s.gates.at;
            float[] befores = s.cellBefore.at;
            float[] cells = s.cellAfter.at;
            float[] dStates = s.dStates.at;
            float[] carry = s.carry.at;
            float[] cellCarry = s.cellCarry.at;
            float[] dGates = s.dGates.at;
            int hidden = s.hidden;
            FloatVector one = FloatVector.broadcast(S, 1f);
            int x = s.gates.start;
            int b = s.cellBefore.start;
            int c = s.cellAfter.start;
            int e = s.dStates.start;
            int p = s.carry.start;
            int q = s.cellCarry.start;
            int d = s.dGates.start;
            int j = 0;
            for (int v = 0; v < vectors; v++) {
                FloatVector i = FloatVector.fromArray(S, gates, x + j);
                FloatVector f = FloatVector.fromArray(S, gates, x + hidden + j);
                FloatVector g = FloatVector.fromArray(S, gates, x + 2 * hidden + j);
                FloatVector o = FloatVector.fromArray(S, gates, x + 3 * hidden + j);
                FloatVector before = FloatVector.fromArray(S, befores, b + j);
                FloatVector y = VectorMath.tanh(FloatVector.fromArray(S, cells, c + j));
                FloatVector dh = FloatVector.fromArray(S, dStates, e + j).add(FloatVector.fromArray(S, carry, p + j));
                FloatVector dc = dh.mul(o).fma(y.neg().fma(y, one), FloatVector.fromArray(S, cellCarry, q + j));
                dc.mul(f).intoArray(cellCarry, q + j);
                dc.mul(g).mul(i.neg().fma(i, i)).intoArray(dGates, d + j);
                dc.mul(before).mul(f.neg().fma(f, f)).intoArray(dGates, d + hidden + j);
                dc.mul(i).mul(g.neg().fma(g, one)).intoArray(dGates, d + 2 * hidden + j);
                dh.mul(y).mul(o.neg().fma(o, o)).intoArray(dGates, d + 3 * hidden + j);
                j += LANES;
                if (j == whole) {
                    j = 0;
                    x += s.gates.stride;
                    b += s.cellBefore.stride;
                    c += s.cellAfter.stride;
                    e += s.dStates.stride;
                    p += s.carry.stride;
                    q += s.cellCarry.stride;
                    d += s.dGates.stride;
                }
            }
        }
    }
}
