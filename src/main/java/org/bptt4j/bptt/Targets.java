package org.bptt4j.bptt;

import java.util.List;
import org.bptt4j.backend.Backend;
import org.bptt4j.backend.Ints;
import org.bptt4j.backend.Matrix;
import org.bptt4j.data.Batch;
import org.bptt4j.spec.Loss;

/**
 * The targets of one batch on the device, in the order in which the segments ask for them, and how many are valid.
 *
 * <p>At every step they are [T·B] as given. At the last step they are [B], ordered by the segment in which each row ends; the
 * rows of that segment's states that they belong to lie beside them.
 */
final class Targets {
    private final Backend backend;
    private final Loss loss;
    private final int outputSize;
    private final Buffers buffers;
    private final Staging staging;
    private final Buffers.Slot classSlot;
    private final Buffers.Slot valueSlot;
    private final Buffers.Slot rowSlot;
    private final Side[] sides = {new Side(), new Side()};

    /** What is known of the targets of one batch. */
    private static final class Side {
        /** Where the targets of each segment begin, and where those of the last end. */
        private int[] offset = new int[1];
        /** Valid targets of each segment. */
        private long[] valid = new long[0];
        /** For a loss at the last step: the row of the batch that each target belongs to. */
        private int[] order = new int[0];
    }

    Targets(Backend backend, Loss loss, int outputSize, Buffers buffers, Staging staging) {
        this.backend = backend;
        this.loss = loss;
        this.outputSize = outputSize;
        this.buffers = buffers;
        this.staging = staging;
        this.classSlot = buffers.twoSidedSlot();
        this.valueSlot = buffers.twoSidedSlot();
        this.rowSlot = buffers.twoSidedSlot();
    }

    private Side here() {
        return sides[buffers.side()];
    }

    private boolean atEveryStep() {
        return loss.at() == Loss.At.EVERY;
    }

    /** Uploads the batch's targets, checked, with padding turned into "no target". */
    void load(Batch batch, List<Segment> segments) {
        requireTargets(batch, atEveryStep() ? Math.multiplyExact(batch.steps(), batch.rows()) : batch.rows());
        if (here().valid.length != segments.size()) {
            here().valid = new long[segments.size()];
            here().offset = new int[segments.size() + 1];
            buffers.reshape();
        }
        if (atEveryStep()) {
            for (int s = 0; s < segments.size(); s++) {
                endSegment(s, segments.get(s).end() * batch.rows());
            }
        } else {
            loadLastRows(batch, segments);
        }
        if (loss.kind() == Loss.Kind.CROSS_ENTROPY) {
            loadClasses(batch);
        } else {
            loadValues(batch);
        }
    }

    private void requireTargets(Batch batch, int cells) {
        boolean classKind = loss.kind() == Loss.Kind.CROSS_ENTROPY;
        int length = classKind
                ? batch.classes() == null ? -1 : batch.classes().length
                : batch.values() == null ? -1 : batch.values().length;
        long needed = classKind ? cells : (long) cells * outputSize;
        if (length != needed) {
            String shape = (atEveryStep() ? "[T,B" : "[B") + (classKind ? "]" : ",O]");
            throw new IllegalArgumentException("the loss needs " + needed + (classKind ? " class" : " value")
                    + " targets " + shape + ", the batch has " + (length < 0 ? "none of that kind" : length));
        }
    }

    /** The targets of segment {@code s} end before {@code next}. */
    private void endSegment(int s, int next) {
        if (here().offset[s + 1] != next) {
            here().offset[s + 1] = next;
            buffers.reshape();
        }
    }

    private void loadLastRows(Batch batch, List<Segment> segments) {
        int[] rows = staging.ints(batch.rows());
        if (here().order.length < batch.rows()) {
            here().order = new int[batch.rows()];
        }
        int next = 0;
        for (int s = 0; s < segments.size(); s++) {
            Segment segment = segments.get(s);
            for (int b = 0; b < batch.rows(); b++) {
                int last = batch.length(b) - 1;
                if (last >= segment.start() && last < segment.end()) {
                    rows[next] = (last - segment.start()) * batch.rows() + b;
                    here().order[next++] = b;
                }
            }
            endSegment(s, next);
        }
        backend.upload(rows, 0, next, rowSlot.ints(next), 0);
    }

    /** Where the batch has the {@code i}-th target. */
    private int source(int i) {
        return atEveryStep() ? i : here().order[i];
    }

    private void loadClasses(Batch batch) {
        int[] offset = here().offset;
        long[] valid = here().valid;
        int count = offset[valid.length];
        int[] sorted = staging.ints(count);
        for (int s = 0; s < valid.length; s++) {
            valid[s] = 0;
            for (int i = offset[s]; i < offset[s + 1]; i++) {
                int source = source(i);
                int c = atEveryStep() && batch.isPadding(source) ? loss.ignoreIndex() : batch.classes()[source];
                if (c != loss.ignoreIndex()) {
                    if (c < 0 || c >= outputSize) {
                        throw new IllegalArgumentException("class target " + c + at(batch, source) + ": must be 0 … "
                                + (outputSize - 1) + " or the ignore index " + loss.ignoreIndex());
                    }
                    valid[s]++;
                }
                sorted[i] = c;
            }
        }
        backend.upload(sorted, 0, count, classSlot.ints(count), 0);
    }

    private void loadValues(Batch batch) {
        int[] offset = here().offset;
        long[] valid = here().valid;
        int count = offset[valid.length] * outputSize;
        float[] sorted = staging.floats(count);
        for (int s = 0; s < valid.length; s++) {
            valid[s] = 0;
            for (int i = offset[s]; i < offset[s + 1]; i++) {
                int source = source(i);
                boolean padding = atEveryStep() && batch.isPadding(source);
                for (int o = 0; o < outputSize; o++) {
                    float v = padding ? Float.NaN : batch.values()[source * outputSize + o];
                    if (!padding && !Float.isFinite(v)) {
                        throw new IllegalArgumentException(
                                "value target " + v + at(batch, source) + ", output " + o + ": must be finite");
                    }
                    sorted[i * outputSize + o] = v;
                }
                valid[s] += padding ? 0 : 1;
            }
        }
        backend.upload(sorted, 0, count, valueSlot.floats(count), 0);
    }

    private String at(Batch batch, int source) {
        return atEveryStep()
                ? " at step " + source / batch.rows() + ", row " + source % batch.rows()
                : " of row " + source;
    }

    /** Valid targets of segment {@code s}. */
    long valid(int s) {
        return here().valid[s];
    }

    /** Valid targets of the whole batch. */
    long valid() {
        long sum = 0;
        for (long v : here().valid) {
            sum += v;
        }
        return sum;
    }

    /** Number of output rows that segment {@code s} compares. */
    int count(int s) {
        int[] offset = here().offset;
        return offset[s + 1] - offset[s];
    }

    /** A view of the class targets of segment {@code s}, or null for a loss of values. */
    Ints classes(int s) {
        int[] offset = here().offset;
        return loss.kind() == Loss.Kind.CROSS_ENTROPY
                ? classSlot.view(offset[s + 1]).slice(offset[s], count(s))
                : null;
    }

    /** A view of the value targets of segment {@code s}, [count, O], or null for a loss of classes. */
    Matrix values(int s) {
        int[] offset = here().offset;
        return loss.kind() == Loss.Kind.MSE
                ? valueSlot.matrix(offset[s + 1], outputSize).rows(offset[s], count(s))
                : null;
    }

    /** For a loss at the last step: which of segment {@code s}'s rows [steps·B, H] are compared, else null. */
    Ints lastRows(int s) {
        int[] offset = here().offset;
        return atEveryStep() ? null : rowSlot.view(offset[s + 1]).slice(offset[s], count(s));
    }
}
