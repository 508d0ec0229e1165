package org.bptt4j.backend.cpu;

import static org.bptt4j.backend.cpu.VectorTiles.LANES;
import static org.bptt4j.backend.cpu.VectorTiles.S;

import jdk.incubator.vector.FloatVector;

/** {@code h = tanh(a)}; δ = (∂L/∂h + carry)·(1 − h²), both in place. */
final class TanhCell implements CpuCell {
    private static final ScalarPasses.Loop TANH = TanhCell::tanh;
    private static final ScalarPasses.Loop DERIVATIVE = TanhCell::derivative;

    @Override
    public void forward(CellStep s) {
        ScalarPasses.inPlace(TANH, s.rows, s.units, s.gates, s.bias, null);
    }

    @Override
    public void backward(CellStep s) {
        ScalarPasses.inPlace(DERIVATIVE, s.rows, s.units, s.dGates, s.carry, s.after);
    }

    private static void tanh(float[] m, int from, int to) {
        int end = Math.min(to, ScalarMemory.BOUND);
        for (int j = from & ScalarMemory.BOUND - 1; j < end; j++) {
            m[j] = ScalarMath.tanh(m[j] + m[j + ScalarPasses.Y]);
        }
    }

    private static void derivative(float[] m, int from, int to) {
        int end = Math.min(to, ScalarMemory.BOUND);
        for (int j = from & ScalarMemory.BOUND - 1; j < end; j++) {
            m[j] = (m[j] + m[j + ScalarPasses.Y]) * Fma.fma(-m[j + ScalarPasses.Z], m[j + ScalarPasses.Z], 1f);
        }
    }

    @Override
    public CpuCell vector() {
        return new Vector();
    }

    private static final class Vector implements CpuCell {
        @Override
        public void forward(CellStep s) {
            int whole = S.loopBound(s.units);
            tanh(s, s.rows * (whole / LANES), whole);
            for (int r = 0; whole < s.units && r < s.rows; r++) {
                for (int i = whole; i < s.units; i++) {
                    int x = s.gates.at(r, i);
                    s.gates.at[x] = ScalarMath.tanh(s.gates.at[x] + s.bias.at[s.bias.start + i]);
                }
            }
        }

        private static void tanh(CellStep s, int vectors, int whole) {
            float[] x = s.gates.at;
            float[] bias = s.bias.at;
            int ldx = s.gates.stride;
            int b0 = s.bias.start;
            int i = s.gates.start;
            int c = 0;
            for (int v = 0; v < vectors; v++) {
                FloatVector a = FloatVector.fromArray(S, x, i + c).add(FloatVector.fromArray(S, bias, b0 + c));
                VectorMath.tanh(a).intoArray(x, i + c);
                c += LANES;
                if (c == whole) {
                    c = 0;
                    i += ldx;
                }
            }
        }

        @Override
        public void backward(CellStep s) {
            int whole = S.loopBound(s.units);
            derivative(s, s.rows * (whole / LANES), whole);
            for (int r = 0; whole < s.units && r < s.rows; r++) {
                for (int i = whole; i < s.units; i++) {
                    int d = s.dGates.at(r, i);
                    float h = s.after.at[s.after.at(r, i)];
                    s.dGates.at[d] = (s.dGates.at[d] + s.carry.at[s.carry.at(r, i)]) * Fma.fma(-h, h, 1f);
                }
            }
        }

        private static void derivative(CellStep s, int vectors, int whole) {
            float[] d = s.dGates.at;
            float[] carry = s.carry.at;
            float[] h = s.after.at;
            int ldd = s.dGates.stride;
            int ldc = s.carry.stride;
            int ldh = s.after.stride;
            FloatVector one = FloatVector.broadcast(S, 1f);
            int i = s.dGates.start;
            int j = s.carry.start;
            int k = s.after.start;
            int c = 0;
            for (int v = 0; v < vectors; v++) {
                FloatVector y = FloatVector.fromArray(S, h, k + c);
                FloatVector e = FloatVector.fromArray(S, d, i + c).add(FloatVector.fromArray(S, carry, j + c));
                e.mul(y.neg().fma(y, one)).intoArray(d, i + c);
                c += LANES;
                if (c == whole) {
                    c = 0;
                    i += ldd;
                    j += ldc;
                    k += ldh;
                }
            }
        }
    }
}
