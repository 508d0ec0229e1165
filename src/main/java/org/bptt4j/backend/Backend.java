package org.bptt4j.backend;

import org.bptt4j.spec.Clipping;

/**
 * One device (or one pool of CPU threads) and the operations that backpropagation through time is made of.
 *
 * <p>Operations may run behind the caller's back until {@link #synchronize} or a download; they keep their order. All check
 * shapes first ({@link IllegalArgumentException} naming both shapes), refuse arrays of another backend ({@link
 * IllegalArgumentException}) and refuse to work after {@link #close} or with a closed array ({@link IllegalStateException}).
 *
 * <p>A backend and what it allocated belong to one thread at a time: a call that meets another thread's call under way throws
 * {@link java.util.ConcurrentModificationException}. Handing over between calls is fine.
 *
 * <p>The same calls give the same bits. On the CPU results depend neither on the number of threads nor on how a sweep is cut into
 * ranges: see {@link #weightGradient}.
 */
public interface Backend extends AutoCloseable {
    /** "cpu" or "cuda:0". */
    String name();

    /** One line for people: the device, its kernels and threads. */
    String description();

    /**
     * Rows (steps · batch rows) of a cell of one gate that a caller with more of them should take through all operations at a time, of one with G gates
     * the G-th part: a processor then finds in a cache what the operation before has written. {@link Integer#MAX_VALUE} where few large
     * operations are best.
     */
    int rowsPerPass();

    /**
     * Whether operations still run when their call has returned: then it is worth preparing the next batch meanwhile. An upload
     * to an array that no operation under way uses does not wait for any.
     */
    default boolean runsBehind() {
        return false;
    }

    /** Whether a program plays the device: what it computes is right, but how long it takes says nothing about any device. */
    default boolean simulated() {
        return false;
    }

    /** What was asked of the device since this was opened; all zero on the CPU. Counting costs next to nothing and never waits. */
    default Counts counts() {
        return Counts.NONE;
    }

    // ---- memory -----------------------------------------------------------------------------------------------------

    /** {@code length} floats, all zero. Throws {@link OutOfDeviceMemoryException} with the bytes asked and free. */
    DeviceArray allocate(long length);

    /** {@code length} ints, all zero. */
    DeviceArray allocateInts(long length);

    /** Bytes held by arrays that are not closed. */
    long allocatedBytes();

    /**
     * to[at + i] = from[start + i] for i &lt; count. The host array may be reused at once. A range that passes an end of
     * either array, or an array of the other type, is an {@link IllegalArgumentException}, here and in a download.
     */
    void upload(float[] from, int start, int count, DeviceArray to, long at);

    /** to[at + i] = from[start + i] for i &lt; count. The host array may be reused at once. */
    void upload(int[] from, int start, int count, DeviceArray to, long at);

    /** to[start + i] = from[at + i] for i &lt; count, after all work queued before. */
    void download(DeviceArray from, long at, float[] to, int start, int count);

    /** Waits until all queued work is done. */
    void synchronize();

    // ---- matrices ---------------------------------------------------------------------------------------------------

    /** Every element of {@code to} becomes {@code value}. */
    void fill(Matrix to, float value);

    /** to = from, of equal shape and not overlapping. */
    void copy(Matrix from, Matrix to);

    /** Every row of {@code to} [R, N] becomes {@code row} [1, N]. */
    void fillRows(Matrix row, Matrix to);

    /** C = op(A)·op(B), or C += op(A)·op(B): [M,N] from [M,K] and [K,N]. C may not overlap A or B. */
    void gemm(Transpose ta, Matrix a, Transpose tb, Matrix b, boolean accumulate, Matrix c);

    /** to[i, ·] = from[rows[i], ·]: {@code to} [n, N]. */
    void gatherRows(Ints rows, Matrix from, Matrix to);

    /** to[rows[i], ·] += from[i, ·]: {@code from} [n, N]; the row numbers are distinct. */
    void scatterRows(Ints rows, Matrix from, Matrix to);

    /** to[r, ·] = from[r, ·] where mask[r] is 0, else zeros, whatever from[r, ·] is: of equal shape and not overlapping. */
    void maskRows(Ints mask, Matrix from, Matrix to);

    /**
     * Dropout (Hinton et al. 2012), inverted: to[r, j] = 0, whatever from[r, j] is, where {@link Dropout} drops number (firstRow + r, j) in this update, else
     * from[r, j]/(1−p).
     *
     * @param update the number of the update that it is for, from 1
     * @param firstRow the number of row 0, t·B + b counted from the batch's first step, ≥ 0
     * @param to of the shape of {@code from}; the same memory, or none of it
     */
    void dropout(Dropout dropout, long update, long firstRow, Matrix from, Matrix to);

    // ---- symbols as input: x_t is a unit vector, x·Wᵀ a column of W ------------------------------------------------

    /** to[r, j] = weight[j, ids[r]]: {@code weight} [N, I], {@code to} [R, N]; ids in [0, I). */
    void gatherColumns(Ints ids, Matrix weight, Matrix to);

    /**
     * gradient[j, ids[r]] += delta[r, j] for all rows r, in the order of {@link #weightGradient}: {@code delta} [S·B, N],
     * {@code gradient} [N, I].
     */
    void scatterColumns(Ints ids, Matrix delta, int batch, Matrix gradient);

    // ---- gradients of shared weights --------------------------------------------------------------------------------

    /**
     * gradient [N, M] += Σ_t Σ_b δ_{t,b}ᵀ·input_{t,b}: {@code delta} [S·B, N], {@code input} [S·B, M].
     *
     * <p>On the CPU every element is one chain of fused multiply-adds, t descending, b ascending, loaded from and stored to
     * its accumulator: the bits do not depend on threads, tiles, or on where a long sweep was cut.
     */
    void weightGradient(Matrix delta, Matrix input, int batch, Matrix gradient);

    /** gradient [1, N] += Σ_t Σ_b δ_{t,b}, in the same order: {@code delta} [S·B, N]. */
    void biasGradient(Matrix delta, int batch, Matrix gradient);

    // ---- the recurrent sweeps ---------------------------------------------------------------------------------------

    /** A cell's states over a range of steps, t ascending; for a plain cell {@code h_{t+1} = f(A_t + b_ih + b_hh + h_t·W_hhᵀ)}. */
    void recurrentForward(RecurrentForward sweep);

    /**
     * A cell's gradients over a range of steps, last step first; for a plain cell {@code δ_t = (∂L/∂h_{t+1} + δ_{t+1}·W_hh) ∘
     * f'(a_t)}.
     */
    void recurrentBackward(RecurrentBackward sweep);

    // ---- losses -----------------------------------------------------------------------------------------------------

    /**
     * Softmax cross-entropy and its gradient: report[LOSS] += Σ_r s_r·((1−ε)·w_target·ℓ_r,target + ε/O·Σ_j w_j·ℓ_rj) with ℓ_rj = ln
     * Σ_k exp(y_rk) − y_rj, dLogits = scale times its gradient; unweighted, that is scale·(softmax(y_r) − onehot(target)). A target
     * equal to {@code ignoreIndex} has no loss and a zero gradient.
     *
     * @param logits y [R, O], in
     * @param targets [R], in; ignoreIndex or in [0, O), checked by the caller
     * @param weighting s, w of the classes, and ε
     * @param dLogits [R, O], out; may be the memory of {@code logits}
     */
    void crossEntropy(
            Matrix logits,
            Ints targets,
            int ignoreIndex,
            Weighting weighting,
            float scale,
            Matrix dLogits,
            DeviceArray report);

    /**
     * Squared error and its gradient: report[LOSS] += Σ s_r·(y − target)², dOutputs = 2·scale·s_r·(y − target). A target that
     * is NaN has no loss and a zero gradient.
     *
     * @param outputs y [R, O], in
     * @param targets [R, O], in
     * @param weighting s
     * @param dOutputs [R, O], out; may be the memory of {@code outputs}
     */
    void squaredError(
            Matrix outputs, Matrix targets, Weighting weighting, float scale, Matrix dOutputs, DeviceArray report);

    /**
     * Binary cross-entropy of logits and its gradient: report[LOSS] += Σ s_r·(w_o·target·ln(1 + e^−y) + (1 − target)·ln(1 + e^y)),
     * dOutputs = scale·s_r·((1 − target)·σ(y) − w_o·target·σ(−y)). A target that is NaN has no loss and a zero gradient.
     *
     * @param outputs y [R, O], in
     * @param targets [R, O], in; in [0, 1], checked by the caller
     * @param weighting s, and w of the outputs' positive terms
     * @param dOutputs [R, O], out; may be the memory of {@code outputs}
     */
    void binaryCrossEntropy(
            Matrix outputs, Matrix targets, Weighting weighting, float scale, Matrix dOutputs, DeviceArray report);

    // ---- from gradients to parameters -------------------------------------------------------------------------------

    /**
     * report[NORM] = ‖gradients‖₂, accumulated so that elements of 1e20 do not overflow and of 1e-30 do not vanish;
     * report[NON_FINITE] = 1 if any element is not finite, else unchanged.
     */
    void globalNorm(DeviceArray gradients, DeviceArray report);

    /**
     * Clips the gradients in place; norm clipping uses report[NORM] and sets report[COEFFICIENT], value clipping sets report[CLAMPED] to 1
     * if it changed an element.
     */
    void clip(Clipping clipping, DeviceArray gradients, DeviceArray report);

    /**
     * Clip, weight decay, step: one pass over all parameters. Also sets report[COEFFICIENT] and report[CLAMPED] as {@link #clip}, and adds 1 to report[UPDATES].
     *
     * @param learningRate η of this update
     * @param number the update's number, from 1
     */
    void update(Update update, double learningRate, long number);

    /** Waits for work in flight, then frees every array. A second call does nothing. */
    @Override
    void close();
}
