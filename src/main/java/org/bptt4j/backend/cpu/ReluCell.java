package org.bptt4j.backend.cpu;

import static org.bptt4j.backend.cpu.VectorTiles.LANES;
import static org.bptt4j.backend.cpu.VectorTiles.S;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/** {@code h = max(0, a)}; δ = ∂L/∂h + carry where h &gt; 0, else 0, both in place. */
final class ReluCell implements CpuCell {
    private static final ScalarPasses.Loop RELU = ReluCell::relu;
    private static final ScalarPasses.Loop DERIVATIVE = ReluCell::derivative;

    @Override
    public void forward(CellStep s) {
        ScalarPasses.inPlace(RELU, s.rows, s.units, s.gates, s.bias, null);
    }

    @Override
    public void backward(CellStep s) {
        ScalarPasses.inPlace(DERIVATIVE, s.rows, s.units, s.dGates, s.carry, s.after);
    }

    private static void relu(float[] m, int from, int to) {
        int end = Math.min(to, ScalarMemory.BOUND);
        for (int j = from & ScalarMemory.BOUND - 1; j < end; j++) {
            m[j] = Math.max(0f, m[j] + m[j + ScalarPasses.Y]);
        }
    }

    /** Not vectorised: a choice. */
    private static void derivative(float[] m, int from, int to) {
        int end = Math.min(to, ScalarMemory.BOUND);
        for (int j = from & ScalarMemory.BOUND - 1; j < end; j++) {
            m[j] = m[j + ScalarPasses.Z] > 0 ? m[j] + m[j + ScalarPasses.Y] : 0f;
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
            relu(s, s.rows * (whole / LANES), whole);
            for (int r = 0; whole < s.units && r < s.rows; r++) {
                for (int i = whole; i < s.units; i++) {
                    int x = s.gates.at(r, i);
                    s.gates.at[x] = Math.max(0f, s.gates.at[x] + s.bias.at[s.bias.start + i]);
                }
            }
        }

        private static void relu(CellStep s, int vectors, int whole) {
            float[] x = s.gates.at;
            float[] bias = s.bias.at;
            int ldx = s.gates.stride;
            int b0 = s.bias.start;
            int i = s.gates.start;
            int c = 0;
            for (int v = 0; v < vectors; v++) {
                FloatVector a = FloatVector.fromArray(S, x, i + c).add(FloatVector.fromArray(S, bias, b0 + c));
                a.max(0f).intoArray(x, i + c);
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
                    boolean on = s.after.at[s.after.at(r, i)] > 0;
                    s.dGates.at[d] = on ? s.dGates.at[d] + s.carry.at[s.carry.at(r, i)] : 0f;
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
            FloatVector zero = FloatVector.zero(S);
            int i = s.dGates.start;
            int j = s.carry.start;
            int k = s.after.start;
            int c = 0;
            for (int v = 0; v < vectors; v++) {
                FloatVector y = FloatVector.fromArray(S, h, k + c);
                FloatVector e = FloatVector.fromArray(S, d, i + c).add(FloatVector.fromArray(S, carry, j + c));
                zero.blend(e, y.compare(VectorOperators.GT, 0f)).intoArray(d, i + c);
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
