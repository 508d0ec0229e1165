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

    /** {@code x_i = tanh(x_i + bias_i)} for i &lt; n from {@code column} on, in each row. */
    static void tanh(int rows, int n, Operand x, int column, Operand bias) {
        int whole = S.loopBound(n);
        int x0 = x.start + column;
        int b0 = bias.start + column;
        tanh(x.at, x0, x.stride, rows * (whole / LANES), whole, bias.at, b0);
        for (int r = 0; whole < n && r < rows; r++) {
            ScalarMath.tanh(x.at, x0 + r * x.stride, bias.at, b0, whole, n);
        }
    }

    private static void tanh(float[] x, int x0, int ldx, int vectors, int whole, float[] bias, int b0) {
        int i = x0;
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

    /** {@code x_i = σ(x_i + bias_i)} for i &lt; n from {@code column} on, in each row. */
    static void sigmoid(int rows, int n, Operand x, int column, Operand bias) {
        int whole = S.loopBound(n);
        int x0 = x.start + column;
        int b0 = bias.start + column;
        sigmoid(x.at, x0, x.stride, rows * (whole / LANES), whole, bias.at, b0);
        for (int r = 0; whole < n && r < rows; r++) {
            ScalarMath.sigmoid(x.at, x0 + r * x.stride, bias.at, b0, whole, n);
        }
    }

    private static void sigmoid(float[] x, int x0, int ldx, int vectors, int whole, float[] bias, int b0) {
        int i = x0;
        int c = 0;
        for (int v = 0; v < vectors; v++) {
            FloatVector a = FloatVector.fromArray(S, x, i + c).add(FloatVector.fromArray(S, bias, b0 + c));
            VectorMath.sigmoid(a).intoArray(x, i + c);
            c += LANES;
            if (c == whole) {
                c = 0;
                i += ldx;
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
