package org.bptt4j.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.Map;
import java.util.concurrent.Callable;
import org.bptt4j.ModelFile;
import org.bptt4j.Rnn;
import org.bptt4j.backend.Backend;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Holds a trained network against data. */
@Command(
        name = "evaluate",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description =
                "Print a trained network's figures on data of its kind: for the part that training would hold out,"
                        + " and for all of it.")
public final class EvaluateCommand implements Callable<Integer> {
    @Mixin
    private SavedModel saved;

    @Mixin
    private DataOptions dataOptions;

    @Mixin
    private BackendOption where;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        ModelFile model = saved.read();
        TrainingData data = dataOptions.loadFor(model, saved.file());
        try (Backend backend = where.open(data.evaluation(model.spec()));
                Rnn rnn = model.toRnn(backend)) {
            PrintWriter out = spec.commandLine().getOut();
            for (TrainingData.Part part : data.parts()) {
                Map<String, Double> figures = Figures.requireFinite(
                        data.evaluate(rnn, part), saved.file() + " on the " + Names.of(part) + " part");
                out.println(data.summary(part, figures));
            }
            out.flush();
        }
        return 0;
    }
}
