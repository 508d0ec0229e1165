package org.bptt4j.backend.cpu;

import java.util.Arrays;

/** Copies blocks of a matrix into the layout that the kernels read. */
final class Packing {
    private Packing() {}

    /** {@link Kernels#pack} of the columns {@code from0 … cols−1}, where {@code from0} begins a panel. */
    static void pack(
            float[] from, int f0, int ld, int rows, int from0, int cols, float[] to, int t0, int width, int ldp) {
        for (int c = from0; c < cols; c += width) {
            int count = Math.min(width, cols - c);
            for (int i = 0; i < rows; i++) {
                int t = t0 + c / width * ldp + i * width;
                System.arraycopy(from, f0 + i * ld + c, to, t, count);
                Arrays.fill(to, t + count, t + width, 0f);
            }
        }
    }

    /** {@code to[t0 + i·width + j] = from[f0 + j·ld + i]} for i &lt; rows, j &lt; cols, zero for cols ≤ j &lt; width. */
    static void packTransposed(float[] from, int f0, int ld, int rows, int cols, float[] to, int t0, int width) {
        // Eight source rows at a time: each is read contiguously, and eight neighbours are written together.
        int j = 0;
        for (; j + 8 <= cols; j += 8) {
            int f = f0 + j * ld;
            for (int i = 0; i < rows; i++) {
                int t = t0 + i * width + j;
                to[t] = from[f + i];
                to[t + 1] = from[f + ld + i];
                to[t + 2] = from[f + 2 * ld + i];
                to[t + 3] = from[f + 3 * ld + i];
                to[t + 4] = from[f + 4 * ld + i];
                to[t + 5] = from[f + 5 * ld + i];
                to[t + 6] = from[f + 6 * ld + i];
                to[t + 7] = from[f + 7 * ld + i];
            }
        }
        for (; j < cols; j++) {
            for (int i = 0; i < rows; i++) {
                to[t0 + i * width + j] = from[f0 + j * ld + i];
            }
        }
        if (cols < width) {
            for (int i = 0; i < rows; i++) {
                Arrays.fill(to, t0 + i * width + cols, t0 + (i + 1) * width, 0f);
            }
        }
    }
}
