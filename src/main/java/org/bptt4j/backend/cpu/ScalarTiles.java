package org.bptt4j.backend.cpu;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Products of two rows at a time with one panel, in a loop over columns that C2 vectorises. One thread at a time: {@link #take}
 * and {@link #release}.
 *
 * <p>What C2 asks of such a loop, found by trying on 17 and 25:
 *
 * <ul>
 *   <li>Every index is j plus a constant: with different invariants it takes arrays for overlapping and stays scalar. So the
 *       panel's rows are copied to {@link ScalarMemory}, in groups of eight, and between the groups two rows of sums: each
 *       group adds its terms to those before it and stores to those behind it.
 *   <li>The index has a constant bound: then no address can overflow, and the body stays below the 60 nodes up to which C2
 *       unrolls it. Twelve terms for two rows, or sixteen for one, are beyond it: 14 GFLOP/s in place of 200.
 *   <li>Where two rows use the same element of the panel, it stands in different places of their multiply-adds: C2 17 pairs
 *       them wrongly otherwise. That is why two rows and not more.
 * </ul>
 */
final class ScalarTiles {
    /** Columns of a panel. */
    static final int WIDTH = 128;
    /** Rows of a panel at a time: with them the memory of a thread fills a first-level cache. */
    static final int DEPTH = 64;

    /** Rows of a panel in one loop. */
    private static final int GROUP = 8;
    /** Where sums begin in a group, one line of slack before them: loops begin a column early, see {@link #add}. */
    private static final int SUMS = GROUP * WIDTH + ScalarMemory.LINE;

    private static final int ROW = WIDTH + ScalarMemory.LINE;
    /** From one group to the next. */
    private static final int NEXT = SUMS + 2 * ROW - ScalarMemory.LINE;

    private static final int LENGTH = DEPTH / GROUP * NEXT + SUMS + 2 * ROW;
    private static final int COUNT = Math.max(16, 2 * Runtime.getRuntime().availableProcessors());
    private static final int BOUND = 1 << 28;

    private static final float[] MEMORY = ScalarMemory.allocate(ScalarMemory.ALIGNED + COUNT * LENGTH + 2 * NEXT);
    private static final ScalarTiles[] ALL = new ScalarTiles[COUNT];
    private static final int[] ZERO_TO_SEVEN = {0, 1, 2, 3, 4, 5, 6, 7};

    static {
        for (int i = 0; i < COUNT; i++) {
            ALL[i] = new ScalarTiles(ScalarMemory.ALIGNED + ScalarMemory.LINE + i * LENGTH);
        }
        warmUp();
    }

    /** Where row k of the panel has its left factors, for the rows that {@link #load} took. */
    final int[] at = new int[DEPTH];

    private final int base;
    private final AtomicBoolean taken = new AtomicBoolean();
    private final float[] edge = new float[2 * GROUP];
    private int depth;

    private ScalarTiles(int base) {
        this.base = base;
    }

    /**
     * Calls the loop often and long enough to be compiled for long loops. C2 shortens the vectors of a loop that its profile
     * calls short, to a quarter up to 70 rounds and to half up to 150; what a program's first network happens to be must not
     * decide that.
     */
    private static void warmUp() {
        float[] memory = new float[3 * NEXT];
        for (int i = 0; i < 1000; i++) {
            add(memory, ZERO_TO_SEVEN, 0, 0, 0, memory, 0, i < 200 ? 1 : 512);
        }
    }

    /** One that no other thread has, until {@link #release}. */
    static ScalarTiles take() {
        for (int i = (int) Thread.currentThread().getId(); ; i++) {
            ScalarTiles tiles = ALL[Math.floorMod(i, COUNT)];
            if (!tiles.taken.getPlain() && tiles.taken.compareAndSet(false, true)) {
                return tiles;
            }
            Thread.onSpinWait();
        }
    }

    void release() {
        taken.set(false);
    }

    /** Copies {@code depth} rows of a panel, at most {@link #DEPTH}; what the last group lacks becomes zero. */
    void load(float[] panel, int p0, int depth) {
        this.depth = depth;
        for (int k = 0; k < depth; k += GROUP) {
            int length = Math.min(GROUP, depth - k) * WIDTH;
            int to = base + k / GROUP * NEXT;
            System.arraycopy(panel, p0 + k * WIDTH, MEMORY, to, length);
            Arrays.fill(MEMORY, to + length, to + GROUP * WIDTH, 0f);
        }
    }

    /**
     * {@code c[r, j] = init[r, j] + Σ_k a[a0 + r·step + at[k]]·panel[k, j]} for r &lt; rows, j &lt; cols, with the rows of the
     * panel that were loaded last; {@code init} null for zero.
     */
    void multiply(
            float[] a,
            int a0,
            int step,
            int rows,
            float[] init,
            int i0,
            int ldi,
            float[] c,
            int c0,
            int ldc,
            int cols) {
        int begin = base + SUMS;
        int end = begin + Split.blocks(depth, GROUP) * NEXT;
        for (int r = 0; r < rows; r += 2) {
            int two = Math.min(2, rows - r);
            for (int i = 0; i < two; i++) {
                if (init == null) {
                    Arrays.fill(MEMORY, begin + i * ROW, begin + i * ROW + cols, 0f);
                } else {
                    System.arraycopy(init, i0 + (r + i) * ldi, MEMORY, begin + i * ROW, cols);
                }
            }
            // A last row without a partner is its own; the second sum is not copied back.
            int i = a0 + r * step;
            addGroups(a, i, two == 2 ? i + step : i, cols);
            for (int s = 0; s < two; s++) {
                System.arraycopy(MEMORY, end + s * ROW, c, c0 + (r + s) * ldc, cols);
            }
        }
    }

    /** One column before the first is computed too: the scalar round with which every loop begins; then whole lines. */
    private void addGroups(float[] a, int i, int h, int cols) {
        int length = Split.blocks(cols, ScalarMemory.LINE) * ScalarMemory.LINE;
        int k = 0;
        int p = base;
        for (; k + GROUP <= depth; k += GROUP, p += NEXT) {
            add(a, at, k, i, h, MEMORY, p - 1, p + length);
        }
        if (k < depth) {
            // −0 · 0 changes no sum, not even −0.
            Arrays.fill(edge, -0f);
            for (int e = 0; k < depth; k++, e++) {
                edge[e] = a[i + at[k]];
                edge[GROUP + e] = a[h + at[k]];
            }
            add(edge, ZERO_TO_SEVEN, 0, 0, GROUP, MEMORY, p - 1, p + length);
        }
    }

    /** Too long to be inlined, so its loop has one profile. */
    private static void add(float[] a, int[] at, int k, int i, int h, float[] m, int from, int to) {
        float s0 = a[i + at[k]];
        float s1 = a[i + at[k + 1]];
        float s2 = a[i + at[k + 2]];
        float s3 = a[i + at[k + 3]];
        float s4 = a[i + at[k + 4]];
        float s5 = a[i + at[k + 5]];
        float s6 = a[i + at[k + 6]];
        float s7 = a[i + at[k + 7]];
        float t0 = a[h + at[k]];
        float t1 = a[h + at[k + 1]];
        float t2 = a[h + at[k + 2]];
        float t3 = a[h + at[k + 3]];
        float t4 = a[h + at[k + 4]];
        float t5 = a[h + at[k + 5]];
        float t6 = a[h + at[k + 6]];
        float t7 = a[h + at[k + 7]];
        int end = Math.min(to, BOUND);
        for (int j = from & BOUND - 1; j < end; j++) {
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
