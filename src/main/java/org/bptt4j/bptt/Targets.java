package org.bptt4j.bptt;

import java.util.Arrays;
import java.util.List;
import org.bptt4j.backend.Backend;
import org.bptt4j.backend.Ints;
import org.bptt4j.backend.Matrix;
import org.bptt4j.data.Batch;
import org.bptt4j.spec.Loss;

/**
 * The targets of one batch: checked and counted for each segment when it is loaded, and on the device for one window at a time.
 *
 * <p>At every step they are [steps·B] as given. At the last step they are those of the rows that end in the window, in the order
 * of {@link RowEnds}.
 */
final class Targets {
    private final Backend backend;
    private final Loss loss;
    private final int outputSize;
    private final Buffers buffers;
    private final Staging staging;
    private final RowEnds ends;
    private final Buffers.Slot classSlot;
    private final Buffers.Slot valueSlot;
    private int batch;
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
    }

    private boolean atEveryStep() {
        return loss.at() == Loss.At.EVERY;
    }

    private boolean areClasses() {
        return loss.kind() == Loss.Kind.CROSS_ENTROPY;
    }

    // ---- a whole batch ----------------------------------------------------------------------------------------------

    /** Refuses a batch whose targets are not those that the loss needs; {@code valid} becomes how many each segment has. */
    void check(Batch next, List<Segment> segments, long[] valid) {
        requireTargets(next, atEveryStep() ? Math.multiplyExact(next.steps(), next.rows()) : next.rows());
        for (int s = 0; s < segments.size(); s++) {
            valid[s] = atEveryStep() ? validSteps(next, segments.get(s)) : validRows(next, segments.get(s));
        }
    }

    private void requireTargets(Batch next, int cells) {
        int length = areClasses()
                ? next.classes() == null ? -1 : next.classes().length
                : next.values() == null ? -1 : next.values().length;
        long needed = areClasses() ? cells : (long) cells * outputSize;
        if (length != needed) {
            String shape = (atEveryStep() ? "[T,B" : "[B") + (areClasses() ? "]" : ",O]");
            throw new IllegalArgumentException("the loss needs " + needed + (areClasses() ? " class" : " value")
                    + " targets " + shape + ", the batch has " + (length < 0 ? "none of that kind" : length));
        }
    }

    private long validSteps(Batch next, Segment segment) {
        long n = 0;
        for (int i = segment.start() * next.rows(); i < segment.end() * next.rows(); i++) {
            n += !next.isPadding(i) && isValid(next, i) ? 1 : 0;
        }
        return n;
    }

    private long validRows(Batch next, Segment segment) {
        long n = 0;
        for (int b = 0; b < next.rows(); b++) {
            int last = next.length(b) - 1;
            n += last >= segment.start() && last < segment.end() && isValid(next, b) ? 1 : 0;
        }
        return n;
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
            if (!Float.isFinite(v)) {
                throw new IllegalArgumentException(
                        "value target " + v + at(next, i) + ", output " + o + ": must be finite");
            }
        }
        return true;
    }

    private String at(Batch next, int i) {
        return atEveryStep() ? " at step " + i / next.rows() + ", row " + i % next.rows() : " of row " + i;
    }

    // ---- a window ---------------------------------------------------------------------------------------------------

    /** Makes room for windows of {@code steps} steps of {@code rows} rows. */
    void resize(int steps, int rows) {
        batch = rows;
        count = atEveryStep() ? (long) steps * rows : rows;
        if (areClasses()) {
            classSlot.ints(count);
        } else {
            valueSlot.floats(count * outputSize);
        }
    }

    /** Bytes of {@code n} targets. */
    long bytes(long n) {
        return n * Float.BYTES * (areClasses() ? 1 : outputSize);
    }

    /** Uploads the targets of a window, with padding turned into "no target"; after {@link RowEnds#upload}. */
    void upload(Batch from, Window window) {
        int n = atEveryStep() ? window.steps() * from.rows() : ends.count();
        if (n > 0) {
            boolean asTheyAre = atEveryStep() && from.lengths() == null;
            int first = window.from() * from.rows();
            if (areClasses()) {
                int[] targets = asTheyAre ? from.classes() : sortedClasses(from, first, n);
                backend.upload(targets, asTheyAre ? first : 0, n, classSlot.ints(count), 0);
            } else {
                float[] targets = asTheyAre ? from.values() : sortedValues(from, first, n);
                int start = asTheyAre ? first * outputSize : 0;
                backend.upload(targets, start, n * outputSize, valueSlot.floats(count * outputSize), 0);
            }
        }
    }

    private int[] sortedClasses(Batch from, int first, int n) {
        int[] sorted = staging.ints(n);
        for (int i = 0; i < n; i++) {
            int source = atEveryStep() ? first + i : ends.row(i);
            sorted[i] = atEveryStep() && from.isPadding(source) ? loss.ignoreIndex() : from.classes()[source];
        }
        return sorted;
    }

    private float[] sortedValues(Batch from, int first, int n) {
        float[] sorted = staging.floats(n * outputSize);
        for (int i = 0; i < n; i++) {
            int source = atEveryStep() ? first + i : ends.row(i);
            if (atEveryStep() && from.isPadding(source)) {
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
}
