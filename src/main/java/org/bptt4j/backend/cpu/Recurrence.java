package org.bptt4j.backend.cpu;

import java.util.Arrays;
import org.bptt4j.backend.Matrix;
import org.bptt4j.backend.RecurrentBackward;
import org.bptt4j.backend.RecurrentForward;

/**
 * The two sweeps over time. A batch row never looks at another row, so each thread runs all steps of its rows and no thread
 * waits for another; W_hh is packed once per sweep. The pre-activations are already in the memory of the states, so a step is
 * one accumulating product and one pass over rows that are still in the first-level cache.
 */
final class Recurrence {
    /** Fewer rows than this take as long as this many: the tiles are latency-bound below. */
    private static final int GRAIN = 4;

    private final Kernels kernels;
    private final Workers workers;
    private final PackedMatrix packed;
    private final float[][] scratch;
    private float[] bias = new float[0];

    Recurrence(Kernels kernels, Workers workers) {
        this.kernels = kernels;
        this.workers = workers;
        this.packed = new PackedMatrix(kernels);
        this.scratch = new float[workers.threads()][kernels.scratchLength()];
    }

    private int parts(int batch, int steps, int hidden) {
        return Split.parts(batch, GRAIN, (long) batch * steps * hidden * hidden, workers);
    }

    void forward(RecurrentForward f) {
        packed.pack(f.weight(), true, workers);
        sumBiases(f.biasIh(), f.biasHh());
        workers.run(parts(f.batch(), f.steps(), f.hidden()), (part, parts) -> {
            int from = Split.start(part, parts, f.batch(), GRAIN);
            forward(f, from, Split.start(part + 1, parts, f.batch(), GRAIN), scratch[part]);
        });
    }

    private void sumBiases(Matrix ih, Matrix hh) {
        if (bias.length < ih.cols()) {
            bias = new float[ih.cols()];
        }
        System.arraycopy(((CpuArray) ih.array()).floats(), (int) ih.offset(), bias, 0, ih.cols());
        kernels.add(((CpuArray) hh.array()).floats(), (int) hh.offset(), bias, 0, hh.cols());
    }

    /** h_{t+1} = f(A_t + b + h_t·W_hhᵀ) for the batch rows from … to−1, t ascending. */
    private void forward(RecurrentForward f, int from, int to, float[] scratch) {
        float[] h = ((CpuArray) f.states().array()).floats();
        int[] lengths = f.lengths() == null ? null : ((CpuArray) f.lengths().array()).ints();
        int ld = f.states().stride();
        int h0 = (int) f.states().offset();
        for (int t = 0; t < f.steps(); t++) {
            int previous = h0 + (t * f.batch() + from) * ld;
            int current = previous + f.batch() * ld;
            packed.multiply(h, previous, ld, to - from, h, current, ld, scratch);
            for (int b = from; b < to; b++) {
                int row = current + (b - from) * ld;
                if (lengths != null
                        && f.firstStep() + t >= lengths[(int) f.lengths().offset() + b]) {
                    Arrays.fill(h, row, row + f.hidden(), 0f);
                } else {
                    kernels.activate(f.cell(), h, row, bias, f.hidden());
                }
            }
        }
    }

    void backward(RecurrentBackward f) {
        packed.pack(f.weight(), false, workers);
        workers.run(parts(f.batch(), f.steps(), f.hidden()), (part, parts) -> {
            int from = Split.start(part, parts, f.batch(), GRAIN);
            backward(f, from, Split.start(part + 1, parts, f.batch(), GRAIN), scratch[part]);
        });
    }

    /**
     * δ_t = (dH_t + δ_{t+1}·W_hh) ∘ f' for the batch rows from … to−1, t descending, in the memory of dH. The product is
     * summed from zero in the carry at every step, not only at the range's first: so a cut sweep gives the same bits.
     */
    private void backward(RecurrentBackward f, int from, int to, float[] scratch) {
        float[] d = ((CpuArray) f.dStates().array()).floats();
        float[] carry = ((CpuArray) f.carry().array()).floats();
        int rows = to - from;
        int ld = f.dStates().stride();
        int d0 = (int) f.dStates().offset() + from * ld;
        int c0 = (int) f.carry().offset() + from * f.carry().stride();
        float[] h = ((CpuArray) f.states().array()).floats();
        int ldc = f.carry().stride();
        int ldh = f.states().stride();
        for (int t = f.steps() - 1; t >= 0; t--) {
            int current = d0 + t * f.batch() * ld;
            int h0 = (int) f.states().offset() + ((t + 1) * f.batch() + from) * ldh;
            for (int r = 0; r < rows; r++) {
                kernels.derivative(f.cell(), d, current + r * ld, carry, c0 + r * ldc, h, h0 + r * ldh, f.hidden());
            }
            packed.multiply(d, current, ld, rows, carry, c0, ldc, scratch);
        }
    }
}
