package org.bptt4j.backend.cpu;

import java.util.Arrays;

/**
 * Point-wise passes over blocks of rows in loops that C2 vectorises: in a section of {@link ScalarMemory}, which only one
 * thread has, where all operands have the same index but for a constant. As in {@link ScalarTiles} a loop begins one float early
 * and ends with a line.
 */
final class ScalarPasses {
    /** Floats of a block: three of them fill half of a first-level cache. */
    static final int BLOCK = 2048;
    /** Floats of a row for {@link #addRows}. */
    static final int ROW = 512;

    /** Where the first operand begins, which is also the result. */
    static final int X = 0;
    /** Where the second operand begins. */
    static final int Y = BLOCK + ScalarMemory.LINE;
    /** Where the third operand begins. */
    static final int Z = 2 * Y;

    private static final int NEXT = ROW + ScalarMemory.LINE;

    private ScalarPasses() {}

    /** Rows of n floats in a block, at least one. */
    static int rowsTogether(int n) {
        return Math.max(1, BLOCK / Math.max(1, n));
    }

    /** Copies rows of n floats to an operand, one after another. */
    static void load(ScalarMemory own, int operand, float[] from, int f0, int ld, int rows, int n) {
        for (int r = 0; r < rows; r++) {
            System.arraycopy(from, f0 + r * ld, ScalarMemory.ALL, own.base + operand + r * n, n);
        }
    }

    /** Copies the result to rows of n floats. */
    static void store(ScalarMemory own, float[] to, int t0, int ld, int rows, int n) {
        for (int r = 0; r < rows; r++) {
            System.arraycopy(ScalarMemory.ALL, own.base + X + r * n, to, t0 + r * ld, n);
        }
    }

    /** A loop over {@code from ≤ j < to} of the first operand, the others being {@link #Y} and {@link #Z} further on. */
    interface Loop {
        void run(float[] m, int from, int to);
    }

    /** Runs a loop for i &lt; n of each row of x, which is also the result, y and z, which may be null. */
    static void inPlace(Loop loop, int rows, int n, Operand x, Operand y, Operand z) {
        ScalarMemory own = ScalarMemory.take();
        try {
            int most = rowsTogether(n);
            for (int r = 0; r < rows; r += most) {
                int count = Math.min(most, rows - r);
                for (int i = 0; i < n; i += BLOCK) {
                    int length = Math.min(BLOCK, n - i);
                    load(own, X, x.at, x.at(r, i), x.stride, count, length);
                    load(own, Y, y.at, y.at(r, i), y.stride, count, length);
                    if (z != null) {
                        load(own, Z, z.at, z.at(r, i), z.stride, count, length);
                    }
                    loop.run(ScalarMemory.ALL, own.base - 1, own.end(count * length));
                    store(own, x.at, x.at(r, i), x.stride, count, length);
                }
            }
        } finally {
            own.release();
        }
    }

    /** {@code y_i += Σ_r x_{r,i}} for i &lt; n ≤ {@link #ROW}, r ascending. */
    static void addRows(ScalarMemory own, float[] x, int x0, int ldx, int rows, int n, float[] y, int y0) {
        float[] m = ScalarMemory.ALL;
        System.arraycopy(y, y0, m, own.base, n);
        int r = 0;
        for (; r + 8 <= rows; r += 8) {
            for (int i = 0; i < 8; i++) {
                System.arraycopy(x, x0 + (r + i) * ldx, m, own.base + (i + 1) * NEXT, n);
            }
            addEight(m, own.base - 1, own.end(n));
        }
        for (; r < rows; r++) {
            System.arraycopy(x, x0 + r * ldx, m, own.base + NEXT, n);
            addOne(m, own.base - 1, own.end(n));
        }
        System.arraycopy(m, own.base, y, y0, n);
    }

    private static void addEight(float[] m, int from, int to) {
        int end = Math.min(to, ScalarMemory.BOUND);
        for (int j = from & ScalarMemory.BOUND - 1; j < end; j++) {
            float s = m[j] + m[j + NEXT] + m[j + 2 * NEXT] + m[j + 3 * NEXT] + m[j + 4 * NEXT];
            m[j] = s + m[j + 5 * NEXT] + m[j + 6 * NEXT] + m[j + 7 * NEXT] + m[j + 8 * NEXT];
        }
    }

    private static void addOne(float[] m, int from, int to) {
        int end = Math.min(to, ScalarMemory.BOUND);
        for (int j = from & ScalarMemory.BOUND - 1; j < end; j++) {
            m[j] += m[j + NEXT];
        }
    }

    /** {@code x_i = e^(x_i − max)} for i &lt; n. */
    static void exp(ScalarMemory own, float max, int n) {
        exp(ScalarMemory.ALL, max, own.base, own.base + n);
    }

    /** Not vectorised, because of the bits: so neither early nor a line. */
    private static void exp(float[] m, float max, int from, int to) {
        int end = Math.min(to, ScalarMemory.BOUND);
        for (int j = from & ScalarMemory.BOUND - 1; j < end; j++) {
            m[j] = ScalarMath.exp(m[j] - max);
        }
    }

    /** Σ x_i for i &lt; n, in sixteen sums side by side: one would wait for itself. */
    static float sum(ScalarMemory own, int n) {
        float[] sums = own.few;
        Arrays.fill(sums, 0f);
        int whole = n - n % ScalarMemory.LINE;
        for (int i = own.base; i < own.base + whole; i += ScalarMemory.LINE) {
            for (int k = 0; k < ScalarMemory.LINE; k++) {
                sums[k] += ScalarMemory.ALL[i + k];
            }
        }
        float sum = 0;
        for (float s : sums) {
            sum += s;
        }
        for (int i = own.base + whole; i < own.base + n; i++) {
            sum += ScalarMemory.ALL[i];
        }
        return sum;
    }
}
