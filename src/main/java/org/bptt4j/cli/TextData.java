package org.bptt4j.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.bptt4j.Evaluator;
import org.bptt4j.Rnn;
import org.bptt4j.backend.Workload;
import org.bptt4j.data.CountedSource;
import org.bptt4j.data.PrefetchingSource;
import org.bptt4j.data.RandomStream;
import org.bptt4j.data.SymbolSequence;
import org.bptt4j.data.TextFile;
import org.bptt4j.data.TextSource;
import org.bptt4j.data.Vocabulary;
import org.bptt4j.io.AtomicFiles;
import org.bptt4j.spec.Count;
import org.bptt4j.spec.Loss;
import org.bptt4j.spec.RnnSpec;

/**
 * A text whose next character is predicted. The last tenth is held out, a tenth of what remains, its end, validates; the vocabulary
 * is that of the whole text.
 */
final class TextData implements TrainingData {
    /** Key of the vocabulary in a model file: all characters in the order of their ids. */
    static final String VOCABULARY = "vocabulary";

    static final Defaults DEFAULTS = new Defaults(256, 100, 32, "adam", 0.002, "cosine", 10);
    private static final int HELD_OUT_PART = 10;
    private static final int VALID_PART = 10;
    private static final int LEAST_CHARACTERS = 2 * HELD_OUT_PART;
    /** One character to read and one to predict. */
    private static final int LEAST_VALID = 2;

    private static final int EVALUATION_ROWS = 32;
    private static final int EVALUATION_STEPS = 100;
    private static final int SAMPLE_LENGTH = 600;
    private static final double SAMPLE_TEMPERATURE = 0.8;

    private final Path file;
    private final Vocabulary vocabulary;
    private final SymbolSequence text;
    private final long trained;
    private final long split;

    private TextData(Path file, Vocabulary vocabulary, SymbolSequence text) {
        long length = text.length();
        if (length < LEAST_CHARACTERS) {
            throw new UsageException(
                    file + ": has " + Count.of(length, "character") + ", at least " + LEAST_CHARACTERS + " are needed");
        }
        this.file = file;
        this.vocabulary = vocabulary;
        this.text = text;
        this.split = length - length / HELD_OUT_PART;
        this.trained = split - Math.max(LEAST_VALID, split / VALID_PART);
    }

    /** A text with a vocabulary of its own. */
    static TextData read(Path file) {
        TextFile text = InputFile.scan(file, "a text");
        Vocabulary vocabulary = text.vocabulary();
        return new TextData(file, vocabulary, text.symbols(vocabulary));
    }

    /** A text in the vocabulary of a model. */
    static TextData read(Path file, Vocabulary vocabulary) {
        TextFile text = InputFile.scan(file, "a text");
        try {
            return new TextData(file, vocabulary, text.symbols(vocabulary));
        } catch (IllegalArgumentException e) {
            throw new UsageException(file + ": " + e.getMessage(), e);
        }
    }

    @Override
    public Defaults defaults() {
        return DEFAULTS;
    }

    @Override
    public int inputSize() {
        return vocabulary.size();
    }

    @Override
    public int outputSize() {
        return vocabulary.size();
    }

    @Override
    public Loss loss() {
        return Loss.crossEntropy();
    }

    @Override
    public CountedSource training(Settings s) {
        if (trained <= s.unroll()) {
            throw new UsageException(file + ": has " + trained
                    + " characters to train on (the last tenth is held out, a tenth of the rest validates), at least "
                    + (s.unroll() + 1L) + " are needed for --unroll " + s.unroll() + "; give a smaller one");
        }
        return TextSource.training(
                text, 0, trained, s.batch(), s.unroll(), s.loss().at());
    }

    @Override
    public Map<String, String> metadata() {
        return Map.of(VOCABULARY, vocabulary.characters());
    }

    @Override
    public Map<String, Object> description() {
        Map<String, Object> about = new LinkedHashMap<>();
        about.put("text", file.toString());
        about.put("characters", text.length());
        about.put("vocabulary", vocabulary.size());
        about.put("valid", split - trained);
        about.put("held_out", text.length() - split);
        return about;
    }

    @Override
    public List<Part> parts() {
        return List.of(Part.TEST, Part.ALL);
    }

    @Override
    public Unit unit() {
        return new Unit("bits per character", "bpc", loss -> loss / Math.log(2));
    }

    @Override
    public Map<String, Double> evaluate(Rnn rnn, Part part) {
        long from = part == Part.TEST ? split : part == Part.VALID ? trained : 0;
        long to = part == Part.VALID ? split : text.length();
        try (Evaluator evaluator = new Evaluator(rnn);
                PrefetchingSource source = new PrefetchingSource(
                        TextSource.evaluation(text, from, to, EVALUATION_ROWS, EVALUATION_STEPS))) {
            double loss = evaluator.evaluate(loss(), source).loss();
            Map<String, Double> figures = new LinkedHashMap<>();
            figures.put("loss", loss);
            figures.put("bpc", unit().of().applyAsDouble(loss));
            return figures;
        }
    }

    @Override
    public Workload evaluation(RnnSpec net) {
        return Workload.evaluation(net, EVALUATION_ROWS, EVALUATION_STEPS).withSymbols();
    }

    @Override
    public String summary(Part part, Map<String, Double> figures) {
        String where = part == Part.TEST
                ? "held-out tenth"
                : part == Part.VALID ? "validation, " + (split - trained) + " characters" : "whole text";
        return String.format(Locale.ROOT, "%s: %.4f bits per character", where, figures.get("bpc"));
    }

    /** What to draw text after where there is no prompt: a line end, or else the first character. */
    static String start(Vocabulary vocabulary) {
        return vocabulary.id('\n') >= 0 ? "\n" : vocabulary.decode(0);
    }

    @Override
    public void finish(Rnn rnn, Map<String, Double> figures, Settings settings, RunFolder folder, PrintWriter out)
            throws IOException {
        String sample = new Sampler(
                        rnn,
                        vocabulary,
                        SAMPLE_TEMPERATURE,
                        RandomStream.of(settings.seed(), RandomStream.Use.SAMPLE, 0))
                .continueText(start(vocabulary), SAMPLE_LENGTH);
        folder.write(
                "sample.txt",
                path -> AtomicFiles.write(path, to -> to.write((sample + "\n").getBytes(StandardCharsets.UTF_8))));
        out.println("sample:");
        out.println(sample);
    }
}
