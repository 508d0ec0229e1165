package org.bptt4j.bptt;

import java.util.Arrays;
import java.util.List;
import org.bptt4j.backend.Backend;
import org.bptt4j.backend.Ints;
import org.bptt4j.backend.Matrix;
import org.bptt4j.backend.Weighting;
import org.bptt4j.data.Batch;
import org.bptt4j.spec.Loss;
import org.bptt4j.spec.Sizes;

/**
 * The targets of one batch: checked and counted for each segment when it is loaded, and on the device for one window at a time.
 *
 * <p>At every step they are [steps·B] as given. At the last step they are those of the rows that end in the window, in the order
 * of {@link RowEnds}.
 */
final class Targets {
    /** Weights between this and its inverse are uploaded as they are; 2³¹ of them have a sum that is far from the ends of a float's range. */
    private static final float SMALL = 0x1p-60f;

    private final Backend backend;
    private final Loss loss;
    private final int outputSize;
    private final Buffers buffers;
    private final Staging staging;
    private final RowEnds ends;
    private final Buffers.Slot classSlot;
    private final Buffers.Slot valueSlot;
    private final Buffers.Slot weightSlot;
    private final Buffers.Slot outputWeightSlot;
    /** What 1 stands for in the outputs' weights on the device. */
    private final double outputUnit;
    /** The same of the loss weights of the batch that was checked last. */
    private double rowUnit = 1;

    private int batch;
    private boolean weighted;
    /** Targets of the longest window. */
    private long count;

    Targets(Backend backend, Loss loss, int outputSize, RowEnds ends, Buffers buffers, Staging staging) {
        this.backend = backend;
        this.loss = loss;
        this.outputSize = outputSize;
        this.ends = ends;
        this.buffers = buffers;
        this.staging = staging;
        this.classSlot = buffers.twoSidedSlot();
        this.valueSlot = buffers.twoSidedSlot();
        this.weightSlot = buffers.twoSidedSlot();
        this.outputWeightSlot = buffers.slot();
        // Those of a binary cross-entropy weight one of two terms only.
        this.outputUnit = loss.takesClasses() ? unit(largest(loss)) : 1;
    }

    private static float largest(Loss loss) {
        float largest = 0;
        for (double weight : loss.weights()) {
            largest = Math.max(largest, (float) weight);
        }
        return largest;
    }

    /** The power of two at or below {@code largest}, or 1 if that is of an ordinary size. */
    private static double unit(float largest) {
        return largest == 0 || largest >= SMALL && largest <= 1 / SMALL
                ? 1
                : Math.scalb(1.0, Math.getExponent((double) largest));
    }

    private boolean atEveryStep() {
        return loss.at() == Loss.At.EVERY;
    }

    private boolean areClasses() {
        return loss.takesClasses();
    }

    // ---- a whole batch ----------------------------------------------------------------------------------------------

    /** Refuses a batch whose targets are not those that the loss needs; {@code valid} becomes what each segment has. */
    void check(Batch next, List<Segment> segments, TargetCounts valid) {
        int cells = atEveryStep() ? next.steps() * next.rows() : next.rows();
        requireTargets(next, cells);
        if (next.lossWeights() != null && next.lossWeights().length != cells) {
            throw new IllegalArgumentException("the loss needs " + cells + " loss weights "
                    + (atEveryStep() ? "[T,B]" : "[B]") + ", the batch has " + next.lossWeights().length);
        }
        valid.clear(segments.size());
        for (int s = 0; s < segments.size(); s++) {
            if (atEveryStep()) {
                countSteps(next, segments.get(s), s, valid);
            } else {
                countRows(next, segments.get(s), s, valid);
            }
        }
        rowUnit = next.lossWeights() == null ? 1 : unit(largestWeight(next, cells));
        valid.setUnit(rowUnit * outputUnit);
        if (Float.isInfinite((float) valid.unit()) && loss.reduction() == Loss.Reduction.SUM) {
            throw new IllegalArgumentException(
                    "loss weights and the weights of classes multiply to more than a float holds, " + valid.unit()
                            + ": use smaller ones, or a mean, which divides by them");
        }
        for (int s = 0; s < segments.size(); s++) {
            requireSum(segments.get(s), valid.weight(s) / valid.unit());
        }
    }

    /** Of those that are looked at. */
    private float largestWeight(Batch next, int cells) {
        float largest = 0;
        for (int i = 0; i < cells; i++) {
            if (!(atEveryStep() && next.isPadding(i))) {
                largest = Math.max(largest, next.lossWeights()[i]);
            }
        }
        return largest;
    }

    /** A mean divides by the sum of the weights: where some are 10³⁸ times others, the inverse of a sum may be no float. */
    private void requireSum(Segment segment, double sum) {
        if (sum > 0 && Float.isInfinite((float) (1 / sum))) {
            throw new IllegalArgumentException(
                    "the loss weights in steps " + segment.start() + " to " + (segment.end() - 1)
                            + " are too small beside the largest, by which all are divided: leave them 0, or nearer to the others");
        }
    }

    private void requireTargets(Batch next, int cells) {
        int length = areClasses()
                ? next.classes() == null ? -1 : next.classes().length
                : next.values() == null ? -1 : next.values().length;
        long needed = areClasses() ? cells : (long) cells * outputSize;
        if (length != needed) {
            String shape = (atEveryStep() ? "[T,B" : "[B") + (areClasses() ? "]" : ",O]");
            throw new IllegalArgumentException(lossName() + " needs " + needed + (areClasses() ? " class" : " value")
                    + " targets " + shape + ", the batch has "
                    + (length < 0 ? wrongKind(next) : length + placed(next, length)));
        }
    }

    private String lossName() {
        return switch (loss.kind()) {
            case CROSS_ENTROPY -> "a cross-entropy (Loss.crossEntropy)";
            case MSE -> "a squared error (Loss.mse)";
            case BCE -> "a binary cross-entropy (Loss.bce)";
        };
    }

    private String wrongKind(Batch next) {
        String give = areClasses()
                ? ": give class numbers with Batch.withTargets(int[])"
                : ": give values with Batch.withTargets(float[])";
        if (next.classes() == null && next.values() == null) {
            return "none" + give;
        }
        return areClasses()
                ? next.values().length + " values" + give + ", or take a loss of values, Loss.mse or Loss.bce"
                : next.classes().length + " class numbers" + give + ", or take the loss of classes, Loss.crossEntropy";
    }

    /** Says so where the targets are as many as a loss at the other place needs. */
    private String placed(Batch next, int length) {
        long cells = atEveryStep() ? next.rows() : (long) next.steps() * next.rows();
        return length == cells * (areClasses() ? 1 : outputSize)
                ? ", as many as a loss "
                        + (atEveryStep()
                                ? "at the last step needs: see Loss.atLastStep"
                                : "at every step needs: see Loss.at")
                : "";
    }

    private void countSteps(Batch next, Segment segment, int s, TargetCounts valid) {
        for (int i = segment.start() * next.rows(); i < segment.end() * next.rows(); i++) {
            if (!next.isPadding(i)) {
                count(next, i, s, valid);
            }
        }
    }

    private void countRows(Batch next, Segment segment, int s, TargetCounts valid) {
        for (int b = 0; b < next.rows(); b++) {
            int last = next.length(b) - 1;
            if (last >= segment.start() && last < segment.end()) {
                count(next, b, s, valid);
            }
        }
    }

    private void count(Batch next, int i, int s, TargetCounts valid) {
        float weight = next.lossWeights() == null ? 1f : next.lossWeights()[i];
        if (!(weight >= 0) || weight == Float.POSITIVE_INFINITY) {
            throw new IllegalArgumentException(
                    "loss weight " + weight + at(next, i) + ": must be a finite number of at least 0");
        }
        if (weight > 0 && isValid(next, i)) {
            valid.add(s, weight * outputWeight(next, i));
        }
    }

    /** The weight of target {@code i}'s class, in double because a mean divides by the sum. */
    private double outputWeight(Batch next, int i) {
        return areClasses() && !loss.weights().isEmpty()
                ? loss.weights().get(next.classes()[i]).floatValue()
                : 1;
    }

    /** Whether target {@code i} is one, after a look at its value. */
    private boolean isValid(Batch next, int i) {
        if (areClasses()) {
            int c = next.classes()[i];
            if (c != loss.ignoreIndex() && (c < 0 || c >= outputSize)) {
                throw new IllegalArgumentException("class target " + c + at(next, i) + ": must be 0 … "
                        + (outputSize - 1) + " or the ignore index " + loss.ignoreIndex());
            }
            return c != loss.ignoreIndex();
        }
        for (int o = 0; o < outputSize; o++) {
            float v = next.values()[i * outputSize + o];
            boolean fits = loss.kind() == Loss.Kind.BCE ? v >= 0 && v <= 1 : Float.isFinite(v);
            if (!fits) {
                throw new IllegalArgumentException("value target " + v + at(next, i) + ", output " + o + ": must be "
                        + (loss.kind() == Loss.Kind.BCE ? "0 … 1" : "finite"));
            }
        }
        return true;
    }

    private String at(Batch next, int i) {
        return atEveryStep() ? " at step " + i / next.rows() + ", row " + i % next.rows() : " of row " + i;
    }

    // ---- a window ---------------------------------------------------------------------------------------------------

    /** Makes room for windows of {@code steps} steps of batches of this one's shape. */
    void resize(int steps, Batch shape) {
        batch = shape.rows();
        weighted = shape.lossWeights() != null;
        count = atEveryStep() ? (long) steps * batch : batch;
        if (areClasses()) {
            classSlot.ints(count);
        } else {
            valueSlot.floats(count * outputSize);
        }
        if (weighted) {
            weightSlot.floats(count);
        }
        if (!loss.weights().isEmpty()) {
            float[] weights = staging.floats(outputSize);
            for (int o = 0; o < outputSize; o++) {
                weights[o] = (float) (loss.weights().get(o).floatValue() / outputUnit);
            }
            backend.upload(weights, 0, outputSize, outputWeightSlot.floats(outputSize), 0);
        }
    }

    /** Bytes of the targets of one step, or for a loss at the last step of all. */
    long bytes(Batch shape) {
        int weights = shape.lossWeights() == null ? 0 : 1;
        return Sizes.product(Float.BYTES, shape.rows(), (areClasses() ? 1L : outputSize) + weights);
    }

    /** Bytes that do not depend on the batch. */
    long fixedBytes() {
        return (long) Float.BYTES * loss.weights().size();
    }

    /** Uploads the targets of a window, with padding turned into "no target"; after {@link RowEnds#upload}. */
    void upload(Batch from, Window window) {
        int n = atEveryStep() ? window.steps() * from.rows() : ends.count();
        if (n > 0) {
            boolean asTheyAre = atEveryStep() && from.lengths() == null && from.lossWeights() == null;
            int first = window.from() * from.rows();
            if (areClasses()) {
                int[] targets = asTheyAre ? from.classes() : sortedClasses(from, first, n);
                backend.upload(targets, asTheyAre ? first : 0, n, classSlot.ints(count), 0);
            } else {
                float[] targets = asTheyAre ? from.values() : sortedValues(from, first, n);
                int start = asTheyAre ? first * outputSize : 0;
                backend.upload(targets, start, n * outputSize, valueSlot.floats(count * outputSize), 0);
            }
            if (from.lossWeights() != null) {
                backend.upload(sortedWeights(from, first, n), 0, n, weightSlot.floats(count), 0);
            }
        }
    }

    /** The number, among the batch's targets, of the {@code i}-th of a window. */
    private int source(int first, int i) {
        return atEveryStep() ? first + i : ends.row(i);
    }

    /** Whether nothing is compared there: padding, or a weight of 0. */
    private boolean isNone(Batch from, int source) {
        return atEveryStep() && from.isPadding(source) || from.lossWeights() != null && from.lossWeights()[source] == 0;
    }

    private float[] sortedWeights(Batch from, int first, int n) {
        float[] sorted = staging.floats(n);
        for (int i = 0; i < n; i++) {
            int source = source(first, i);
            sorted[i] = isNone(from, source) ? 0f : (float) (from.lossWeights()[source] / rowUnit);
        }
        return sorted;
    }

    private int[] sortedClasses(Batch from, int first, int n) {
        int[] sorted = staging.ints(n);
        for (int i = 0; i < n; i++) {
            int source = source(first, i);
            sorted[i] = isNone(from, source) ? loss.ignoreIndex() : from.classes()[source];
        }
        return sorted;
    }

    private float[] sortedValues(Batch from, int first, int n) {
        float[] sorted = staging.floats(n * outputSize);
        for (int i = 0; i < n; i++) {
            int source = source(first, i);
            if (isNone(from, source)) {
                Arrays.fill(sorted, i * outputSize, (i + 1) * outputSize, Float.NaN);
            } else {
                System.arraycopy(from.values(), source * outputSize, sorted, i * outputSize, outputSize);
            }
        }
        return sorted;
    }

    private long first(Stretch stretch) {
        return atEveryStep() ? (long) stretch.ownFrom() * batch : ends.first(stretch);
    }

    /** Number of output rows that a stretch compares. */
    int count(Stretch stretch) {
        return atEveryStep() ? stretch.ownSteps() * batch : ends.count(stretch);
    }

    /** A view of the class targets of a stretch, or null for a loss of values. */
    Ints classes(Stretch stretch) {
        return areClasses() ? classSlot.view(count).slice(first(stretch), count(stretch)) : null;
    }

    /** A view of the value targets of a stretch, [count, O], or null for a loss of classes. */
    Matrix values(Stretch stretch) {
        return areClasses() ? null : valueSlot.matrix(count, outputSize).rows(first(stretch), count(stretch));
    }

    /** What multiplies the terms of a stretch. */
    Weighting weighting(Stretch stretch) {
        if (!weighted && loss.weights().isEmpty() && loss.smoothing() == 0) {
            return Weighting.NONE;
        }
        Matrix rows = weighted ? weightSlot.matrix(count, 1).rows(first(stretch), count(stretch)) : null;
        Matrix outputs = loss.weights().isEmpty() ? null : outputWeightSlot.matrix(1, outputSize);
        return new Weighting(rows, outputs, (float) loss.smoothing());
    }
}
