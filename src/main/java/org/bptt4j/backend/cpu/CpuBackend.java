package org.bptt4j.backend.cpu;

import java.util.ConcurrentModificationException;
import java.util.concurrent.atomic.AtomicReference;
import org.bptt4j.backend.Backend;
import org.bptt4j.backend.DeviceArray;
import org.bptt4j.backend.Ints;
import org.bptt4j.backend.Matrix;
import org.bptt4j.backend.RecurrentBackward;
import org.bptt4j.backend.RecurrentForward;
import org.bptt4j.backend.Report;
import org.bptt4j.backend.Shapes;
import org.bptt4j.backend.Transpose;
import org.bptt4j.backend.Update;
import org.bptt4j.spec.Clipping;

/** The backend of this JVM's own processor: checks the contract, then hands each operation to the class that does it. */
final class CpuBackend implements Backend {
    private final Kernels kernels;
    private final Workers workers;
    private final Gemm gemm;
    private final WeightGradient weightGradient;
    private final Recurrence recurrence;
    private final Rows rows;
    private final Losses losses;
    private final Optimizers optimizers;
    private final CpuMemory memory = new CpuMemory(this);
    private final AtomicReference<Thread> inside = new AtomicReference<>();
    private boolean closed;

    CpuBackend(Kernels kernels, int threads) {
        this.kernels = kernels;
        this.workers = new Workers(threads);
        this.gemm = new Gemm(kernels, workers);
        this.weightGradient = new WeightGradient(kernels, workers);
        this.recurrence = new Recurrence(kernels, workers);
        this.rows = new Rows(kernels, workers);
        this.losses = new Losses(kernels, workers);
        this.optimizers = new Optimizers(workers);
    }

    @Override
    public String name() {
        return "cpu";
    }

    @Override
    public String description() {
        return "cpu (" + kernels.description() + ", " + workers.threads() + " threads)";
    }

    // ---- memory -----------------------------------------------------------------------------------------------------

    @Override
    public DeviceArray allocate(long length) {
        return allocate(DeviceArray.Type.FLOAT, length);
    }

    @Override
    public DeviceArray allocateInts(long length) {
        return allocate(DeviceArray.Type.INT, length);
    }

    private DeviceArray allocate(DeviceArray.Type type, long length) {
        if (length < 0) {
            throw new IllegalArgumentException("an array of " + length + " elements");
        }
        return call(() -> memory.allocate(type, length));
    }

    void free(CpuArray array) {
        if (!closed && !array.isClosed()) {
            run(() -> memory.free(array));
        }
    }

    @Override
    public long allocatedBytes() {
        return memory.bytes();
    }

    @Override
    public void upload(float[] from, int start, int count, DeviceArray to, long at) {
        Shapes.requireCopy(DeviceArray.Type.FLOAT, start, count, from.length, to, at);
        run(() -> System.arraycopy(from, start, own(to).floats(), Math.toIntExact(at), count));
    }

    @Override
    public void upload(int[] from, int start, int count, DeviceArray to, long at) {
        Shapes.requireCopy(DeviceArray.Type.INT, start, count, from.length, to, at);
        run(() -> System.arraycopy(from, start, own(to).ints(), Math.toIntExact(at), count));
    }

    @Override
    public void download(DeviceArray from, long at, float[] to, int start, int count) {
        Shapes.requireCopy(DeviceArray.Type.FLOAT, start, count, to.length, from, at);
        run(() -> System.arraycopy(own(from).floats(), Math.toIntExact(at), to, start, count));
    }

    @Override
    public void synchronize() {
        run(() -> {});
    }

    // ---- matrices ---------------------------------------------------------------------------------------------------

    @Override
    public void fill(Matrix to, float value) {
        run(() -> rows.fill(own(to), value));
    }

    @Override
    public void copy(Matrix from, Matrix to) {
        Shapes.require("from", from, to.rows(), to.cols());
        run(() -> rows.copy(own(from), own(to)));
    }

    @Override
    public void fillRows(Matrix row, Matrix to) {
        Shapes.require("row", row, 1, to.cols());
        run(() -> rows.fillRows(own(row), own(to)));
    }

    @Override
    public void gemm(Transpose ta, Matrix a, Transpose tb, Matrix b, boolean accumulate, Matrix c) {
        Shapes.requireGemm(ta, a, tb, b, c);
        run(() -> {
            own(a);
            own(b);
            own(c);
            if (ta == Transpose.NO) {
                gemm.multiply(a, tb == Transpose.YES, b, accumulate, c);
                return;
            }
            if (!accumulate) {
                rows.fill(c, 0f);
            }
            // One "step" of all rows: the chain runs over them in order.
            weightGradient.accumulate(a, tb == Transpose.YES ? transposed(b) : b, (int) a.rows(), c);
        });
    }

    /** A copy of bᵀ. Both operands transposed occurs nowhere in the algorithm; it is here so that the contract is whole. */
    private Matrix transposed(Matrix b) {
        CpuArray copy = new CpuArray(this, DeviceArray.Type.FLOAT, Math.toIntExact(b.rows() * b.cols()));
        int n = (int) b.rows();
        Packing.packTransposed(own(b.array()).floats(), (int) b.offset(), b.stride(), b.cols(), n, copy.floats(), 0, n);
        return Matrix.of(copy, b.cols(), n);
    }

    @Override
    public void gatherRows(Ints index, Matrix from, Matrix to) {
        Shapes.require("rows", index, to.rows());
        Shapes.require("to", to, to.rows(), from.cols());
        run(() -> rows.gatherRows(own(index), own(from), own(to)));
    }

    @Override
    public void scatterRows(Ints index, Matrix from, Matrix to) {
        Shapes.require("rows", index, from.rows());
        Shapes.require("from", from, from.rows(), to.cols());
        run(() -> rows.scatterRows(own(index), own(from), own(to)));
    }

    @Override
    public void gatherColumns(Ints ids, Matrix weight, Matrix to) {
        Shapes.require("ids", ids, to.rows());
        Shapes.require("to", to, to.rows(), (int) weight.rows());
        run(() -> rows.gatherColumns(own(ids), own(weight), own(to)));
    }

    // ---- gradients of shared weights --------------------------------------------------------------------------------

    @Override
    public void scatterColumns(Ints ids, Matrix delta, int batch, Matrix gradient) {
        Shapes.require("ids", ids, delta.rows());
        Shapes.requireSteps("delta", delta, batch);
        Shapes.require("gradient", gradient, delta.cols(), gradient.cols());
        run(() -> rows.scatterColumns(own(ids), own(delta), batch, own(gradient)));
    }

    @Override
    public void weightGradient(Matrix delta, Matrix input, int batch, Matrix gradient) {
        Shapes.requireWeightGradient(delta, input, batch, gradient);
        run(() -> weightGradient.accumulate(own(delta), own(input), batch, own(gradient)));
    }

    @Override
    public void biasGradient(Matrix delta, int batch, Matrix gradient) {
        Shapes.requireSteps("delta", delta, batch);
        Shapes.require("gradient", gradient, 1, delta.cols());
        run(() -> rows.biasGradient(own(delta), batch, own(gradient)));
    }

    // ---- the recurrent sweeps ---------------------------------------------------------------------------------------

    @Override
    public void recurrentForward(RecurrentForward sweep) {
        run(() -> {
            own(sweep.weight());
            own(sweep.biasIh());
            own(sweep.biasHh());
            own(sweep.states());
            if (sweep.lengths() != null) {
                own(sweep.lengths());
            }
            recurrence.forward(sweep);
        });
    }

    @Override
    public void recurrentBackward(RecurrentBackward sweep) {
        run(() -> {
            own(sweep.weight());
            own(sweep.states());
            own(sweep.dStates());
            own(sweep.carry());
            recurrence.backward(sweep);
        });
    }

    // ---- losses -----------------------------------------------------------------------------------------------------

    @Override
    public void crossEntropy(
            Matrix logits, Ints targets, int ignoreIndex, float scale, Matrix dLogits, DeviceArray report) {
        Shapes.require("targets", targets, logits.rows());
        Shapes.require("dLogits", dLogits, logits.rows(), logits.cols());
        Shapes.require("report", report, Report.LENGTH);
        run(() -> losses.crossEntropy(
                own(logits),
                own(targets),
                ignoreIndex,
                scale,
                own(dLogits),
                own(report).floats()));
    }

    @Override
    public void squaredError(Matrix outputs, Matrix targets, float scale, Matrix dOutputs, DeviceArray report) {
        Shapes.require("targets", targets, outputs.rows(), outputs.cols());
        Shapes.require("dOutputs", dOutputs, outputs.rows(), outputs.cols());
        Shapes.require("report", report, Report.LENGTH);
        run(() -> losses.squaredError(
                own(outputs), own(targets), scale, own(dOutputs), own(report).floats()));
    }

    // ---- from gradients to parameters -------------------------------------------------------------------------------

    @Override
    public void globalNorm(DeviceArray gradients, DeviceArray report) {
        Shapes.require("gradients", gradients, gradients.length());
        Shapes.require("report", report, Report.LENGTH);
        run(() -> optimizers.globalNorm(own(gradients).floats(), own(report).floats()));
    }

    @Override
    public void clip(Clipping clipping, DeviceArray gradients, DeviceArray report) {
        Shapes.require("gradients", gradients, gradients.length());
        Shapes.require("report", report, Report.LENGTH);
        run(() -> optimizers.clip(clipping, own(gradients).floats(), own(report).floats()));
    }

    @Override
    public void update(Update update, double learningRate, long number) {
        run(() -> {
            own(update.parameters());
            own(update.gradients());
            own(update.report());
            for (DeviceArray state : update.states()) {
                own(state);
            }
            optimizers.update(update, learningRate, number);
        });
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        run(() -> {
            closed = true;
            memory.freeAll();
            workers.close();
        });
    }

    // ---- the contract -----------------------------------------------------------------------------------------------

    private CpuArray own(DeviceArray array) {
        return memory.own(array);
    }

    private Matrix own(Matrix m) {
        return memory.own(m);
    }

    private Ints own(Ints m) {
        return memory.own(m);
    }

    private interface Call<R> {
        R run();
    }

    private <R> R call(Call<R> operation) {
        Thread me = Thread.currentThread();
        Thread other = inside.compareAndExchange(null, me);
        if (other != null) {
            throw new ConcurrentModificationException("thread '" + me.getName() + "' called this backend while '"
                    + other.getName() + "' was inside; a backend serves one thread at a time");
        }
        try {
            if (closed) {
                throw new IllegalStateException("this cpu backend is closed");
            }
            return operation.run();
        } finally {
            inside.set(null);
        }
    }

    private void run(Runnable operation) {
        call(() -> {
            operation.run();
            return null;
        });
    }
}
