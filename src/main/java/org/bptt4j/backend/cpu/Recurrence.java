package org.bptt4j.backend.cpu;

import java.util.Arrays;
import org.bptt4j.backend.Matrix;
import org.bptt4j.backend.RecurrentBackward;
import org.bptt4j.backend.RecurrentForward;

/**
 * The two sweeps over time. The pre-activations are already in the memory of the states, so a step is one accumulating product
 * with W_hh, packed once per sweep, and one pass over rows that are still in the first-level cache.
 *
 * <p>Two ways to split a sweep over threads. By rows: a batch row never looks at another, so each thread runs all steps of its
 * rows and nobody waits. By columns: each thread keeps its share of the hidden units, and with it its slice of W_hh in its own
 * cache, and all wait for each other once per step; for few rows, and for a W_hh that fits no single cache.
 */
final class Recurrence {
    /** Fewer rows than this take as long as this many: the tiles are latency-bound below. */
    private static final int GRAIN = 4;
    /** Multiply-adds per step and thread from which a barrier is worth its price (estimated). */
    private static final int LEAST_STEP = 1 << 14;
    /** Floats of W_hh (512 KiB) above which it does not stay in a second-level cache beside the states. */
    private static final int LARGE_WEIGHT = 1 << 17;

    private final Kernels kernels;
    private final Workers workers;
    private final PackedMatrix packed;
    private final Share[] shares;
    /** Threads that wait for each other must all be running: never more than there are processors. */
    private final int barrierThreads;

    private final SpinBarrier alone = new SpinBarrier(1);
    private final Workers.Job forwardJob = this::forwardPart;
    private final Workers.Job backwardJob = this::backwardPart;
    private SpinBarrier together = alone;
    private float[] bias = new float[0];
    private RecurrentForward forward;
    private RecurrentBackward backward;

    Recurrence(Kernels kernels, Workers workers) {
        this.kernels = kernels;
        this.workers = workers;
        this.packed = new PackedMatrix(kernels);
        this.shares = new Share[workers.threads()];
        for (int part = 0; part < shares.length; part++) {
            shares[part] = new Share(new float[PackedMatrix.scratchLength(kernels)]);
        }
        this.barrierThreads = Math.min(workers.threads(), Runtime.getRuntime().availableProcessors());
    }

    /** What one thread does in each step: batch rows {@code from … to−1} and the hidden units of panels {@code p0 … p1−1}. */
    private static final class Share {
        private final float[] scratch;
        private int from;
        private int to;
        private int p0;
        private int p1;
        private SpinBarrier barrier;

        private Share(float[] scratch) {
            this.scratch = scratch;
        }

        private int rows() {
            return to - from;
        }
    }

    private void run(int batch, int steps, int hidden, Workers.Job job) {
        long work = (long) batch * hidden * hidden;
        int panels = packed.panels();
        int rowParts = Split.parts(batch, GRAIN, work * steps, workers);
        int columnParts = (int) Math.max(1, Math.min(Math.min(barrierThreads, panels), work / LEAST_STEP));
        boolean byColumns = columnParts > rowParts || (columnParts == rowParts && packed.length() > LARGE_WEIGHT);
        int parts = byColumns ? columnParts : rowParts;
        if (byColumns && !together.serves(parts)) {
            together = new SpinBarrier(parts);
        }
        for (int part = 0; part < parts; part++) {
            Share share = shares[part];
            share.from = byColumns ? 0 : Split.start(part, parts, batch, GRAIN);
            share.to = byColumns ? batch : Split.start(part + 1, parts, batch, GRAIN);
            share.p0 = byColumns ? Split.start(part, parts, panels, 1) : 0;
            share.p1 = byColumns ? Split.start(part + 1, parts, panels, 1) : panels;
            share.barrier = byColumns ? together : alone;
        }
        workers.run(parts, job);
    }

    void forward(RecurrentForward f) {
        forward = f;
        packed.pack(f.weight(), true, workers);
        sumBiases(f.biasIh(), f.biasHh());
        run(f.batch(), f.steps(), f.hidden(), forwardJob);
    }

    private void sumBiases(Matrix ih, Matrix hh) {
        if (bias.length < ih.cols()) {
            bias = new float[ih.cols()];
        }
        System.arraycopy(((CpuArray) ih.array()).floats(), (int) ih.offset(), bias, 0, ih.cols());
        kernels.add(((CpuArray) hh.array()).floats(), (int) hh.offset(), bias, 0, hh.cols());
    }

    private void forwardPart(int part, int parts) {
        Share s = shares[part];
        try {
            forward(forward, s);
        } catch (RuntimeException | Error e) {
            s.barrier.breakUp();
            throw e;
        }
    }

    /** h_{t+1} = f(A_t + b + h_t·W_hhᵀ), t ascending. */
    private void forward(RecurrentForward f, Share s) {
        float[] h = ((CpuArray) f.states().array()).floats();
        int[] lengths = f.lengths() == null ? null : ((CpuArray) f.lengths().array()).ints();
        int[] resets = f.resets() == null ? null : ((CpuArray) f.resets().array()).ints();
        int ld = f.states().stride();
        int first = packed.column(s.p0);
        int units = packed.column(s.p1) - first;
        for (int t = 0; t < f.steps(); t++) {
            int previous = (int) f.states().offset() + (t * f.batch() + s.from) * ld;
            int current = previous + f.batch() * ld;
            if (resets == null) {
                packed.multiply(h, previous, ld, s.rows(), true, h, current, ld, s.p0, s.p1, s.scratch);
            } else {
                int row = (int) f.resets().offset() + t * f.batch() + s.from;
                multiply(s, resets, row, h, previous, ld, true, h, current, ld);
            }
            kernels.activate(f.cell(), h, current + first, ld, s.rows(), bias, first, units);
            if (lengths != null) {
                for (int b = s.from; b < s.to; b++) {
                    int row = current + (b - s.from) * ld + first;
                    if (f.firstStep() + t >= lengths[(int) f.lengths().offset() + b]) {
                        Arrays.fill(h, row, row + units, 0f);
                    }
                }
            }
            s.barrier.await();
        }
    }

    /**
     * A step's product for the rows of a share that do not begin anew, each run of them by itself: {@code resets} from {@code
     * first}. For the others it is zero: C stays as it is if it accumulates, or becomes zeros.
     */
    private void multiply(
            Share s,
            int[] resets,
            int first,
            float[] a,
            int a0,
            int lda,
            boolean accumulate,
            float[] c,
            int c0,
            int ldc) {
        int column = packed.column(s.p0);
        int end = packed.column(s.p1);
        for (int r = 0; r < s.rows(); ) {
            int from = r;
            while (r < s.rows() && resets[first + r] == 0) {
                r++;
            }
            if (r > from) {
                packed.multiply(
                        a, a0 + from * lda, lda, r - from, accumulate, c, c0 + from * ldc, ldc, s.p0, s.p1, s.scratch);
            } else {
                if (!accumulate) {
                    Arrays.fill(c, c0 + r * ldc + column, c0 + r * ldc + end, 0f);
                }
                r++;
            }
        }
    }

    void backward(RecurrentBackward f) {
        backward = f;
        packed.pack(f.weight(), false, workers);
        run(f.batch(), f.steps(), f.hidden(), backwardJob);
    }

    private void backwardPart(int part, int parts) {
        Share s = shares[part];
        try {
            backward(backward, s);
        } catch (RuntimeException | Error e) {
            s.barrier.breakUp();
            throw e;
        }
    }

    /**
     * δ_t = (dH_t + δ_{t+1}·W_hh) ∘ f', t descending, in the memory of dH. The product is summed from zero in the carry at
     * every step, not only at the range's first: so a cut sweep gives the same bits.
     */
    private void backward(RecurrentBackward f, Share s) {
        float[] d = ((CpuArray) f.dStates().array()).floats();
        float[] h = ((CpuArray) f.states().array()).floats();
        float[] carry = ((CpuArray) f.carry().array()).floats();
        int[] resets = f.resets() == null ? null : ((CpuArray) f.resets().array()).ints();
        int ld = f.dStates().stride();
        int ldc = f.carry().stride();
        int ldh = f.states().stride();
        int first = packed.column(s.p0);
        int units = packed.column(s.p1) - first;
        int c0 = (int) f.carry().offset() + s.from * ldc;
        for (int t = f.steps() - 1; t >= 0; t--) {
            int d0 = (int) f.dStates().offset() + (t * f.batch() + s.from) * ld;
            int h0 = (int) f.states().offset() + ((t + 1) * f.batch() + s.from) * ldh;
            kernels.derivative(
                    f.cell(), d, d0 + first, ld, carry, c0 + first, ldc, h, h0 + first, ldh, s.rows(), units);
            // δ_t is complete: the product needs all hidden units of it, and gives the carry of this share's own.
            s.barrier.await();
            if (resets == null) {
                packed.multiply(d, d0, ld, s.rows(), false, carry, c0, ldc, s.p0, s.p1, s.scratch);
            } else {
                int row = (int) f.resets().offset() + t * f.batch() + s.from;
                multiply(s, resets, row, d, d0, ld, false, carry, c0, ldc);
            }
        }
    }
}
