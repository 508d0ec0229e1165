package org.bptt4j.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import org.bptt4j.spec.Initialization;
import org.bptt4j.spec.RnnSpec;
import picocli.CommandLine.Option;

/** The network. */
final class ModelOptions {
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
                Names.cell("--cell", cell),
                data.inputSize(),
                Require.atLeast(1, hidden == null ? data.defaults().hidden() : hidden, "--hidden"),
                Require.atLeast(1, layers, "--layers"),
                data.outputSize());
    }

    Initialization initialization() {
        return Names.parse("--init", init, Initialization.class);
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
