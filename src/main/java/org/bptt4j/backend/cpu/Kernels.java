package org.bptt4j.backend.cpu;

/**
 * The innermost loops, in two forms: on the Vector API and in plain Java. Stateless and safe for any number of threads.
 *
 * <p>A <em>panel</em> is a packed block of {@link #panelWidth} columns of a GEMM's right operand: element (k, j) is {@code
 * panel[p0 + k·panelWidth + j]}, columns that the matrix lacks are zero.
 */
interface Kernels {
    /** One line for people, such as "vector, 16 lanes". */
    String description();

    /** Columns of a panel. */
    int panelWidth();

    /** Rows that are fastest together: a whole register tile. */
    int tileRows();

    /** Floats of scratch memory that some methods need; a thread has its own. */
    int scratchLength();

    /**
     * {@code c[r, j] = init[r, j] + Σ_k a[r, k]·panel[k, j]} for r &lt; rows, j &lt; cols, k ascending, one chain per element.
     *
     * @param a left operand, rows {@link PackedMatrix#ROW_STRIDE} apart, see {@link #copyRows}
     * @param init where the chains begin, rows of stride {@code ldi}: c itself to add to it, null for zero
     * @param cols at most {@link #panelWidth}
     */
    void multiplyRows(
            float[] a,
            int a0,
            int rows,
            float[] panel,
            int p0,
            int depth,
            float[] init,
            int i0,
            int ldi,
            float[] c,
            int c0,
            int ldc,
            int cols,
            float[] scratch);

    /** {@code to[t0 + r·ROW_STRIDE + i] = from[f0 + r·ld + i]} for r &lt; rows, i &lt; cols. */
    void copyRows(float[] from, int f0, int ld, int rows, int cols, float[] to, int t0);

    /** Panels that {@link #multiplyRow} takes at once; 1 where {@link #multiplyRows} is as good. */
    int rowPanels();

    /** {@link #multiplyRows} of a single row over {@link #rowPanels} whole panels that lie {@code ldp} apart. */
    void multiplyRow(
            float[] a, int a0, float[] panels, int p0, int ldp, int depth, float[] init, int i0, float[] c, int c0);

    /**
     * {@code c[r, j] += Σ_k a[row(k) + r]·panel[k, j]} for r &lt; rows, j &lt; cols, k ascending, one chain per element: the left
     * operand is read across its rows, in the order of a weight gradient, rows of a step forwards and steps backwards.
     *
     * @param a0 row(0); after {@code left} rows of stride {@code lda} comes the first row of the step before
     * @param batch rows of a step
     */
    void multiplyColumns(
            float[] a,
            int a0,
            int lda,
            int left,
            int batch,
            int rows,
            float[] panel,
            int p0,
            int depth,
            float[] c,
            int c0,
            int ldc,
            int cols,
            float[] scratch);

    /**
     * Packs rows into panels that lie {@code ldp} apart: {@code to[t0 + p·ldp + i·W + j] = from[f0 + i·ld + p·W + j]} with W =
     * {@link #panelWidth}, for i &lt; rows, p·W + j &lt; cols; zero for the columns that the last panel lacks.
     */
    void pack(float[] from, int f0, int ld, int rows, int cols, float[] to, int t0, int ldp);

    /** The form of a cell's formula that goes with these loops. */
    CpuCell form(CpuCell cell);

    /** {@code y_i += Σ_r x_{r,i}} for i &lt; n over {@code rows} rows of stride {@code ldx}, r ascending, one chain per i. */
    void addRows(float[] x, int x0, int ldx, int rows, int n, float[] y, int y0);

    /** {@code y_i += x_i} for i &lt; n. */
    void add(float[] x, int x0, float[] y, int y0, int n);

    /**
     * One row of softmax, with S = Σ exp(y − max y): {@code d = scale·exp(y − max y)/S}, {@code scratch[0] = max y}; returns S.
     * {@code d} may be {@code y}.
     */
    float softmax(float[] y, int y0, int n, float scale, float[] d, int d0, float[] scratch);

    /**
     * Binary cross-entropy of {@code n} logits with targets t and positive weights w: returns {@code Σ w·t·ln(1 + e^−y) +
     * (1−t)·ln(1 + e^y)}, and {@code d = scale·((1−t)·σ(y) − w·t·σ(−y))}. Where t is NaN both are 0. {@code d} may be {@code y}.
     */
    double binaryCrossEntropy(
            float[] y,
            int y0,
            float[] t,
            int t0,
            float[] w,
            int w0,
            int n,
            float scale,
            float[] d,
            int d0,
            float[] scratch);
}
