package org.bptt4j.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.bptt4j.spec.Loss;
import org.bptt4j.spec.Truncation;
import picocli.CommandLine.Option;

/** How the network is unrolled and what of it is swept back. */
final class SweepOptions {
    private static final Map<String, Loss.At> PLACES =
            new TreeMap<>(Map.of("every", Loss.At.EVERY, "last", Loss.At.LAST));
    private static final Map<String, Loss.Reduction> REDUCTIONS =
            new TreeMap<>(Map.of("mean", Loss.Reduction.MEAN, "sum", Loss.Reduction.SUM));

    @Option(names = "--unroll", paramLabel = "T", description = "time steps of a training sequence")
    private Integer unroll;

    @Option(names = "--batch", paramLabel = "B", description = "sequences at a time")
    private Integer batch;

    @Option(
            names = "--loss-at",
            paramLabel = "WHERE",
            description = "targets at every step or only at the last: every, last")
    private String lossAt;

    @Option(
            names = "--reduction",
            paramLabel = "HOW",
            description = "loss as mean or sum over the targets (default: mean)",
            defaultValue = "mean")
    private String reduction;

    @Option(
            names = "--tbptt",
            paramLabel = "K1,K2",
            description = "truncated backpropagation: an update every K1 steps, reaching K2 steps back")
    private String tbptt;

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

    Loss loss(TrainingData data) {
        Loss own = data.loss().reduced(Choice.of("--reduction", reduction, REDUCTIONS));
        if (lossAt == null) {
            return own;
        }
        Loss.At at = Choice.of("--loss-at", lossAt, PLACES);
        if (data.hasOwnSequences() && at != own.at()) {
            throw new UsageException("--loss-at " + lossAt + ": this task's targets are at "
                    + (own.at() == Loss.At.LAST ? "the last step" : "every step") + "; leave the option out");
        }
        return own.at(at);
    }

    Truncation truncation() {
        if (tbptt == null) {
            return Truncation.NONE;
        }
        String[] parts = tbptt.split(",", -1);
        try {
            if (parts.length == 2) {
                int k1 = Integer.parseInt(parts[0].trim());
                int k2 = Integer.parseInt(parts[1].trim());
                Require.atLeast(1, k1, "--tbptt " + tbptt + ": K1 =");
                Require.atLeast(1, k2, "--tbptt " + tbptt + ": K2 =");
                return new Truncation(k1, k2);
            }
        } catch (NumberFormatException e) {
            // The message below says what was expected.
        }
        throw new UsageException("--tbptt '" + tbptt + "': expected two whole numbers K1,K2, as in --tbptt 20,40");
    }

    /** The resolved options by name, for run.json. */
    Map<String, Object> describe(TrainingData data) {
        Map<String, Object> options = new LinkedHashMap<>();
        options.put("unroll", unroll(data));
        options.put("batch", batch(data));
        options.put("loss-at", loss(data).at() == Loss.At.LAST ? "last" : "every");
        options.put("reduction", reduction);
        options.put("tbptt", truncation().equals(Truncation.NONE) ? null : tbptt);
        return options;
    }
}
