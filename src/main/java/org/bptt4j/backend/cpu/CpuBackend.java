package org.bptt4j.backend.cpu;

import java.util.Map;
import org.bptt4j.backend.Backend;
import org.bptt4j.backend.DeviceArray;
import org.bptt4j.backend.Dropout;
import org.bptt4j.backend.Ints;
import org.bptt4j.backend.Matrix;
import org.bptt4j.backend.RecurrentBackward;
import org.bptt4j.backend.RecurrentForward;
import org.bptt4j.backend.Report;
import org.bptt4j.backend.Shapes;
import org.bptt4j.backend.Transpose;
import org.bptt4j.backend.Update;
import org.bptt4j.backend.Weighting;
import org.bptt4j.spec.Cell;
import org.bptt4j.spec.Clipping;
import org.bptt4j.spec.Count;

/** The backend of this JVM's own processor: checks the contract, then hands each operation to the class that does it. */
final class CpuBackend implements Backend {
    private final Kernels kernels;
    private final Workers workers;
    private final Gemm gemm;
    private final WeightGradient weightGradient;
    private final Recurrence recurrence;
    private final Rows rows;
    private final Columns columns;
    private final Dropping dropping;
    private final Losses losses;
    private final Optimizers optimizers;
    private final CpuMemory memory = new CpuMemory(this);
    private final Inside inside = new Inside(memory);

    CpuBackend(Kernels kernels, int threads) {
        this(kernels, threads, Map.of());
    }

    /** With more cells than come with the library. */
    CpuBackend(Kernels kernels, int threads, Map<Cell, CpuCell> more) {
        this.kernels = kernels;
        this.workers = new Workers(threads);
        try {
            this.gemm = new Gemm(kernels, workers);
            this.weightGradient = new WeightGradient(kernels, workers);
            this.recurrence = new Recurrence(kernels, workers, new CpuCells(kernels, more));
            this.rows = new Rows(kernels, workers);
            this.columns = new Columns(kernels, workers);
            this.dropping = new Dropping(workers);
            this.losses = new Losses(kernels, workers);
            this.optimizers = new Optimizers(workers);
        } catch (RuntimeException | Error e) {
            workers.close();
            throw e;
        }
    }

    @Override
    public String name() {
        return "cpu";
    }

    @Override
    public String description() {
        return "cpu (" + kernels.description() + ", " + Count.of(workers.threads(), "thread") + ")";
    }

    /** 2 MiB of states of 128 units; fewer rows would pack the weights too often for what they multiply. */
    @Override
    public int rowsPerPass() {
        return 1 << 12;
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
        try (Inside in = inside.enter()) {
            return in.memory().allocate(type, length);
        }
    }

    void free(CpuArray array) {
        if (!inside.isShut() && !array.isClosed()) {
            try (Inside in = inside.enter()) {
                in.memory().free(array);
            }
        }
    }

    @Override
    public long allocatedBytes() {
        return memory.bytes();
    }

    @Override
    public void upload(float[] from, int start, int count, DeviceArray to, long at) {
        Shapes.requireCopy(DeviceArray.Type.FLOAT, start, count, from.length, to, at);
        try (Inside in = inside.enter()) {
            System.arraycopy(from, start, in.own(to).floats(), Math.toIntExact(at), count);
        }
    }

    @Override
    public void upload(int[] from, int start, int count, DeviceArray to, long at) {
        Shapes.requireCopy(DeviceArray.Type.INT, start, count, from.length, to, at);
        try (Inside in = inside.enter()) {
            System.arraycopy(from, start, in.own(to).ints(), Math.toIntExact(at), count);
        }
    }

    @Override
    public void download(DeviceArray from, long at, float[] to, int start, int count) {
        Shapes.requireCopy(DeviceArray.Type.FLOAT, start, count, to.length, from, at);
        try (Inside in = inside.enter()) {
            System.arraycopy(in.own(from).floats(), Math.toIntExact(at), to, start, count);
        }
    }

    @Override
    public void synchronize() {
        inside.enter().close();
    }

    // ---- matrices ---------------------------------------------------------------------------------------------------

    @Override
    public void fill(Matrix to, float value) {
        try (Inside in = inside.enter()) {
            rows.fill(in.own(to), value);
        }
    }

    @Override
    public void copy(Matrix from, Matrix to) {
        Shapes.require("from", from, to.rows(), to.cols());
        try (Inside in = inside.enter()) {
            rows.copy(in.own(from), in.own(to));
        }
    }

    @Override
    public void fillRows(Matrix row, Matrix to) {
        Shapes.require("row", row, 1, to.cols());
        try (Inside in = inside.enter()) {
            rows.fillRows(in.reads(row), in.own(to));
        }
    }

    @Override
    public void gemm(Transpose ta, Matrix a, Transpose tb, Matrix b, boolean accumulate, Matrix c) {
        Shapes.requireGemm(ta, a, tb, b, c);
        try (Inside in = inside.enter()) {
            in.reads(a);
            in.reads(b);
            in.own(c);
            if (ta == Transpose.NO) {
                gemm.multiply(a, tb == Transpose.YES, b, accumulate, c);
                return;
            }
            if (!accumulate) {
                rows.fill(c, 0f);
            }
            // One "step" of all rows: the chain runs over them in order.
            weightGradient.accumulate(a, tb == Transpose.YES ? transposed(b) : b, (int) a.rows(), c);
        }
    }

    /** A copy of bᵀ. Both operands transposed occurs nowhere in the algorithm; it is here so that the contract is whole. */
    private Matrix transposed(Matrix b) {
        CpuArray copy = new CpuArray(this, DeviceArray.Type.FLOAT, b.rows() * b.cols());
        Columns.transpose(b, copy.floats());
        return Matrix.of(copy, b.cols(), (int) b.rows());
    }

    @Override
    public void gatherRows(Ints index, Matrix from, Matrix to) {
        Shapes.requireGatherRows(index, from, to);
        try (Inside in = inside.enter()) {
            rows.gather(in.own(index), in.own(from), in.own(to));
        }
    }

    @Override
    public void scatterRows(Ints index, Matrix from, Matrix to) {
        Shapes.requireScatterRows(index, from, to);
        try (Inside in = inside.enter()) {
            rows.scatter(in.own(index), in.own(from), in.own(to));
        }
    }

    @Override
    public void maskRows(Ints mask, Matrix from, Matrix to) {
        Shapes.requireMaskRows(mask, from, to);
        try (Inside in = inside.enter()) {
            rows.mask(in.own(mask), in.own(from), in.own(to));
        }
    }

    @Override
    public void dropout(Dropout dropout, long update, long firstRow, Matrix from, Matrix to) {
        Shapes.requireDropout(firstRow, from, to);
        try (Inside in = inside.enter()) {
            dropping.drop(dropout, update, firstRow, in.own(from), in.own(to));
        }
    }

    @Override
    public void gatherColumns(Ints ids, Matrix weight, Matrix to) {
        Shapes.requireGatherColumns(ids, weight, to);
        try (Inside in = inside.enter()) {
            columns.gather(in.own(ids), in.reads(weight), in.own(to));
        }
    }

    // ---- gradients of shared weights --------------------------------------------------------------------------------

    @Override
    public void scatterColumns(Ints ids, Matrix delta, int batch, Matrix gradient) {
        Shapes.requireScatterColumns(ids, delta, batch, gradient);
        try (Inside in = inside.enter()) {
            columns.scatter(in.own(ids), in.own(delta), batch, in.own(gradient));
        }
    }

    @Override
    public void weightGradient(Matrix delta, Matrix input, int batch, Matrix gradient) {
        Shapes.requireWeightGradient(delta, input, batch, gradient);
        try (Inside in = inside.enter()) {
            weightGradient.accumulate(in.own(delta), in.own(input), batch, in.own(gradient));
        }
    }

    @Override
    public void biasGradient(Matrix delta, int batch, Matrix gradient) {
        Shapes.requireBiasGradient(delta, batch, gradient);
        try (Inside in = inside.enter()) {
            columns.sum(in.own(delta), batch, in.own(gradient));
        }
    }

    // ---- the recurrent sweeps ---------------------------------------------------------------------------------------

    @Override
    public void recurrentForward(RecurrentForward sweep) {
        try (Inside in = inside.enter()) {
            in.reads(sweep.weight());
            in.reads(sweep.biasIh());
            in.reads(sweep.biasHh());
            in.own(sweep.gates());
            in.own(sweep.states());
            if (sweep.cellStates() != null) {
                in.own(sweep.cellStates());
            }
            if (sweep.lengths() != null) {
                in.own(sweep.lengths());
            }
            if (sweep.resets() != null) {
                in.own(sweep.resets());
            }
            recurrence.forward(sweep);
        }
    }

    @Override
    public void recurrentBackward(RecurrentBackward sweep) {
        try (Inside in = inside.enter()) {
            in.reads(sweep.weight());
            in.own(sweep.gates());
            in.own(sweep.states());
            in.own(sweep.dStates());
            in.own(sweep.dGates());
            in.own(sweep.dProducts());
            in.own(sweep.carry());
            if (sweep.cellStates() != null) {
                in.own(sweep.cellStates());
                in.own(sweep.cellCarry());
            }
            if (sweep.resets() != null) {
                in.own(sweep.resets());
            }
            recurrence.backward(sweep);
        }
    }

    // ---- losses -----------------------------------------------------------------------------------------------------

    @Override
    public void crossEntropy(
            Matrix logits,
            Ints targets,
            int ignoreIndex,
            Weighting weighting,
            float scale,
            Matrix dLogits,
            DeviceArray report) {
        Shapes.requireCrossEntropy(logits, targets, weighting, dLogits, report);
        try (Inside in = inside.enter()) {
            losses.crossEntropy(
                    in.own(logits),
                    in.own(targets),
                    ignoreIndex,
                    in.own(weighting),
                    scale,
                    in.own(dLogits),
                    in.own(report));
        }
    }

    @Override
    public void squaredError(
            Matrix outputs, Matrix targets, Weighting weighting, float scale, Matrix dOutputs, DeviceArray report) {
        Shapes.requireLossOfValues(outputs, targets, weighting, dOutputs, report);
        try (Inside in = inside.enter()) {
            losses.squaredError(
                    in.own(outputs), in.own(targets), in.own(weighting), scale, in.own(dOutputs), in.own(report));
        }
    }

    @Override
    public void binaryCrossEntropy(
            Matrix outputs, Matrix targets, Weighting weighting, float scale, Matrix dOutputs, DeviceArray report) {
        Shapes.requireLossOfValues(outputs, targets, weighting, dOutputs, report);
        try (Inside in = inside.enter()) {
            losses.binaryCrossEntropy(
                    in.own(outputs), in.own(targets), in.own(weighting), scale, in.own(dOutputs), in.own(report));
        }
    }

    // ---- from gradients to parameters -------------------------------------------------------------------------------

    @Override
    public void globalNorm(DeviceArray gradients, DeviceArray report) {
        Shapes.require("gradients", gradients, gradients.length());
        Shapes.require("report", report, Report.LENGTH);
        try (Inside in = inside.enter()) {
            optimizers.globalNorm(in.own(gradients), in.own(report));
        }
    }

    @Override
    public void clip(Clipping clipping, DeviceArray gradients, DeviceArray report) {
        Shapes.require("gradients", gradients, gradients.length());
        Shapes.require("report", report, Report.LENGTH);
        try (Inside in = inside.enter()) {
            optimizers.clip(clipping, in.own(gradients), in.own(report));
        }
    }

    @Override
    public void update(Update update, double learningRate, long number) {
        try (Inside in = inside.enter()) {
            in.own(update.parameters());
            in.own(update.gradients());
            in.own(update.report());
            for (DeviceArray state : update.states()) {
                in.own(state);
            }
            optimizers.update(update, learningRate, number);
        }
    }

    @Override
    public void close() {
        if (inside.isShut()) {
            return;
        }
        try (Inside in = inside.enter()) {
            in.shut();
            in.memory().freeAll();
            workers.close();
        }
    }
}
