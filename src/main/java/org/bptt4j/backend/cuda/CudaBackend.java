package org.bptt4j.backend.cuda;

import java.util.Locale;
import org.bptt4j.backend.Backend;
import org.bptt4j.backend.Counts;
import org.bptt4j.backend.DeviceArray;
import org.bptt4j.backend.DeviceException;
import org.bptt4j.backend.Ints;
import org.bptt4j.backend.Matrix;
import org.bptt4j.backend.RecurrentBackward;
import org.bptt4j.backend.RecurrentForward;
import org.bptt4j.backend.Report;
import org.bptt4j.backend.Shapes;
import org.bptt4j.backend.SweepForm;
import org.bptt4j.backend.Transpose;
import org.bptt4j.backend.Update;
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

    /** Everything that is opened, in order, and closed in reverse; or none of it if one fails. */
    private static final class Parts {
        private final Device device;
        private CudaMemory memory;
        private Transfers transfers;
        private Kernels kernels;
        private Blas blas;
        private Rows rows;
        private Columns columns;
        private Sweep sweep;
        private Losses losses;
        private Optimizers optimizers;

        Parts(CudaBackend owner, int number, Sweep.Maker sweeps, int mostElements) {
            device = new Device(number);
            try {
                memory = new CudaMemory(owner, device);
                transfers = new Transfers(device);
                kernels = Kernels.common(device);
                blas = new Blas(device, memory, mostElements);
                Partials partials = Partials.in(memory);
                rows = new Rows(kernels);
                columns = new Columns(kernels, memory);
                sweep = sweeps.make(blas, kernels, memory, device);
                losses = new Losses(kernels, partials);
                optimizers = new Optimizers(kernels, partials);
            } catch (RuntimeException | Error e) {
                close();
                throw e;
            }
        }

        void close() {
            if (sweep != null) {
                sweep.close();
            }
            if (blas != null) {
                blas.close();
            }
            if (kernels != null) {
                kernels.close();
            }
            if (transfers != null) {
                transfers.close();
            }
            memory.freeAll();
            device.close();
        }
    }

    CudaBackend(int number, SweepForm form) {
        this(
                number,
                SweepChoice.of(form),
                Blas.MOST_ELEMENTS,
                ", sweeps " + form.name().toLowerCase(Locale.ROOT));
    }

    /** @param mostElements of an operand of one product; longer ones are cut */
    CudaBackend(int number, Sweep.Maker sweeps, int mostElements) {
        this(number, sweeps, mostElements, "");
    }

    private CudaBackend(int number, Sweep.Maker sweeps, int mostElements, String choices) {
        this.name = "cuda:" + number;
        this.parts = new Parts(this, number, sweeps, mostElements);
        this.inside = new Inside(parts.device, parts.memory, parts.transfers);
        int capability = parts.device.capability();
        int blas = parts.blas.version();
        String model = parts.device.model();
        this.simulated = model.startsWith(SOFTWARE_DEVICE);
        this.description = name + " (" + model + ", compute capability " + capability / 10 + "." + capability % 10
                + ", cuBLAS " + blas / 10_000 + "." + blas / 100 % 100 + choices + ")";
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
            parts.blas.gemm(Transpose.YES, in.own(delta), Transpose.NO, in.own(input), true, in.own(gradient));
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
            in.own(sweep.weight());
            in.own(sweep.biasIh());
            in.own(sweep.biasHh());
            in.own(sweep.states());
            if (sweep.lengths() != null) {
                in.own(sweep.lengths());
            }
            parts.sweep.forward(sweep);
        }
    }

    @Override
    public void recurrentBackward(RecurrentBackward sweep) {
        try (Inside in = inside.enter()) {
            in.own(sweep.weight());
            in.own(sweep.states());
            in.own(sweep.dStates());
            in.own(sweep.carry());
            parts.sweep.backward(sweep);
        }
    }

    // ---- losses -----------------------------------------------------------------------------------------------------

    @Override
    public void crossEntropy(
            Matrix logits, Ints targets, int ignoreIndex, float scale, Matrix dLogits, DeviceArray report) {
        Shapes.requireCrossEntropy(logits, targets, dLogits, report);
        try (Inside in = inside.enter()) {
            in.own(targets, "class target", logits.cols(), ignoreIndex);
            parts.losses.crossEntropy(in.own(logits), targets, ignoreIndex, scale, in.own(dLogits), in.own(report));
        }
    }

    @Override
    public void squaredError(Matrix outputs, Matrix targets, float scale, Matrix dOutputs, DeviceArray report) {
        Shapes.requireSquaredError(outputs, targets, dOutputs, report);
        try (Inside in = inside.enter()) {
            parts.losses.squaredError(in.own(outputs), in.own(targets), scale, in.own(dOutputs), in.own(report));
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
            in.own(update.parameters());
            in.own(update.gradients());
            in.own(update.report());
            for (DeviceArray state : update.states()) {
                in.own(state);
            }
            parts.optimizers.update(update, learningRate, number);
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
