package org.bptt4j.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Option;

/** How much data goes into one training step. */
final class UnrollOptions {
    @Option(
            names = "--unroll",
            paramLabel = "T",
            description = "Time steps of a training sequence (default: ${bundle:default.unroll}).")
    private Integer unroll;

    @Option(
            names = "--batch",
            paramLabel = "B",
            description = "Sequences at a time (default: ${bundle:default.batch}).")
    private Integer batch;

    @Option(names = "--explain", description = "Print how batches are unrolled in memory.")
    private boolean explain;

    /** Whether the user wants to know how batches are unrolled. */
    boolean explain() {
        return explain;
    }

    int unroll(TrainingData data) {
        int own = data.defaults().unroll();
        if (data.hasOwnSequences() && unroll != null && unroll != own) {
            throw new UsageException(
                    "--unroll " + unroll + ": this task's sequences have " + own + " steps; choose them with --length");
        }
        return Require.atLeast(1, unroll == null ? own : unroll, "--unroll");
    }

    int batch(TrainingData data) {
        return Require.atLeast(1, batch == null ? data.defaults().batch() : batch, "--batch");
    }

    /** The options with the values that are used, by name. */
    Map<String, Object> describe(TrainingData data) {
        Map<String, Object> options = new LinkedHashMap<>();
        options.put("unroll", unroll(data));
        options.put("batch", batch(data));
        return options;
    }

    /** The same in a few words. */
    String words(TrainingData data) {
        return "unroll " + unroll(data) + ", batch " + batch(data);
    }
}
