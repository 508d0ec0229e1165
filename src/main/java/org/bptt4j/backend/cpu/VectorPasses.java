package org.bptt4j.backend.cpu;

import static org.bptt4j.backend.cpu.VectorTiles.LANES;
import static org.bptt4j.backend.cpu.VectorTiles.S;

import jdk.incubator.vector.FloatVector;

/**
 * The point-wise passes of {@link VectorKernels}. They run over all vectors of all rows in one loop: rows are short, and a loop for
 * each of them would spend more time beginning and ending than working.
 */
final class VectorPasses {
    private VectorPasses() {}

    // A loop for each function in a method of its own, so that each is compiled for itself: together C2 now and then
    // left a call of
    // tanh's out of line, and with it every vector in an object.

    /** {@code gate k = σ(sum + bias)}. */
    static void sigmoid(CellStep s, int k) {
        int whole = S.loopBound(s.units);
        sigmoid(s, k, s.rows * (whole / LANES), whole);
        ScalarMath.sigmoid(s, k, whole);
    }

    private static void sigmoid(CellStep s, int k, int vectors, int whole) {
        float[] gates = s.gates.at;
        float[] sums = s.sums.at;
        float[] bias = s.bias.at;
        int ldg = s.gates.stride;
        int ldp = s.sums.stride;
        int g = s.gates.start + k * s.hidden;
        int p = s.sums.start + k * s.span;
        int b = s.bias.start + k * s.hidden;
        int j = 0;
        for (int v = 0; v < vectors; v++) {
            FloatVector a = FloatVector.fromArray(S, sums, p + j).add(FloatVector.fromArray(S, bias, b + j));
            VectorMath.sigmoid(a).intoArray(gates, g + j);
            j += LANES;
            if (j == whole) {
                j = 0;
                g += ldg;
                p += ldp;
            }
        }
    }

    /** {@code gate k = tanh(sum + bias)}. */
    static void tanh(CellStep s, int k) {
        int whole = S.loopBound(s.units);
        tanh(s, k, s.rows * (whole / LANES), whole);
        ScalarMath.tanh(s, k, whole);
    }

    private static void tanh(CellStep s, int k, int vectors, int whole) {
        float[] gates = s.gates.at;
        float[] sums = s.sums.at;
        float[] bias = s.bias.at;
        int ldg = s.gates.stride;
        int ldp = s.sums.stride;
        int g = s.gates.start + k * s.hidden;
        int p = s.sums.start + k * s.span;
        int b = s.bias.start + k * s.hidden;
        int j = 0;
        for (int v = 0; v < vectors; v++) {
            FloatVector a = FloatVector.fromArray(S, sums, p + j).add(FloatVector.fromArray(S, bias, b + j));
            VectorMath.tanh(a).intoArray(gates, g + j);
            j += LANES;
            if (j == whole) {
                j = 0;
                g += ldg;
                p += ldp;
            }
        }
    }

    static void addRows(float[] x, int x0, int ldx, int rows, int n, float[] y, int y0) {
        int i = 0;
        for (; i + 4 * LANES <= n; i += 4 * LANES) {
            FloatVector s0 = FloatVector.fromArray(S, y, y0 + i);
            FloatVector s1 = FloatVector.fromArray(S, y, y0 + i + LANES);
            FloatVector s2 = FloatVector.fromArray(S, y, y0 + i + 2 * LANES);
            FloatVector s3 = FloatVector.fromArray(S, y, y0 + i + 3 * LANES);
            for (int r = 0; r < rows; r++) {
                int q = x0 + r * ldx + i;
                s0 = s0.add(FloatVector.fromArray(S, x, q));
                s1 = s1.add(FloatVector.fromArray(S, x, q + LANES));
                s2 = s2.add(FloatVector.fromArray(S, x, q + 2 * LANES));
                s3 = s3.add(FloatVector.fromArray(S, x, q + 3 * LANES));
            }
            s0.intoArray(y, y0 + i);
            s1.intoArray(y, y0 + i + LANES);
            s2.intoArray(y, y0 + i + 2 * LANES);
            s3.intoArray(y, y0 + i + 3 * LANES);
        }
        for (int r = 0; i < n && r < rows; r++) {
            add(x, x0 + r * ldx + i, y, y0 + i, n - i);
        }
    }

    static void add(float[] x, int x0, float[] y, int y0, int n) {
        int whole = S.loopBound(n);
        for (int i = 0; i < whole; i += LANES) {
            FloatVector.fromArray(S, y, y0 + i)
                    .add(FloatVector.fromArray(S, x, x0 + i))
                    .intoArray(y, y0 + i);
        }
        for (int i = whole; i < n; i++) {
            y[y0 + i] += x[x0 + i];
        }
    }
}
