package org.bptt4j.cli;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bptt4j.bptt.MemoryPlan;
import org.bptt4j.io.DecimalNumber;
import org.bptt4j.spec.Clipping;
import org.bptt4j.spec.Loss;
import org.bptt4j.spec.Truncation;
import picocli.CommandLine.Option;

/** How a loss and its gradient are taken: a mixin for the commands that sweep back through time. */
final class SweepOptions {
    private static final Pattern SIZE = Pattern.compile("(\\d+) ?(?:([KMGT])(?:iB)?)?", Pattern.CASE_INSENSITIVE);
    private static final String UNITS = "KMGT";
    private static final Pattern TWO_NUMBERS = Pattern.compile("(\\d{1,9}),(\\d{1,9})");

    @Option(
            names = "--loss-at",
            paramLabel = "WHERE",
            description = "Where the targets are: every (step) or last (default: every).")
    private String lossAt;

    @Option(
            names = "--reduction",
            paramLabel = "HOW",
            description = "What is taken of the terms, mean or sum (default: mean).")
    private String reduction;

    @Option(
            names = "--class-weights",
            paramLabel = "A,B,...",
            description = "Of a cross-entropy: what each class counts; a mean divides by the targets' weights.")
    private String classWeights;

    @Option(
            names = "--label-smoothing",
            paramLabel = "X",
            description = "Of a cross-entropy: this much of each target, 0 ... 1, is spread over all classes.")
    private Double labelSmoothing;

    @Option(
            names = "--tbptt",
            paramLabel = "K1,K2",
            description = "Truncation: sweep back every K1 steps, over K2 steps (default: none).")
    private String tbptt;

    @Option(
            names = "--memory",
            paramLabel = "SIZE",
            description = "Bytes for all that grows with a batch, such as 512MiB; what does not fit is computed again"
                    + " (default: no limit).")
    private String memory;

    @Option(
            names = "--clip-norm",
            paramLabel = "X",
            description = "Clip gradients to a global norm of X (default in training: 1).")
    private Double clipNorm;

    @Option(names = "--clip-value", paramLabel = "V", description = "Clip each element of the gradients to -V ... V.")
    private Double clipValue;

    /** {@code loss} of so many outputs with what was given; its own place and reduction where they were not. */
    Loss applyTo(Loss loss, int outputs) {
        Loss placed = lossAt == null ? loss : loss.at(Names.parse("--loss-at", lossAt, Loss.At.class));
        Loss reduced = reduction == null
                ? placed
                : placed.reduced(Names.parse("--reduction", reduction, Loss.Reduction.class));
        Loss weighted = classWeights == null
                ? reduced
                : weighted(ofClasses(reduced, "--class-weights"), "--class-weights", classWeights, outputs);
        if (labelSmoothing == null) {
            return weighted;
        }
        if (!(labelSmoothing >= 0 && labelSmoothing <= 1)) {
            throw new UsageException("--label-smoothing " + labelSmoothing + ": must be a number, 0 ... 1");
        }
        return ofClasses(weighted, "--label-smoothing").smoothed(labelSmoothing);
    }

    private static Loss ofClasses(Loss loss, String option) {
        if (!loss.takesClasses()) {
            throw new UsageException(option + ": only a cross-entropy has classes, the loss is " + Names.of(loss.kind())
                    + "; leave it out");
        }
        return loss;
    }

    /** {@code loss} with a list of weights for so many outputs. */
    static Loss weighted(Loss loss, String option, String list, int outputs) {
        String[] words = list.split(",", -1);
        double[] weights = new double[words.length];
        for (int i = 0; i < words.length; i++) {
            try {
                weights[i] = DecimalNumber.parse(words[i].strip());
            } catch (NumberFormatException e) {
                throw new UsageException(option + " '" + list + "': '" + words[i]
                        + "' is no number; must be one for each output, such as 1,0.5,2");
            }
        }
        if (loss.takesClasses() && Arrays.stream(weights).noneMatch(w -> w > 0)) {
            throw new UsageException(option + " '" + list + "': no class counts; give at least one a weight above 0");
        }
        try {
            Loss weighted = loss.weighted(weights);
            weighted.requireOutputs(outputs);
            return weighted;
        } catch (IllegalArgumentException e) {
            throw new UsageException(option + " '" + list + "': " + e.getMessage());
        }
    }

    /** The truncation that was given, or none. */
    Truncation truncation() {
        if (tbptt == null) {
            return Truncation.NONE;
        }
        Matcher m = TWO_NUMBERS.matcher(tbptt);
        int k1 = m.matches() ? Integer.parseInt(m.group(1)) : 0;
        int k2 = m.matches() ? Integer.parseInt(m.group(2)) : 0;
        if (k1 < 1 || k2 < 1) {
            throw new UsageException(
                    "--tbptt '" + tbptt + "': must be K1,K2, two whole numbers of at least 1, such as 35,35");
        }
        return new Truncation(k1, k2);
    }

    /** The memory budget in bytes, or {@link MemoryPlan#UNLIMITED}. */
    long memory() {
        if (memory == null) {
            return MemoryPlan.UNLIMITED;
        }
        Matcher m = SIZE.matcher(memory);
        try {
            long number = m.matches() ? Long.parseLong(m.group(1)) : 0;
            int unit = number == 0 || m.group(2) == null
                    ? 0
                    : 1 + UNITS.indexOf(Character.toUpperCase(m.group(2).charAt(0)));
            if (number > 0) {
                return Math.multiplyExact(number, 1L << 10 * unit);
            }
        } catch (ArithmeticException | NumberFormatException e) {
            // The same message as for what is no size at all.
        }
        throw new UsageException("--memory '" + memory
                + "': must be a number of bytes of at least 1, or one with KiB, MiB, GiB or TiB, such as 512MiB");
    }

    /** Where the targets were said to be, or null. */
    String lossAt() {
        return lossAt;
    }

    /** The clipping that was given, or {@code otherwise}. */
    Clipping clipping(Clipping otherwise) {
        if (clipNorm != null && clipValue != null) {
            throw new UsageException("--clip-norm and --clip-value: only one of them can be given; leave one out");
        }
        if (clipNorm == null && clipValue == null) {
            return otherwise;
        }
        String option = clipNorm != null ? "--clip-norm" : "--clip-value";
        double limit = Require.notNegative(clipNorm != null ? clipNorm : clipValue, option);
        try {
            return clipNorm != null ? Clipping.norm(limit) : Clipping.value(limit);
        } catch (IllegalArgumentException e) {
            throw Require.refused(option, limit, e);
        }
    }

    /** The options with the values that are used, by name. */
    Map<String, Object> describe(Loss loss, Clipping clipping) {
        Map<String, Object> options = new LinkedHashMap<>();
        options.put("loss-at", Names.of(loss.at()));
        options.put("reduction", Names.of(loss.reduction()));
        options.put("class-weights", classWeights);
        options.put("label-smoothing", labelSmoothing);
        options.put("tbptt", tbptt);
        options.put("memory", memory);
        options.put("clip-norm", clipping.kind() == Clipping.Kind.NORM ? clipping.limit() : null);
        options.put("clip-value", clipping.kind() == Clipping.Kind.VALUE ? clipping.limit() : null);
        return options;
    }
}
