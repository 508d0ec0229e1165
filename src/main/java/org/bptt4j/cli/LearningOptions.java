package org.bptt4j.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.DoubleFunction;
import java.util.function.LongFunction;
import org.bptt4j.spec.Count;
import org.bptt4j.spec.LearningRateSchedule;
import org.bptt4j.spec.Optimizer;
import picocli.CommandLine.Option;

/** How gradients become updates. */
final class LearningOptions {
    private static final double MOMENTUM = 0.9;
    private static final int STAGES = 3;
    /** Of some 20 validations in a run: the schedule's small rates, at its end, often help a loss that stood still before. */
    private static final long PATIENCE = 10;

    private static final double STAGE_FACTOR = 0.1;

    private static final Map<String, DoubleFunction<Optimizer>> OPTIMIZERS = new TreeMap<>(Map.of(
            "sgd", Optimizer::sgd,
            "momentum", rate -> Optimizer.momentum(rate, MOMENTUM),
            "rmsprop", Optimizer::rmsprop,
            "adam", Optimizer::adam,
            "adamw", Optimizer::adamw));
    private static final Map<String, LongFunction<LearningRateSchedule>> SCHEDULES = new TreeMap<>(Map.of(
            "constant", updates -> LearningRateSchedule.CONSTANT,
            "cosine", LearningRateSchedule::cosine,
            "step", updates -> LearningRateSchedule.step((updates - 1) / STAGES + 1, STAGE_FACTOR)));

    @Option(
            names = "--optimizer",
            converter = Values.Name.class,
            paramLabel = "NAME",
            description = "One of sgd, momentum (0.9), rmsprop, adam or adamw (weight decay 0.01)"
                    + " (default: ${bundle:default.optimizer}).")
    private String optimizer;

    @Option(names = "--lr", paramLabel = "RATE", description = "Learning rate (default: ${bundle:default.lr}).")
    private Double rate;

    @Option(
            names = "--lr-schedule",
            converter = Values.Name.class,
            paramLabel = "NAME",
            description =
                    "How the rate changes: constant, cosine (down to 0 at the end) or step (a tenth after each third)"
                            + " (default: ${bundle:default.lr-schedule}).")
    private String schedule;

    @Option(
            names = "--epochs",
            paramLabel = "N",
            description = "Passes over the training data; of a task, 100 batches each"
                    + " (default: ${bundle:default.epochs}; none where --steps is given).")
    private Long epochs;

    @Option(
            names = "--steps",
            paramLabel = "N",
            description =
                    "Updates, rounded up to whole batches; with --epochs, whichever ends first. With --resume, those of the"
                            + " whole run, whatever its epochs: cosine and step then become the schedules of so many.")
    private Long steps;

    @Option(
            names = "--seed",
            paramLabel = "S",
            description = "Seed of all random numbers (default: 1).",
            defaultValue = "1")
    private long seed;

    @Option(
            names = "--patience",
            paramLabel = "N",
            description = "End after N validations in a row none of which was better than the best (default: "
                    + PATIENCE + " where neither" + " --steps nor --epochs is given, and never for a --task).")
    private Long patience;

    /** Validations without a better one after which a run ends; 0 for never. */
    long patience(boolean task) {
        if (patience != null) {
            return Require.atLeast(1, patience, "--patience");
        }
        return steps == null && epochs == null && !task ? PATIENCE : 0;
    }

    Optimizer optimizer(Defaults defaults) {
        double value = Require.positive(rate == null ? defaults.rate() : rate, "--lr");
        DoubleFunction<Optimizer> chosen =
                Names.choose("--optimizer", name(optimizer, defaults.optimizer()), OPTIMIZERS);
        try {
            return chosen.apply(value);
        } catch (IllegalArgumentException e) {
            throw Require.refused("--lr", value, e);
        }
    }

    LearningRateSchedule schedule(Defaults defaults, long updates) {
        return Names.choose("--lr-schedule", name(schedule, defaults.schedule()), SCHEDULES)
                .apply(updates);
    }

    private static String name(String given, String otherwise) {
        return given == null ? otherwise : given;
    }

    /** Updates of the whole run. */
    long updates(Defaults defaults, long updatesPerEpoch) {
        long asked = steps == null ? Long.MAX_VALUE : Require.atLeast(1, steps, "--steps");
        if (epochs == null && steps != null) {
            return asked;
        }
        long passes = Require.atLeast(1, epochs == null ? defaults.epochs() : epochs, "--epochs");
        // Of so many passes that their updates cannot be counted nobody will see the end.
        return passes > Long.MAX_VALUE / updatesPerEpoch ? asked : Math.min(asked, passes * updatesPerEpoch);
    }

    long seed() {
        return seed;
    }

    /** The resolved options by name, for run.json. */
    Map<String, Object> describe(Defaults defaults, boolean task) {
        Map<String, Object> options = new LinkedHashMap<>();
        options.put("optimizer", name(optimizer, defaults.optimizer()));
        options.put("lr", optimizer(defaults).learningRate());
        options.put("lr-schedule", name(schedule, defaults.schedule()));
        options.put("epochs", epochs == null && steps == null ? Long.valueOf(defaults.epochs()) : epochs);
        options.put("steps", steps);
        options.put("patience", patience(task) == 0 ? null : patience(task));
        options.put("seed", seed);
        return options;
    }

    /** The same in a few words; {@code updates} of the whole run. */
    String words(Defaults defaults, long updates) {
        boolean passes = steps == null;
        long count = epochs == null ? defaults.epochs() : epochs;
        return name(optimizer, defaults.optimizer()) + ", lr "
                + Figures.brief(optimizer(defaults).learningRate()) + ", " + name(schedule, defaults.schedule()) + "; "
                + (passes ? Count.of(count, "epoch") + " = " : "") + Count.of(updates, "update");
    }
}
