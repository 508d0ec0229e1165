package org.bptt4j.backend.cpu;

import java.util.Arrays;

/**
 * Products of two rows at a time with a panel, in a loop over columns that C2 vectorises. In a section of
 * {@link ScalarMemory}, which only one thread has.
 *
 * <p>What C2 asks of such a loop, found by trying on 17 and 25:
 *
 * <ul>
 *   <li>Every index is j plus a constant: with different invariants it takes arrays for overlapping and stays scalar. So the
 *       panel's rows are copied, in groups of eight, and between the groups lie two rows of sums: each group adds its terms to
 *       those before it and stores to those behind it.
 *   <li>The index has a constant bound: then no address can overflow, and the body stays below the 60 nodes up to which C2
 *       unrolls it. Twelve terms for two rows, or sixteen for one, are beyond it: 14 GFLOP/s in place of 200.
 *   <li>Where two rows use the same element of the panel, it stands in different places of their multiply-adds: C2 17 pairs
 *       them wrongly otherwise. That is why two rows and not more.
 * </ul>
 */
final class ScalarTiles {
    /** Columns of a panel. */
    static final int WIDTH = 128;
    /** Most rows of a panel at a time: with them the section fills a first-level cache. */
    static final int DEPTH = 64;

    /** Rows of a panel in one loop. */
    private static final int GROUP = 8;

    private static final int LINE = ScalarMemory.LINE;
    /** From a group to its sums; before each row of sums a line for the column that no matrix has, see {@link #addGroups}. */
    private static final int SUMS = GROUP * WIDTH + LINE;
    /** From one row of sums to the other. */
    private static final int ROW = WIDTH + LINE;
    /** From one group to the next. */
    private static final int NEXT = SUMS + ROW + WIDTH;

    private ScalarTiles() {}

    /**
     * Calls the loop often and long enough to be compiled for long loops. C2 shortens the vectors of a loop that its profile
     * calls short, to a quarter up to 70 rounds and to half up to 150; what a program's first network happens to be must not
     * decide that.
     */
    static void warmUp() {
        float[] zeros = new float[3 * NEXT];
        int[] at = new int[GROUP];
        for (int i = 0; i < 1000; i++) {
            add(zeros, 0, 0, i % 2 == 0 ? null : at, 0, zeros, 0, i < 200 ? 1 : 512);
        }
    }

    /** Rows of a panel at a time for so many left rows: a few do not repay copying beyond the first-level cache. */
    static int depth(int rows) {
        return rows <= 4 ? DEPTH / 4 : DEPTH;
    }

    /** Copies {@code depth} rows of a panel, at most {@link #DEPTH}; what the last group lacks becomes zero. */
    static void load(ScalarMemory own, float[] panel, int p0, int depth) {
        for (int k = 0; k < depth; k += GROUP) {
            int length = Math.min(GROUP, depth - k) * WIDTH;
            int to = own.base + k / GROUP * NEXT;
            System.arraycopy(panel, p0 + k * WIDTH, ScalarMemory.ALL, to, length);
            if (length < GROUP * WIDTH) {
                Arrays.fill(ScalarMemory.ALL, to + length, to + GROUP * WIDTH, 0f);
            }
        }
    }

    /**
     * {@code c[r, j] = init[r, j] + Σ_k a_r,k·panel[k, j]} for r &lt; rows, j &lt; cols, with the {@code depth} rows of the
     * panel that were loaded last; {@code init} null for zero. {@code a_r,k} is {@code a[a0 + at[k] + r]}, or if {@code at} is null {@code
     * a[a0 + r·ROW_STRIDE + k]}.
     */
    static void multiply(
            ScalarMemory own,
            int depth,
            float[] a,
            int a0,
            int[] at,
            int rows,
            float[] init,
            int i0,
            int ldi,
            float[] c,
            int c0,
            int ldc,
            int cols) {
        int step = at == null ? PackedMatrix.ROW_STRIDE : 1;
        int begin = own.base + SUMS;
        int end = begin + Split.blocks(depth, GROUP) * NEXT;
        for (int r = 0; r < rows; r += 2) {
            int together = Math.min(2, rows - r);
            for (int i = 0; i < together; i++) {
                if (init == null) {
                    Arrays.fill(ScalarMemory.ALL, begin + i * ROW, begin + i * ROW + cols, 0f);
                } else {
                    System.arraycopy(init, i0 + (r + i) * ldi, ScalarMemory.ALL, begin + i * ROW, cols);
                }
            }
            addGroups(own, depth, a, a0 + r * step, at, together == 2 ? step : 0, cols);
            for (int i = 0; i < together; i++) {
                System.arraycopy(ScalarMemory.ALL, end + i * ROW, c, c0 + (r + i) * ldc, cols);
            }
        }
    }

    /**
     * From one column before the first, which is the scalar round that every loop begins with, to the end of a line.
     *
     * @param step from a row's factors to those of its partner; 0 if it has none, and the second sums are nobody's
     */
    private static void addGroups(ScalarMemory own, int depth, float[] a, int i, int[] at, int step, int cols) {
        int length = Split.blocks(cols, LINE) * LINE;
        float[] edge = own.few;
        int p = own.base;
        for (int k = 0; k < depth; k += GROUP, p += NEXT) {
            if (k + GROUP > depth || step == 0 && at != null) {
                // −0 · 0 changes no sum, not even −0.
                Arrays.fill(edge, -0f);
                for (int e = 0; e < Math.min(GROUP, depth - k); e++) {
                    int q = i + (at == null ? k + e : at[k + e]);
                    edge[e] = a[q];
                    edge[GROUP + e] = a[q + step];
                }
                add(edge, 0, GROUP, null, 0, ScalarMemory.ALL, p - 1, p + length);
            } else if (at == null) {
                add(a, i + k, i + k + step, null, 0, ScalarMemory.ALL, p - 1, p + length);
            } else {
                add(a, i, 0, at, k, ScalarMemory.ALL, p - 1, p + length);
            }
        }
    }

    /**
     * Eight terms for two rows. Left factors are neighbours, from i and h on, or if {@code at} is given neighbours in pairs. Too
     * long to be inlined, so the loop has one profile.
     */
    private static void add(float[] a, int i, int h, int[] at, int k, float[] m, int from, int to) {
        float s0;
        float s1;
        float s2;
        float s3;
        float s4;
        float s5;
        float s6;
        float s7;
        float t0;
        float t1;
        float t2;
        float t3;
        float t4;
        float t5;
        float t6;
        float t7;
        if (at == null) {
            s0 = a[i];
            s1 = a[i + 1];
            s2 = a[i + 2];
            s3 = a[i + 3];
            s4 = a[i + 4];
            s5 = a[i + 5];
            s6 = a[i + 6];
            s7 = a[i + 7];
            t0 = a[h];
            t1 = a[h + 1];
            t2 = a[h + 2];
            t3 = a[h + 3];
            t4 = a[h + 4];
            t5 = a[h + 5];
            t6 = a[h + 6];
            t7 = a[h + 7];
        } else {
            int q0 = i + at[k];
            int q1 = i + at[k + 1];
            int q2 = i + at[k + 2];
            int q3 = i + at[k + 3];
            int q4 = i + at[k + 4];
            int q5 = i + at[k + 5];
            int q6 = i + at[k + 6];
            int q7 = i + at[k + 7];
            s0 = a[q0];
            t0 = a[q0 + 1];
            s1 = a[q1];
            t1 = a[q1 + 1];
            s2 = a[q2];
            t2 = a[q2 + 1];
            s3 = a[q3];
            t3 = a[q3 + 1];
            s4 = a[q4];
            t4 = a[q4 + 1];
            s5 = a[q5];
            t5 = a[q5 + 1];
            s6 = a[q6];
            t6 = a[q6 + 1];
            s7 = a[q7];
            t7 = a[q7 + 1];
        }
        int end = Math.min(to, ScalarMemory.BOUND);
        for (int j = from & ScalarMemory.BOUND - 1; j < end; j++) {
            float p0 = m[j];
            float p1 = m[j + WIDTH];
            float p2 = m[j + 2 * WIDTH];
            float p3 = m[j + 3 * WIDTH];
            float p4 = m[j + 4 * WIDTH];
            float p5 = m[j + 5 * WIDTH];
            float p6 = m[j + 6 * WIDTH];
            float p7 = m[j + 7 * WIDTH];
            float s = Fma.fma(s3, p3, Fma.fma(s2, p2, Fma.fma(s1, p1, Fma.fma(s0, p0, m[j + SUMS]))));
            m[j + SUMS + NEXT] = Fma.fma(s7, p7, Fma.fma(s6, p6, Fma.fma(s5, p5, Fma.fma(s4, p4, s))));
            float t = Fma.fma(p3, t3, Fma.fma(p2, t2, Fma.fma(p1, t1, Fma.fma(p0, t0, m[j + SUMS + ROW]))));
            m[j + SUMS + ROW + NEXT] = Fma.fma(p7, t7, Fma.fma(p6, t6, Fma.fma(p5, t5, Fma.fma(p4, t4, t))));
        }
    }
}
