package org.bptt4j.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.bptt4j.ModelFile;
import org.bptt4j.data.Vocabulary;
import org.bptt4j.spec.RnnSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Which data: a text, a table, a task, or without any of them the bundled sunspot series. */
final class DataOptions {
    private static final int DEFAULT_LENGTH = 100;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    @Option(names = "--text", paramLabel = "FILE", description = "Text in UTF-8; predict the next character.")
    private Path text;

    @Option(
            names = "--csv",
            paramLabel = "FILE",
            description = "Table with a header, rows in time order; forecast the next row.")
    private Path csv;

    @Option(
            names = "--columns",
            paramLabel = "A,B",
            description = "Columns of the table to read, as a line of CSV: a name with a comma stands in double quotes"
                    + " (default: all).")
    private List<String> columns;

    @Option(names = "--target", paramLabel = "C", description = "Column to forecast (default: the last one read).")
    private String target;

    @Option(
            names = "--task",
            converter = Values.Name.class,
            paramLabel = "NAME",
            description = "A task with sequences made for it: adding, temporal-order, copy or parity.")
    private String task;

    @Option(names = "--length", paramLabel = "T", description = "Length of the task's sequences (default: 100).")
    private Integer length;

    /** The data to train on. */
    TrainingData load() {
        check();
        if (text != null) {
            return TextData.read(text);
        }
        if (task != null) {
            return new TaskData(task, length == null ? DEFAULT_LENGTH : length);
        }
        return csv == null ? SeriesData.bundled() : SeriesData.read(csv, columns(), target, this::warn);
    }

    /** The names given, or null. */
    private List<String> columns() {
        return columns == null ? null : ColumnNames.parse(columns);
    }

    private void warn(String what) {
        PrintWriter err = command.commandLine().getErr();
        err.println("warning: " + what);
        err.flush();
    }

    /** The options by name, files wherever one stands, for a run that goes on. */
    Map<String, Object> describe() {
        Map<String, Object> options = new LinkedHashMap<>();
        options.put("text", text == null ? null : text.toAbsolutePath().toString());
        options.put("csv", csv == null ? null : csv.toAbsolutePath().toString());
        options.put("columns", columns == null ? null : ColumnNames.join(columns()));
        options.put("target", target);
        options.put("task", task);
        options.put("length", length);
        return options;
    }

    /** The data as a model sees it: in its vocabulary, or its columns and its scaling. */
    TrainingData loadFor(ModelFile model, Path file) {
        check();
        String characters = model.metadata().get(TextData.VOCABULARY);
        if (characters != null && !characters.isEmpty()) { // before it is the text that seems to be wrong
            int size = Vocabulary.of(characters).size();
            requireSizes(model.spec(), file, size, size);
        }
        TrainingData data = loadKnown(model.metadata(), file);
        if (model.spec().bidirectional()) {
            data.requireWholeSequences(file + ": the network is bidirectional");
        }
        requireSizes(model.spec(), file, data.inputSize(), data.outputSize());
        return data;
    }

    private static void requireSizes(RnnSpec network, Path file, int inputs, int outputs) {
        if (network.inputSize() != inputs || network.outputSize() != outputs) {
            throw new UsageException(file + ": the network has " + network.inputSize() + " inputs and "
                    + network.outputSize() + " outputs, but its metadata describes " + inputs + " and " + outputs
                    + "; take a copy as train wrote it");
        }
    }

    private TrainingData loadKnown(Map<String, String> metadata, Path file) {
        try {
            return loadKind(metadata, file);
        } catch (IllegalArgumentException e) {
            throw new UsageException(file + ": metadata: " + e.getMessage(), e);
        }
    }

    private TrainingData loadKind(Map<String, String> metadata, Path file) {
        if (metadata.containsKey(TextData.VOCABULARY)) {
            requireKind(text != null, file, "text: give --text FILE");
            return TextData.read(text, Vocabulary.of(metadata.get(TextData.VOCABULARY)));
        }
        if (metadata.containsKey(SeriesData.SCALING)) {
            requireKind(text == null && task == null, file, "a table: give --csv FILE");
            if (columns != null || target != null) {
                throw new UsageException("--columns and --target come from the model here: leave them out");
            }
            return loadSeries(SeriesData.Trained.of(metadata), metadata, file);
        }
        String own = metadata.get(TaskData.TASK);
        if (own == null) {
            throw new UsageException(
                    file + ": does not say what data it was trained on (no vocabulary, scaling or task);"
                            + " name a model that train wrote");
        }
        requireKind(text == null && csv == null && (task == null || task.equals(own)), file, "the task " + own);
        return new TaskData(own, length == null ? Integer.parseInt(metadata.get(TaskData.LENGTH)) : length);
    }

    private TrainingData loadSeries(SeriesData.Trained trained, Map<String, String> metadata, Path file) {
        if (csv != null) {
            return SeriesData.read(csv, trained, this::warn);
        }
        if (!metadata.containsKey(SeriesData.BUNDLED_SERIES)) {
            throw new UsageException(file + ": the model is one of a table with the columns "
                    + Printable.list(trained.scaling().columns()) + ": give it with --csv FILE");
        }
        return SeriesData.bundled(trained);
    }

    private static void requireKind(boolean fits, Path file, String kind) {
        if (!fits) {
            throw new UsageException(file + ": the model is one of " + kind);
        }
    }

    private void check() {
        if (Stream.of(text, csv, task).filter(o -> o != null).count() > 1) {
            throw new UsageException("--text, --csv and --task exclude each other: give one of them");
        }
        if (csv == null && (columns != null || target != null)) {
            throw new UsageException("--columns and --target belong to --csv FILE, which is missing");
        }
        if (task == null && length != null) {
            throw new UsageException("--length belongs to --task NAME, which is missing");
        }
    }
}
