package org.bptt4j.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import org.bptt4j.Rnn;
import org.bptt4j.backend.Backend;
import org.bptt4j.spec.Cell;
import org.bptt4j.spec.Count;
import org.bptt4j.spec.Initialization;
import org.bptt4j.spec.Remembering;
import org.bptt4j.spec.RnnSpec;
import picocli.CommandLine.Option;

/** The network. */
final class ModelOptions {
    @Option(
            names = "--cell",
            paramLabel = "CELL",
            description = "One of tanh, relu, gru or lstm (default: tanh).",
            defaultValue = "tanh")
    private String cell;

    @Option(
            names = "--hidden",
            paramLabel = "H",
            description = "Hidden units of each layer and direction (default: ${bundle:default.hidden}).")
    private Integer hidden;

    @Option(names = "--layers", paramLabel = "L", description = "Recurrent layers (default: 1).", defaultValue = "1")
    private int layers;

    @Option(
            names = "--bidirectional",
            description =
                    "Each layer reads its sequence from both ends; for a --task, whose sequences are there as a whole.")
    private boolean bidirectional;

    @Option(
            names = "--dropout",
            paramLabel = "P",
            description = "In training, the share of the numbers between two layers that are dropped (default: 0).",
            defaultValue = "0")
    private double dropout;

    @Option(
            names = "--init",
            converter = Values.Name.class,
            paramLabel = "INIT",
            description = "One of uniform, orthogonal, identity (tanh and relu) or xavier (default: uniform).",
            defaultValue = "uniform")
    private String init;

    @Option(
            names = "--forget-bias",
            paramLabel = "X",
            description = "First value of an lstm's forget gate's bias, such as 1 (default: that of --init).")
    private Double forgetBias;

    @Option(
            names = "--remember",
            paramLabel = "T",
            description = "An lstm's gates begin so that its units remember for up to T steps (chrono initialisation).")
    private Integer remember;

    RnnSpec spec(TrainingData data) {
        if (bidirectional) {
            data.requireWholeSequences("--bidirectional");
        }
        if (!(dropout >= 0 && dropout < 1)) {
            throw new UsageException("--dropout " + dropout + ": must be a number from 0 to below 1");
        }
        int units = Require.atLeast(1, hidden == null ? data.defaults().hidden() : hidden, "--hidden");
        Require.atLeast(1, layers, "--layers");
        try {
            return new RnnSpec(cell(), data.inputSize(), units, layers, data.outputSize(), bidirectional, dropout);
        } catch (IllegalArgumentException e) {
            throw new UsageException("--hidden " + units + ", --layers " + layers + ": " + e.getMessage(), e);
        }
    }

    private Cell cell() {
        return Names.cell("--cell", cell);
    }

    private Initialization initialization() {
        Initialization kind = Names.parse("--init", init, Initialization.class);
        try {
            kind.requireFits(cell());
        } catch (IllegalArgumentException e) {
            throw new UsageException("--init " + init + ": " + e.getMessage(), e);
        }
        return kind;
    }

    /** The new network that was asked for. */
    Rnn create(Backend backend, TrainingData data, long seed) {
        Remembering remembering = remembering();
        return remembering == null
                ? Rnn.create(backend, spec(data), initialization(), seed)
                : Rnn.create(backend, spec(data), initialization(), remembering, seed);
    }

    private Remembering remembering() {
        if (forgetBias != null && remember != null) {
            throw new UsageException("--forget-bias " + forgetBias + " and --remember " + remember
                    + ": both say how the forget gate begins; leave one out");
        }
        if (forgetBias == null && remember == null) {
            return null;
        }
        try {
            Remembering asked = forgetBias != null ? Remembering.bias(forgetBias) : Remembering.upTo(remember);
            asked.requireFits(cell());
            return asked;
        } catch (IllegalArgumentException e) {
            throw forgetBias != null
                    ? Require.refused("--forget-bias", forgetBias, e)
                    : Require.refused("--remember", remember, e);
        }
    }

    /** What was asked for and has no effect, or null. */
    String warning() {
        return dropout > 0 && layers == 1
                ? "--dropout " + dropout + " has no effect: it lies between layers, and there is only one; see --layers"
                : null;
    }

    /** The resolved options by name, for run.json; a {@link UsageException} if one of them is wrong. */
    Map<String, Object> describe(TrainingData data) {
        RnnSpec spec = spec(data);
        initialization();
        remembering();
        Map<String, Object> options = new LinkedHashMap<>();
        options.put("cell", spec.cell().name());
        options.put("hidden", spec.hiddenSize());
        options.put("layers", layers);
        options.put("bidirectional", bidirectional);
        options.put("dropout", dropout);
        options.put("init", init);
        options.put("forget-bias", forgetBias);
        options.put("remember", remember);
        return options;
    }

    /** The network in a few words. */
    String words(TrainingData data) {
        RnnSpec spec = spec(data);
        return spec.cell().name() + ", " + Count.of(spec.hiddenSize(), "hidden unit") + ", "
                + Count.of(spec.layers(), "layer") + (spec.bidirectional() ? ", bidirectional" : "")
                + (spec.dropout() > 0 ? ", dropout " + Figures.brief(spec.dropout()) : "");
    }
}
