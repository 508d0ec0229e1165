package org.bptt4j.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.bptt4j.ModelFile;
import org.bptt4j.Rnn;
import org.bptt4j.backend.Backend;
import org.bptt4j.backend.Workload;
import org.bptt4j.data.RandomStream;
import org.bptt4j.data.Vocabulary;
import org.bptt4j.spec.Count;
import org.bptt4j.spec.RnnSpec;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Draws text from a trained network. */
@Command(
        name = "generate",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Print a prompt and the text that a trained network draws after it.")
public final class GenerateCommand implements Callable<Integer> {
    @Mixin
    private SavedModel saved;

    @Option(
            names = "--prompt",
            paramLabel = "S",
            converter = Values.AnyText.class,
            description = "Text to go on from (default: none).")
    private String prompt;

    @Option(
            names = "--length",
            paramLabel = "N",
            description = "Characters to draw, printed as they are drawn (default: ${DEFAULT-VALUE}).",
            defaultValue = "500")
    private int length;

    @Option(
            names = "--temperature",
            paramLabel = "X",
            description = "Below 1 is likelier text, above 1 wilder, 0 the likeliest (default: ${DEFAULT-VALUE}).",
            defaultValue = "0.8")
    private double temperature;

    @Option(
            names = "--seed",
            paramLabel = "S",
            description = "Seed of what is drawn (default: ${DEFAULT-VALUE}).",
            defaultValue = "1")
    private long seed;

    @Mixin
    private BackendOption where;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        Require.atLeast(0, length, "--length");
        Require.notNegative(temperature, "--temperature");
        ModelFile model = saved.read();
        if (model.spec().bidirectional()) {
            throw new UsageException(
                    saved.file() + ": the network is bidirectional, and its reverse direction begins at the end"
                            + " of a text: it cannot generate one");
        }
        String characters = model.metadata().get(TextData.VOCABULARY);
        if (characters == null) {
            throw new UsageException(
                    saved.file() + ": the model has no vocabulary; only one trained with --text can generate");
        }
        Vocabulary vocabulary = vocabulary(model, characters);
        String start = prompt == null || prompt.isEmpty() ? TextData.start(vocabulary) : prompt;
        requireKnown(vocabulary, start);
        try (Backend backend = where.open(Workload.stepByStep(model.spec(), 1).withSymbols());
                Rnn rnn = model.toRnn(backend)) {
            Sampler sampler =
                    new Sampler(rnn, vocabulary, temperature, RandomStream.of(seed, RandomStream.Use.SAMPLE, 0));
            PrintWriter out = spec.commandLine().getOut();
            out.print(prompt == null ? "" : prompt);
            // Each character as it is drawn; who reads may have enough before the last (checkError writes what there
            // is).
            sampler.continueText(start, length, character -> {
                out.print(character);
                return !out.checkError();
            });
            out.println();
            out.flush();
        }
        return 0;
    }

    private Vocabulary vocabulary(ModelFile model, String characters) {
        RnnSpec net = model.spec();
        int size = characters.isEmpty() ? 0 : Vocabulary.of(characters).size();
        if (size == 0 || net.inputSize() != size || net.outputSize() != size) {
            throw new UsageException(saved.file() + ": the network has " + net.inputSize() + " inputs and "
                    + net.outputSize() + " outputs, but its vocabulary "
                    + Count.of(size, "character") + "; take a copy as train wrote it");
        }
        return Vocabulary.of(characters);
    }

    private static void requireKnown(Vocabulary vocabulary, String text) {
        try {
            vocabulary.encode(text);
        } catch (IllegalArgumentException e) {
            throw new UsageException("--prompt: " + e.getMessage(), e);
        }
    }
}
