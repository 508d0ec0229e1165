package org.bptt4j.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.bptt4j.data.Batch;
import org.bptt4j.io.DType;
import org.bptt4j.io.Safetensors;
import org.bptt4j.io.SafetensorsException;
import org.bptt4j.io.Tensor;
import org.bptt4j.spec.Loss;
import org.bptt4j.spec.RnnSpec;

/**
 * A batch in a safetensors file: {@code x [T,B,I]} F32 or {@code ids [T,B]} I64; {@code targets [T,B]} I64 (cross-entropy) or
 * {@code [T,B,O]} F32 (mse, bce), at the last step {@code [B]} or {@code [B,O]}; optional {@code h0 [L·D,B,H]} F32, for an LSTM {@code c0}
 * of the same shape, {@code lengths [B]} I64 and {@code loss_weights [T,B]} F32, at the last step {@code [B]}. I32 does for I64. Every error is a
 * {@link UsageException} that names the file, the tensor, what was expected and what is there.
 */
final class BatchFile {
    private static final List<String> NAMES = List.of("x", "ids", "targets", "h0", "c0", "lengths", "loss_weights");

    private final Path file;
    private final Map<String, Tensor> tensors;
    private final RnnSpec spec;
    private final Loss loss;

    private BatchFile(Path file, RnnSpec spec, Loss loss) throws IOException {
        this.file = file;
        this.tensors = Safetensors.read(file).tensors();
        this.spec = spec;
        this.loss = loss;
    }

    /** Reads and checks the whole file. */
    static Batch read(Path file, RnnSpec spec, Loss loss) throws IOException {
        BatchFile reader = new BatchFile(file, spec, loss);
        reader.requireKnownNames();
        try {
            return reader.batch();
        } catch (IllegalArgumentException | SafetensorsException e) {
            // A length beyond T, an id beyond 32 bits: what is refused once the file is read knows no file.
            throw new UsageException(file + ": " + e.getMessage());
        }
    }

    private void requireKnownNames() {
        for (String name : tensors.keySet()) {
            if (!NAMES.contains(name)) {
                throw fail(
                        name,
                        "a batch has none of that name, only " + String.join(", ", NAMES)
                                + Names.didYouMean(name, NAMES));
            }
        }
        if (tensors.containsKey("c0") && !spec.cell().hasCellState()) {
            throw fail(
                    "c0",
                    "the initial cell state of an LSTM; the network's cell is "
                            + spec.cell().name() + ", which has no cell state: leave it out");
        }
        if (tensors.containsKey("x") == tensors.containsKey("ids")) {
            throw new UsageException(file + ": has " + (tensors.containsKey("x") ? "both" : "neither")
                    + " of the tensors 'x' and 'ids', expected one of them");
        }
    }

    private Batch batch() throws SafetensorsException {
        Batch batch = withTargets(input());
        batch = batch.withInitialState(state("h0", batch.rows()), state("c0", batch.rows()));
        if (tensors.containsKey("lengths")) {
            batch = batch.withLengths(
                    require("lengths", DType.I64, "[B]", batch.rows()).toInts());
        }
        if (tensors.containsKey("loss_weights")) {
            boolean every = loss.at() == Loss.At.EVERY;
            batch = batch.withLossWeights(
                    require("loss_weights", DType.F32, every ? "[T,B]" : "[B]", cells(batch, loss.at()))
                            .toFloats());
        }
        requireFinite(batch, "x", batch.x());
        requireFinite(batch, "targets", batch.values());
        requireFinite(batch, "h0", batch.initialState());
        requireFinite(batch, "c0", batch.initialCellState());
        return batch;
    }

    /** Padding may hold anything, and so may a target that counts nothing: they are never read. */
    private void requireFinite(Batch batch, String name, float[] values) {
        if (values == null) {
            return;
        }
        long[] shape = tensors.get(name).shape();
        boolean sequences = name.equals("x") || name.equals("targets") && loss.at() == Loss.At.EVERY;
        int cell = sequences ? (int) shape[2] : 1;
        float[] weights = name.equals("targets") ? batch.lossWeights() : null;
        int target = (int) shape[shape.length - 1];
        for (int i = 0; i < values.length; i++) {
            boolean padding = sequences && batch.isPadding(i / cell);
            boolean unread = padding || weights != null && weights[i / target] == 0;
            if (!Float.isFinite(values[i]) && !unread) {
                throw fail(
                        name,
                        "element " + Tensor.index(i, shape) + " is " + values[i]
                                + ": give finite numbers, and fill in missing values before (only padding and targets of weight 0 may hold anything)");
            }
        }
    }

    /** An initial state, or null where the file has none. */
    private float[] state(String name, int rows) throws SafetensorsException {
        if (!tensors.containsKey(name)) {
            return null;
        }
        String letters = spec.bidirectional() ? "[2L,B,H]" : "[L,B,H]";
        return require(name, DType.F32, letters, spec.sweeps(), rows, spec.hiddenSize())
                .toFloats();
    }

    private Batch input() throws SafetensorsException {
        boolean dense = tensors.containsKey("x");
        String name = dense ? "x" : "ids";
        long[] shape = tensors.get(name).shape();
        String letters = dense ? "[T,B,I]" : "[T,B]";
        if (shape.length != (dense ? 3 : 2) || shape[0] < 1 || shape[1] < 1) {
            throw fail(name, "expected " + letters + " with T and B of at least 1");
        }
        // No cast overflows: a tensor's elements fit an int, and here no dimension is zero but I, which is checked.
        int steps = (int) shape[0];
        int rows = (int) shape[1];
        return dense
                ? Batch.dense(
                        steps,
                        rows,
                        spec.inputSize(),
                        require(name, DType.F32, letters, steps, rows, spec.inputSize())
                                .toFloats())
                : Batch.symbols(
                        steps,
                        rows,
                        require(name, DType.I64, letters, steps, rows).toInts());
    }

    private Batch withTargets(Batch batch) throws SafetensorsException {
        if (!tensors.containsKey("targets")) {
            throw new UsageException(file + ": there is no tensor 'targets'; a loss needs them, "
                    + (loss.takesClasses() ? DType.I64 : DType.F32) + " "
                    + Arrays.toString(targetShape(batch, loss.at())));
        }
        boolean classes = loss.takesClasses();
        Tensor targets = tensors.get("targets");
        if (classes != isWhole(targets.dtype())) {
            throw fail(
                    "targets",
                    classes
                            ? "cross-entropy takes class numbers, I64; for values use --loss mse or bce"
                            : Names.of(loss.kind()) + " takes values, F32; for class numbers use --loss cross-entropy");
        }
        Loss.At other = loss.at() == Loss.At.EVERY ? Loss.At.LAST : Loss.At.EVERY;
        if (Arrays.equals(targets.shape(), targetShape(batch, other))) {
            throw fail("targets", "which fits --loss-at " + Names.of(other) + ", not --loss-at " + Names.of(loss.at()));
        }
        String letters = (loss.at() == Loss.At.EVERY ? "[T,B" : "[B") + (classes ? "]" : ",O]");
        Tensor checked = require("targets", classes ? DType.I64 : DType.F32, letters, targetShape(batch, loss.at()));
        return classes ? batch.withTargets(checked.toInts()) : batch.withTargets(checked.toFloats());
    }

    private long[] targetShape(Batch batch, Loss.At at) {
        LongStream shape = LongStream.of(cells(batch, at));
        return (loss.takesClasses() ? shape : LongStream.concat(shape, LongStream.of(spec.outputSize()))).toArray();
    }

    /** Where targets are: [T,B] or [B]. */
    private static long[] cells(Batch batch, Loss.At at) {
        return at == Loss.At.EVERY ? new long[] {batch.steps(), batch.rows()} : new long[] {batch.rows()};
    }

    private Tensor require(String name, DType dtype, String letters, long... shape) {
        Tensor tensor = tensors.get(name);
        boolean fits = tensor.dtype() == dtype || (dtype == DType.I64 && isWhole(tensor.dtype()));
        if (!fits || !Arrays.equals(tensor.shape(), shape)) {
            throw fail(name, "expected " + dtype + " " + Arrays.toString(shape) + ", which is " + letters);
        }
        return tensor;
    }

    private static boolean isWhole(DType dtype) {
        return dtype == DType.I64 || dtype == DType.I32;
    }

    private UsageException fail(String name, String what) {
        Tensor tensor = tensors.get(name);
        return new UsageException(file + ": tensor '" + name + "' is " + tensor.dtype() + " "
                + Arrays.toString(tensor.shape()) + "; " + what);
    }
}
