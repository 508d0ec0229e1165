package org.bptt4j.backend.cuda;

import java.util.Locale;
import org.bptt4j.backend.Backend;
import org.bptt4j.backend.Counts;
import org.bptt4j.backend.DeviceArray;
import org.bptt4j.backend.DeviceException;
import org.bptt4j.backend.Dropout;
import org.bptt4j.backend.Ints;
import org.bptt4j.backend.Matrix;
import org.bptt4j.backend.Precision;
import org.bptt4j.backend.RecurrentBackward;
import org.bptt4j.backend.RecurrentForward;
import org.bptt4j.backend.Report;
import org.bptt4j.backend.Shapes;
import org.bptt4j.backend.SweepForm;
import org.bptt4j.backend.Transpose;
import org.bptt4j.backend.Update;
import org.bptt4j.backend.Weighting;
import org.bptt4j.spec.Clipping;

/**
 * The backend of one NVIDIA card: checks the contract, then hands each operation to the class that does it. Operations are queued
 * on one stream and only {@link #synchronize}, a download and freeing memory wait for them.
 */
final class CudaBackend implements Backend {
    /** How the device calls itself that the tests bring along. */
    private static final String SOFTWARE_DEVICE = "Software CUDA device";

    private final String name;
    private final String description;
    private final boolean simulated;
    private final Parts parts;
    private final Inside inside;

    CudaBackend(int number, SweepForm form, Precision precision) {
        this(
                number,
                SweepChoice.of(form),
                precision,
                Blas.MOST_ELEMENTS,
                ", sweeps " + form.name().toLowerCase(Locale.ROOT));
    }

    /** @param mostElements of an operand of one product; longer ones are cut */
    CudaBackend(int number, Sweep.Maker sweeps, Precision precision, int mostElements) {
        this(number, sweeps, precision, mostElements, "");
    }

    private CudaBackend(int number, Sweep.Maker sweeps, Precision precision, int mostElements, String choices) {
        this.name = "cuda:" + number;
        this.parts = new Parts(this, number, sweeps, precision, mostElements);
        this.inside = new Inside(parts.device, parts.memory, parts.transfers);
        this.simulated = parts.device.model().startsWith(SOFTWARE_DEVICE);
        this.description = name + " (" + parts.describe() + ", " + PrecisionCheck.name(precision) + choices + ")";
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String description() {
        return description;
    }

    @Override
    public int rowsPerPass() {
        return Integer.MAX_VALUE;
    }

    @Override
    public boolean runsBehind() {
        return true;
    }

    @Override
    public boolean simulated() {
        return simulated;
    }

    @Override
    public Counts counts() {
        return parts.device.tally().counts();
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
            CudaArray array = parts.memory.allocate(type, length);
            parts.transfers.use(array); // the zeros come before an upload
            return in.open(array);
        }
    }

    void free(CudaArray array) {
        if (!inside.isShut() && !array.isClosed()) {
            try (Inside in = inside.enter()) {
                parts.memory.free(in.open(array));
            }
        }
    }

    @Override
    public long allocatedBytes() {
        return parts.memory.bytes();
    }

    @Override
    public void upload(float[] from, int start, int count, DeviceArray to, long at) {
        Shapes.requireCopy(DeviceArray.Type.FLOAT, start, count, from.length, to, at);
        try (Inside in = inside.enter()) {
            parts.transfers.upload(from, start, count, in.open(to), at);
        }
    }

    @Override
    public void upload(int[] from, int start, int count, DeviceArray to, long at) {
        Shapes.requireCopy(DeviceArray.Type.INT, start, count, from.length, to, at);
        try (Inside in = inside.enter()) {
            parts.transfers.upload(from, start, count, in.open(to), at);
        }
    }

    @Override
    public void download(DeviceArray from, long at, float[] to, int start, int count) {
        Shapes.requireCopy(DeviceArray.Type.FLOAT, start, count, to.length, from, at);
        try (Inside in = inside.enter()) {
            parts.transfers.download(in.own(from), at, to, start, count);
        }
    }

    @Override
    public void synchronize() {
        try (Inside in = inside.enter()) {
            parts.transfers.synchronize();
        }
    }

    // ---- matrices ---------------------------------------------------------------------------------------------------

    @Override
    public void fill(Matrix to, float value) {
        try (Inside in = inside.enter()) {
            parts.rows.fill(in.own(to), value);
        }
    }

    @Override
    public void copy(Matrix from, Matrix to) {
        Shapes.require("from", from, to.rows(), to.cols());
        try (Inside in = inside.enter()) {
            parts.rows.copy(in.own(from), in.own(to));
        }
    }

    @Override
    public void fillRows(Matrix row, Matrix to) {
        Shapes.require("row", row, 1, to.cols());
        try (Inside in = inside.enter()) {
            parts.rows.fillRows(in.own(row), in.own(to));
        }
    }

    @Override
    public void gemm(Transpose ta, Matrix a, Transpose tb, Matrix b, boolean accumulate, Matrix c) {
        Shapes.requireGemm(ta, a, tb, b, c);
        try (Inside in = inside.enter()) {
            in.own(a);
            in.own(b);
            in.own(c);
            long terms = ta == Transpose.YES ? a.rows() : a.cols();
            if (terms > 0) {
                parts.blas.gemm(ta, a, tb, b, accumulate, c);
            } else if (!accumulate) {
                parts.rows.fill(c, 0);
            }
        }
    }

    @Override
    public void gatherRows(Ints index, Matrix from, Matrix to) {
        Shapes.requireGatherRows(index, from, to);
        try (Inside in = inside.enter()) {
            parts.rows.gather(in.own(index, "row number", from.rows()), in.own(from), in.own(to));
        }
    }

    @Override
    public void scatterRows(Ints index, Matrix from, Matrix to) {
        Shapes.requireScatterRows(index, from, to);
        try (Inside in = inside.enter()) {
            parts.rows.scatter(in.own(index, "row number", to.rows()), in.own(from), in.own(to));
        }
    }

    @Override
    public void maskRows(Ints mask, Matrix from, Matrix to) {
        Shapes.requireMaskRows(mask, from, to);
        try (Inside in = inside.enter()) {
            parts.rows.mask(in.own(mask), in.own(from), in.own(to));
        }
    }

    @Override
    public void dropout(Dropout dropout, long update, long firstRow, Matrix from, Matrix to) {
        Shapes.requireDropout(firstRow, from, to);
        try (Inside in = inside.enter()) {
            parts.rows.drop(dropout, update, firstRow, in.own(from), in.own(to));
        }
    }

    @Override
    public void gatherColumns(Ints ids, Matrix weight, Matrix to) {
        Shapes.requireGatherColumns(ids, weight, to);
        try (Inside in = inside.enter()) {
            parts.columns.gather(in.own(ids, "symbol id", weight.cols()), in.own(weight), in.own(to));
        }
    }

    // ---- gradients of shared weights --------------------------------------------------------------------------------

    @Override
    public void scatterColumns(Ints ids, Matrix delta, int batch, Matrix gradient) {
        Shapes.requireScatterColumns(ids, delta, batch, gradient);
        try (Inside in = inside.enter()) {
            parts.columns.scatter(in.own(ids, "symbol id", gradient.cols()), in.own(delta), in.own(gradient));
        }
    }

    @Override
    public void weightGradient(Matrix delta, Matrix input, int batch, Matrix gradient) {
        Shapes.requireWeightGradient(delta, input, batch, gradient);
        try (Inside in = inside.enter()) {
            parts.weightGradients.add(in.own(delta), in.own(input), in.own(gradient));
        }
    }

    @Override
    public void biasGradient(Matrix delta, int batch, Matrix gradient) {
        Shapes.requireBiasGradient(delta, batch, gradient);
        try (Inside in = inside.enter()) {
            parts.columns.sum(in.own(delta), in.own(gradient));
        }
    }

    // ---- the recurrent sweeps ---------------------------------------------------------------------------------------

    @Override
    public void recurrentForward(RecurrentForward sweep) {
        try (Inside in = inside.enter()) {
            parts.sweep.forward(in.own(sweep));
        }
    }

    @Override
    public void recurrentBackward(RecurrentBackward sweep) {
        try (Inside in = inside.enter()) {
            parts.sweep.backward(in.own(sweep));
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
            in.own(targets, "class target", logits.cols(), ignoreIndex);
            parts.losses.crossEntropy(
                    in.own(logits), targets, ignoreIndex, in.own(weighting), scale, in.own(dLogits), in.own(report));
        }
    }

    @Override
    public void squaredError(
            Matrix outputs, Matrix targets, Weighting weighting, float scale, Matrix dOutputs, DeviceArray report) {
        Shapes.requireLossOfValues(outputs, targets, weighting, dOutputs, report);
        try (Inside in = inside.enter()) {
            parts.losses.squaredError(
                    in.own(outputs), in.own(targets), in.own(weighting), scale, in.own(dOutputs), in.own(report));
        }
    }

    @Override
    public void binaryCrossEntropy(
            Matrix outputs, Matrix targets, Weighting weighting, float scale, Matrix dOutputs, DeviceArray report) {
        Shapes.requireLossOfValues(outputs, targets, weighting, dOutputs, report);
        try (Inside in = inside.enter()) {
            parts.losses.binaryCrossEntropy(
                    in.own(outputs), in.own(targets), in.own(weighting), scale, in.own(dOutputs), in.own(report));
        }
    }

    // ---- from gradients to parameters -------------------------------------------------------------------------------

    @Override
    public void globalNorm(DeviceArray gradients, DeviceArray report) {
        Shapes.require("gradients", gradients, gradients.length());
        Shapes.require("report", report, Report.LENGTH);
        try (Inside in = inside.enter()) {
            parts.optimizers.globalNorm(in.own(gradients), in.own(report));
        }
    }

    @Override
    public void clip(Clipping clipping, DeviceArray gradients, DeviceArray report) {
        Shapes.require("gradients", gradients, gradients.length());
        Shapes.require("report", report, Report.LENGTH);
        try (Inside in = inside.enter()) {
            parts.optimizers.clip(clipping, in.own(gradients), in.own(report));
        }
    }

    @Override
    public void update(Update update, double learningRate, long number) {
        try (Inside in = inside.enter()) {
            parts.optimizers.update(in.own(update), learningRate, number);
        }
    }

    /** Frees everything even where the work in flight failed: a device that is lost must not keep the process from going on. */
    @Override
    public void close() {
        if (inside.isShut()) {
            return;
        }
        try (Inside in = inside.enterToClose()) {
            try {
                parts.device.bind();
                parts.transfers.synchronize();
            } catch (DeviceException e) {
                // Reported where the results were asked for; whoever closes wants none.
            } finally {
                parts.close();
            }
        }
    }
}
