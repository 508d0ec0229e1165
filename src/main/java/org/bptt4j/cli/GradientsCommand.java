package org.bptt4j.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.bptt4j.Gradients;
import org.bptt4j.ModelFile;
import org.bptt4j.Rnn;
import org.bptt4j.Trainer;
import org.bptt4j.backend.Backend;
import org.bptt4j.data.Batch;
import org.bptt4j.io.Safetensors;
import org.bptt4j.io.SafetensorsException;
import org.bptt4j.spec.Clipping;
import org.bptt4j.spec.Loss;
import org.bptt4j.spec.RnnSpec;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * One loss and gradient for given weights and data, so that anybody can hold us against another framework.
 *
 * <p>Written, row-major: {@code loss [1]} and {@code grad_norm [1]} (before clipping) in F64; in F32 {@code output [T,B,O]},
 * {@code h_n [L·D,B,H]}, of an LSTM {@code c_n} too, {@code grad.<parameter>} (after clipping) and, where the sweep was not truncated,
 * {@code grad.x [T,B,I]} (dense input only) and {@code grad.h0 [L·D,B,H]}, of an LSTM {@code grad.c0} too (also where the batch has no h0 or c0, which
 * then are zeros). D is 2 for a bidirectional network. The metadata's dropout is not active: it belongs to training.
 */
@Command(
        name = "gradients",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "One loss and gradient for given weights and data, to compare with another framework.")
final class GradientsCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(
            names = "--weights",
            required = true,
            paramLabel = "W.safetensors",
            description = "Parameters in F32, by PyTorch's names; the network in the metadata.")
    private Path weights;

    @Option(
            names = "--batch",
            required = true,
            paramLabel = "B.safetensors",
            description = "Tensors x [T,B,I] F32 or ids [T,B] I64; targets; optional h0 and c0 (lstm)"
                    + " [L,B,H] F32, of both directions [2L,B,H]; lengths [B] I64, loss_weights [T,B] F32.")
    private Path batch;

    @Option(
            names = "--out",
            required = true,
            paramLabel = "G.safetensors",
            description = "Where loss, output, h_n, c_n, grad_norm and the gradients go.")
    private Path out;

    @Option(
            names = "--loss",
            paramLabel = "NAME",
            defaultValue = "cross-entropy",
            description =
                    "One of cross-entropy (targets I64), mse or bce (targets F32; of bce 0 ... 1, outputs are logits)"
                            + " (default: ${DEFAULT-VALUE}).")
    private String loss;

    @Option(
            names = "--pos-weight",
            paramLabel = "A,B,...",
            description = "Of bce: what the positive term of each output counts.")
    private String positiveWeights;

    @Mixin
    private SweepOptions sweep;

    @Mixin
    private BackendOption where;

    @Override
    public Integer call() throws IOException {
        Loss.Kind kind = Names.parse("--loss", loss, Loss.Kind.class);
        requireOutput();
        ModelFile model = model();
        if (!model.spec().hasHead()) {
            throw new UsageException(weights
                    + ": output_size 0: a loss needs a network with a head; give one whose output_size is 1 or more");
        }
        Loss theLoss = loss(kind, model.spec().outputSize());
        Batch data = read(model.spec(), theLoss);
        try (Backend backend = where.open(Settings.workload(model.spec(), data, sweep.truncation()));
                Rnn rnn = model.toRnn(backend);
                Trainer trainer = Trainer.of(rnn)
                        .loss(theLoss)
                        .truncation(sweep.truncation())
                        .clipping(sweep.clipping(Clipping.NONE))
                        .memory(sweep.memory())
                        .build()) {
            Gradients result = compute(trainer, data);
            toFile(rnn, data, result).write(out);
            spec.commandLine()
                    .getOut()
                    .printf(
                            Locale.ROOT,
                            "loss %.9g, gradient norm %.9g, written to %s%n",
                            result.loss(),
                            result.gradientNorm(),
                            out);
        }
        return 0;
    }

    private ModelFile model() throws IOException {
        try {
            return ModelFile.read(weights);
        } catch (SafetensorsException e) {
            throw FileKind.explain(
                    e, "--weights", weights, "name a model in safetensors, such as a run's " + RunFolder.MODEL);
        }
    }

    private Batch read(RnnSpec net, Loss theLoss) throws IOException {
        try {
            return BatchFile.read(batch, net, theLoss);
        } catch (SafetensorsException e) {
            throw FileKind.explain(e, "--batch", batch, "name a batch in safetensors (see --help)");
        }
    }

    private Loss loss(Loss.Kind kind, int outputs) {
        Loss plain = switch (kind) {
            case CROSS_ENTROPY -> Loss.crossEntropy();
            case MSE -> Loss.mse();
            case BCE -> Loss.bce();
        };
        if (positiveWeights == null) {
            return sweep.applyTo(plain, outputs);
        }
        if (kind != Loss.Kind.BCE) {
            throw new UsageException("--pos-weight: goes with --loss bce, not with " + Names.of(kind));
        }
        return SweepOptions.weighted(sweep.applyTo(plain, outputs), "--pos-weight", positiveWeights, outputs);
    }

    private void requireOutput() throws IOException {
        OutputFiles.requireWritable("--out", out);
        for (Path input : List.of(weights, batch)) {
            if (Files.exists(out) && Files.exists(input) && Files.isSameFile(out, input)) {
                throw new UsageException(
                        "--out " + out + ": is also an input, and would be overwritten; name another file");
            }
        }
    }

    /** Ids and targets outside their range are found here: the message then needs the file's name. */
    private Gradients compute(Trainer trainer, Batch data) {
        try {
            return trainer.gradients(data);
        } catch (IllegalArgumentException e) {
            throw new UsageException(batch + ": " + e.getMessage());
        }
    }

    private static Safetensors toFile(Rnn rnn, Batch data, Gradients result) {
        RnnSpec net = rnn.spec();
        long[] stateShape = {net.sweeps(), data.rows(), net.hiddenSize()};
        Safetensors file = new Safetensors()
                .put("loss", new double[] {result.loss()}, 1)
                .put("output", result.outputs(), data.steps(), data.rows(), net.outputSize())
                .put("h_n", result.finalState(), stateShape)
                .put("grad_norm", new double[] {result.gradientNorm()}, 1);
        for (String name : rnn.parameterNames()) {
            file.put("grad." + name, rnn.gradient(name), rnn.parameterShape(name));
        }
        if (result.x() != null) {
            file.put("grad.x", result.x(), data.steps(), data.rows(), net.inputSize());
        }
        if (result.initialState() != null) {
            file.put("grad.h0", result.initialState(), stateShape);
        }
        if (result.finalCellState() != null) {
            file.put("c_n", result.finalCellState(), stateShape);
        }
        if (result.initialCellState() != null) {
            file.put("grad.c0", result.initialCellState(), stateShape);
        }
        return file;
    }
}
