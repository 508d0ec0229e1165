package org.bptt4j.backend.cpu;

import static org.bptt4j.backend.cpu.VectorTiles.LANES;
import static org.bptt4j.backend.cpu.VectorTiles.S;
import static org.bptt4j.backend.cpu.VectorTiles.WIDTH;

import jdk.incubator.vector.FloatVector;

/** Copies between matrices and the layouts that the tiles read, a vector at a time. */
final class VectorPacking {
    private VectorPacking() {}

    /**
     * Packs four panels' columns at once: each row is read contiguously, which the processor prefetches, and the loop is over the
     * rows, of which there are many.
     */
    static void packPanels4(float[] from, int f0, int ld, int rows, float[] to, int t0, int ldp) {
        int t1 = t0 + ldp;
        int t2 = t0 + 2 * ldp;
        int t3 = t0 + 3 * ldp;
        for (int i = 0; i < rows; i++) {
            int f = f0 + i * ld;
            FloatVector.fromArray(S, from, f).intoArray(to, t0 + i * WIDTH);
            FloatVector.fromArray(S, from, f + LANES).intoArray(to, t0 + i * WIDTH + LANES);
            FloatVector.fromArray(S, from, f + 2 * LANES).intoArray(to, t1 + i * WIDTH);
            FloatVector.fromArray(S, from, f + 3 * LANES).intoArray(to, t1 + i * WIDTH + LANES);
            FloatVector.fromArray(S, from, f + 4 * LANES).intoArray(to, t2 + i * WIDTH);
            FloatVector.fromArray(S, from, f + 5 * LANES).intoArray(to, t2 + i * WIDTH + LANES);
            FloatVector.fromArray(S, from, f + 6 * LANES).intoArray(to, t3 + i * WIDTH);
            FloatVector.fromArray(S, from, f + 7 * LANES).intoArray(to, t3 + i * WIDTH + LANES);
        }
    }

    /** Packs one panel's columns. */
    static void packPanel(float[] from, int f0, int ld, int rows, float[] to, int t0) {
        for (int i = 0; i < rows; i++) {
            FloatVector.fromArray(S, from, f0 + i * ld).intoArray(to, t0 + i * WIDTH);
            FloatVector.fromArray(S, from, f0 + i * ld + LANES).intoArray(to, t0 + i * WIDTH + LANES);
        }
    }

    /** {@link Kernels#copyRows}. */
    static void copyRows(float[] from, int f0, int ld, int rows, int cols, float[] to, int t0) {
        int whole = S.loopBound(cols);
        for (int r = 0; r < rows; r++) {
            int f = f0 + r * ld;
            int t = t0 + r * PackedMatrix.ROW_STRIDE;
            for (int i = 0; i < whole; i += LANES) {
                FloatVector.fromArray(S, from, f + i).intoArray(to, t + i);
            }
            for (int i = whole; i < cols; i++) {
                to[t + i] = from[f + i];
            }
        }
    }
}
