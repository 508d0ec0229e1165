package org.bptt4j.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.bptt4j.spec.Cell;
import org.bptt4j.spec.Initialization;
import org.bptt4j.spec.RnnSpec;
import picocli.CommandLine.Option;

/** The network. */
final class ModelOptions {
    private static final Map<String, Cell> CELLS = new TreeMap<>(Map.of("tanh", Cell.TANH, "relu", Cell.RELU));
    private static final Map<String, Initialization> INITIALIZATIONS = new TreeMap<>(Map.of(
            "uniform", Initialization.UNIFORM,
            "orthogonal", Initialization.ORTHOGONAL,
            "identity", Initialization.IDENTITY,
            "xavier", Initialization.XAVIER));

    @Option(names = "--cell", paramLabel = "CELL", description = "tanh or relu (default: tanh)", defaultValue = "tanh")
    private String cell;

    @Option(names = "--hidden", paramLabel = "H", description = "hidden units of each layer")
    private Integer hidden;

    @Option(names = "--layers", paramLabel = "L", description = "recurrent layers (default: 1)", defaultValue = "1")
    private int layers;

    @Option(
            names = "--init",
            paramLabel = "INIT",
            description = "uniform, orthogonal, identity or xavier (default: uniform)",
            defaultValue = "uniform")
    private String init;

    RnnSpec spec(TrainingData data) {
        return new RnnSpec(
                Choice.of("--cell", cell, CELLS),
                data.inputSize(),
                Require.atLeast(1, hidden == null ? data.defaults().hidden() : hidden, "--hidden"),
                Require.atLeast(1, layers, "--layers"),
                data.outputSize());
    }

    Initialization initialization() {
        return Choice.of("--init", init, INITIALIZATIONS);
    }

    /** The resolved options by name, for run.json. */
    Map<String, Object> describe(TrainingData data) {
        RnnSpec spec = spec(data);
        Map<String, Object> options = new LinkedHashMap<>();
        options.put("cell", cell);
        options.put("hidden", spec.hiddenSize());
        options.put("layers", layers);
        options.put("init", init);
        return options;
    }
}
