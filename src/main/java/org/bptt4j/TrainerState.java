package org.bptt4j;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.bptt4j.backend.Backend;
import org.bptt4j.backend.DeviceArray;
import org.bptt4j.bptt.CarriedState;
import org.bptt4j.bptt.Parameter;
import org.bptt4j.bptt.ParameterLayout;
import org.bptt4j.data.SourcePosition;
import org.bptt4j.io.Safetensors;
import org.bptt4j.io.SafetensorsException;
import org.bptt4j.io.Tensor;
import org.bptt4j.spec.Count;
import org.bptt4j.spec.Optimizer;
import org.bptt4j.spec.Require;
import org.bptt4j.spec.RnnSpec;

/**
 * All that a training run needs to go on as if it had not stopped, in one safetensors file. On the CPU it goes on with the same
 * bits.
 *
 * <p>Tensors: the parameters as in a model file; the optimiser's averages of each by PyTorch's names, such as {@code
 * exp_avg.rnn.weight_hh_l0}; and, once a batch was trained, {@code carried [N,B,H]} (h of each layer and direction, then c if the cell has one), the state that a continuing batch begins with.
 * Where a validation chooses the model that is kept, {@code best.<parameter>}: {@link BestModel}.
 * Metadata: that of a model file, {@code state_version}, {@code optimizer}, {@code updates}, {@code skipped}, {@code epoch},
 * {@code batches}, {@code best_loss}, {@code best_updates}, {@code best_since}, and the caller's own.
 *
 * <p>A checksum covers all of it, and a file whose content is not what was written is refused: a run that goes on from a damaged
 * state would end with other results, and nobody would know.
 *
 * <p>Loss, truncation, clipping, learning rate and its schedule, and the seed of dropout's masks are the trainer's and not in the file.
 */
public final class TrainerState {
    private static final String VERSION = "2";
    private static final String BEST = "best.";
    private static final String CARRIED = "carried";
    private static final Map<Optimizer.Kind, List<String>> AVERAGES = Map.of(
            Optimizer.Kind.SGD, List.of("momentum_buffer"),
            Optimizer.Kind.RMSPROP, List.of("square_avg"),
            Optimizer.Kind.ADAM, List.of("exp_avg", "exp_avg_sq"),
            Optimizer.Kind.ADAMW, List.of("exp_avg", "exp_avg_sq"));

    private final Path file;
    private final Safetensors tensors;
    private final RnnSpec spec;
    private final String optimizer;
    private final long updates;
    private final long skipped;
    private final SourcePosition position;

    private TrainerState(Path file, Safetensors tensors) throws IOException {
        this.file = file;
        this.tensors = tensors;
        if (tensors.hasChecksum() && !tensors.checksumHolds()) {
            throw new SafetensorsException(
                    file + ": its checksum does not hold: the file was damaged or changed after it was written");
        }
        if (!entry("state_version").equals(VERSION)) {
            throw new SafetensorsException(file + ": state_version '" + entry("state_version")
                    + "' is another version's of bptt4j; this one reads " + VERSION);
        }
        if (!tensors.hasChecksum()) {
            throw new SafetensorsException(file + ": has no checksum, which every state is written with");
        }
        this.spec = ModelFile.spec(file, tensors.metadata());
        for (Parameter p :
                ModelFile.layout(file, spec, tensors.tensors().size()).parameters()) {
            ModelFile.values(file, tensors, p.name(), p.shape());
        }
        this.optimizer = entry("optimizer");
        this.updates = number("updates");
        this.skipped = number("skipped");
        this.position = new SourcePosition(number("epoch"), number("batches"));
    }

    // ---- saving -----------------------------------------------------------------------------------------------------

    /**
     * Writes the state of {@code trainer} and its network, beside the target first and then renamed over it.
     *
     * @param position after the last batch trained on, as the caller has counted
     * @param metadata more entries for the file's metadata
     * @throws NonFiniteException if a parameter or an average is not finite; nothing is written then
     */
    public static void write(Path file, Trainer trainer, SourcePosition position, Map<String, String> metadata)
            throws IOException {
        write(file, null, trainer, position, new BestModel(), metadata);
    }

    /**
     * Writes the state with the best model so far, and keeps the file that was there.
     *
     * @param before where the file that was there goes, in the same folder: should this one be damaged later, there is another; null to
     *     let it go
     * @param best the best model of the run so far; it may be {@linkplain BestModel#isPresent none}
     */
    public static void write(
            Path file,
            Path before,
            Trainer trainer,
            SourcePosition position,
            BestModel best,
            Map<String, String> metadata)
            throws IOException {
        Require.given(file, "file");
        Require.given(trainer, "trainer").requireOpen();
        Require.given(position, "position");
        Require.given(best, "best");
        Require.given(metadata, "metadata");
        collect(trainer, position, best, metadata).write(file, before);
    }

    private static Safetensors collect(
            Trainer trainer, SourcePosition position, BestModel best, Map<String, String> metadata) {
        Safetensors tensors = new Safetensors();
        ModelFile.putSorted(tensors, metadata);
        String after = " after " + Count.of(trainer.updates, "update");
        ModelFile.put(tensors, trainer.rnn(), after);
        tensors.putMetadata("state_version", VERSION);
        tensors.putMetadata("optimizer", name(trainer));
        tensors.putMetadata("updates", Long.toString(trainer.updates));
        tensors.putMetadata("skipped", Long.toString(trainer.skipped));
        tensors.putMetadata("epoch", Long.toString(position.epoch()));
        tensors.putMetadata("batches", Long.toString(position.batches()));
        List<String> averages = AVERAGES.get(trainer.update.optimizer().kind());
        for (Parameter p : parameters(trainer)) {
            for (int i = 0; i < averages.size(); i++) {
                float[] values = new float[p.length()];
                DeviceArray from = trainer.update.states()[i];
                trainer.rnn().backend().download(from, p.offset(), values, 0, values.length);
                String name = averages.get(i) + "." + p.name();
                FiniteValues.require(name, after, values, p.shape());
                tensors.put(name, values, p.shape());
            }
        }
        CarriedState carried = trainer.bptt.carried();
        if (carried.rows() > 0) {
            RnnSpec spec = trainer.rnn().spec();
            float[] values = carried.download();
            long[] shape = {spec.stateCount(), carried.rows(), spec.hiddenSize()};
            FiniteValues.require(CARRIED, after, values, shape);
            tensors.put(CARRIED, values, shape);
        }
        if (best.isPresent()) {
            tensors.putMetadata("best_loss", Double.toString(best.loss()));
            tensors.putMetadata("best_updates", Long.toString(best.updates()));
            tensors.putMetadata("best_since", Long.toString(best.validationsSince()));
            for (Parameter p : parameters(trainer)) {
                tensors.put(BEST + p.name(), best.parameter(p.name()), p.shape());
            }
        }
        return tensors;
    }

    private static String name(Trainer trainer) {
        return trainer.update.optimizer().kind().name().toLowerCase(Locale.ROOT);
    }

    private static List<Parameter> parameters(Trainer trainer) {
        return trainer.rnn().network().layout().parameters();
    }

    // ---- going on ---------------------------------------------------------------------------------------------------

    /** Reads a file; an {@link IOException} names it, the entry or tensor, and what was expected; parameters must be finite. */
    public static TrainerState read(Path file) throws IOException {
        return new TrainerState(file, Safetensors.read(Require.given(file, "file")));
    }

    /** Updates of the parameters so far. */
    public long updates() {
        return updates;
    }

    /** Where training goes on in its source: {@link SourcePosition#seek}. */
    public SourcePosition position() {
        return position;
    }

    /** The best model of the run so far; {@linkplain BestModel#isPresent none} where no validation had chosen one. */
    public BestModel best() throws IOException {
        if (!tensors.metadata().containsKey("best_loss")) {
            return new BestModel();
        }
        Map<String, float[]> parameters = new LinkedHashMap<>();
        for (Parameter p : new ParameterLayout(spec).parameters()) {
            parameters.put(p.name(), ModelFile.values(file, tensors, BEST + p.name(), p.shape()));
        }
        try {
            return new BestModel(
                    parameters, Double.parseDouble(entry("best_loss")), number("best_updates"), number("best_since"));
        } catch (NumberFormatException e) {
            throw new SafetensorsException(
                    file + ": metadata best_loss '" + entry("best_loss") + "' is not a number", e);
        }
    }

    /** All metadata of the file. */
    public Map<String, String> metadata() {
        return tensors.metadata();
    }

    /**
     * Brings {@code trainer} and its network to this state. If anything is missing or does not fit, both stay as they were.
     *
     * @throws IOException if a tensor is missing or of another shape than the file itself says
     * @throws IllegalArgumentException if the trainer has another network or optimiser
     */
    public void restore(Trainer trainer) throws IOException {
        Require.given(trainer, "trainer").requireOpen();
        RnnSpec own = trainer.rnn().spec();
        if (!spec.equals(own)) {
            throw new IllegalArgumentException(file + ": is the state of another network, " + differences(spec, own));
        }
        if (!optimizer.equals(name(trainer))) {
            throw new IllegalArgumentException(
                    file + ": is the state of another optimiser, " + optimizer + "; this is " + name(trainer));
        }
        Tensor carried = tensors.tensors().get(CARRIED);
        long rows = carried == null || carried.shape().length != 3 ? 0 : carried.shape()[1];
        float[] state = carried == null
                ? new float[0]
                : ModelFile.values(file, tensors, CARRIED, new long[] {spec.stateCount(), rows, spec.hiddenSize()});
        restore(trainer, false); // looks at all before the first is changed
        restore(trainer, true);
        trainer.bptt.carried().upload(state, (int) rows);
        trainer.updates = updates;
        trainer.skipped = skipped;
    }

    /** "hidden size 4, not 5". */
    private static String differences(RnnSpec there, RnnSpec own) {
        Object[][] parts = {
            {"cell", there.cell().name(), own.cell().name()},
            {"input size", there.inputSize(), own.inputSize()},
            {"hidden size", there.hiddenSize(), own.hiddenSize()},
            {"layers", there.layers(), own.layers()},
            {"output size", there.outputSize(), own.outputSize()},
            {"bidirectional", there.bidirectional(), own.bidirectional()},
            {"dropout", there.dropout(), own.dropout()}
        };
        return Arrays.stream(parts)
                .filter(part -> !part[1].equals(part[2]))
                .map(part -> part[0] + " " + part[1] + ", not " + part[2])
                .collect(Collectors.joining("; "));
    }

    private void restore(Trainer trainer, boolean upload) throws IOException {
        Backend backend = trainer.rnn().backend();
        List<String> averages = AVERAGES.get(trainer.update.optimizer().kind());
        for (Parameter p : parameters(trainer)) {
            float[] values = ModelFile.values(file, tensors, p.name(), p.shape());
            if (upload) {
                trainer.rnn().setParameter(p.name(), values);
            }
            for (int i = 0; i < averages.size(); i++) {
                float[] average = ModelFile.values(file, tensors, averages.get(i) + "." + p.name(), p.shape());
                if (upload) {
                    backend.upload(average, 0, average.length, trainer.update.states()[i], p.offset());
                }
            }
        }
    }

    private String entry(String key) throws SafetensorsException {
        String value = tensors.metadata().get(key);
        if (value == null) {
            throw new SafetensorsException(
                    file + ": the metadata lacks '" + key + "': not the state of a training run");
        }
        return value;
    }

    private long number(String key) throws SafetensorsException {
        String value = entry(key);
        try {
            long number = Long.parseLong(value);
            if (number >= 0) {
                return number;
            }
        } catch (NumberFormatException e) {
            // The same message as for a negative one.
        }
        throw new SafetensorsException(
                file + ": metadata " + key + " '" + value + "' is not a whole number of 0 or more");
    }

    /** How far the run was, and its network. */
    @Override
    public String toString() {
        return "state after " + Count.of(updates, "update") + " of " + spec;
    }
}
