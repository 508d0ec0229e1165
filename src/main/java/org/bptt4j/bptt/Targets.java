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
    private final Buffers.Slot classSlot;
    private final Buffers.Slot valueSlot;
    private final Buffers.Slot rowSlot;
    private Ints classes;
    private Matrix values;
    private Ints lastRows;
    private int[] offset;
    private long[] valid;

    Targets(Backend backend, Loss loss, int outputSize, Buffers buffers) {
        this.backend = backend;
        this.loss = loss;
        this.outputSize = outputSize;
        this.classSlot = buffers.slot();
        this.valueSlot = buffers.slot();
        this.rowSlot = buffers.slot();
    }

    /** Uploads the batch's targets, checked, with padding turned into "no target". */
    void load(Batch batch, List<Segment> segments) {
        boolean every = loss.at() == Loss.At.EVERY;
        int cells = every ? Math.multiplyExact(batch.steps(), batch.rows()) : batch.rows();
        requireTargets(batch, cells);
        int[] order = new int[cells];
        offset = new int[segments.size() + 1];
        valid = new long[segments.size()];
        int[] rows = new int[every ? 0 : batch.rows()];
        int next = 0;
        for (int s = 0; s < segments.size(); s++) {
            Segment segment = segments.get(s);
            if (every) {
                for (int i = segment.start() * batch.rows(); i < segment.end() * batch.rows(); i++) {
                    order[next++] = i;
                }
            } else {
                for (int b = 0; b < batch.rows(); b++) {
                    int last = batch.length(b) - 1;
                    if (last >= segment.start() && last < segment.end()) {
                        rows[next] = (last - segment.start()) * batch.rows() + b;
                        order[next++] = b;
                    }
                }
            }
            offset[s + 1] = next;
        }
        if (!every) {
            lastRows = rowSlot.ints(rows.length);
            backend.upload(rows, 0, rows.length, lastRows.array(), 0);
        }
        if (loss.kind() == Loss.Kind.CROSS_ENTROPY) {
            uploadClasses(batch, order);
        } else {
            uploadValues(batch, order);
        }
    }

    private void requireTargets(Batch batch, int cells) {
        boolean classKind = loss.kind() == Loss.Kind.CROSS_ENTROPY;
        int length = classKind
                ? batch.classes() == null ? -1 : batch.classes().length
                : batch.values() == null ? -1 : batch.values().length;
        long needed = classKind ? cells : (long) cells * outputSize;
        if (length != needed) {
            String shape = (loss.at() == Loss.At.EVERY ? "[T,B" : "[B") + (classKind ? "]" : ",O]");
            throw new IllegalArgumentException("the loss needs " + needed + (classKind ? " class" : " value")
                    + " targets " + shape + ", the batch has " + (length < 0 ? "none of that kind" : length));
        }
    }

    private void uploadClasses(Batch batch, int[] order) {
        int[] sorted = new int[order.length];
        forCells(batch, order, (i, source, segment, padding) -> {
            int c = padding ? loss.ignoreIndex() : batch.classes()[source];
            if (c != loss.ignoreIndex()) {
                if (c < 0 || c >= outputSize) {
                    throw new IllegalArgumentException("class target " + c + at(batch, source) + ": must be 0 … "
                            + (outputSize - 1) + " or the ignore index " + loss.ignoreIndex());
                }
                valid[segment]++;
            }
            sorted[i] = c;
        });
        classes = classSlot.ints(sorted.length);
        backend.upload(sorted, 0, sorted.length, classes.array(), 0);
    }

    private void uploadValues(Batch batch, int[] order) {
        float[] sorted = new float[order.length * outputSize];
        forCells(batch, order, (i, source, segment, padding) -> {
            for (int o = 0; o < outputSize; o++) {
                float v = padding ? Float.NaN : batch.values()[source * outputSize + o];
                if (!padding && !Float.isFinite(v)) {
                    throw new IllegalArgumentException(
                            "value target " + v + at(batch, source) + ", output " + o + ": must be finite");
                }
                sorted[i * outputSize + o] = v;
            }
            valid[segment] += padding ? 0 : 1;
        });
        values = valueSlot.matrix(order.length, outputSize);
        backend.upload(sorted, 0, sorted.length, values.array(), 0);
    }

    private interface CellAction {
        void run(int index, int source, int segment, boolean padding);
    }

    private void forCells(Batch batch, int[] order, CellAction action) {
        for (int s = 0; s < valid.length; s++) {
            for (int i = offset[s]; i < offset[s + 1]; i++) {
                int b = order[i] % batch.rows();
                boolean padding = loss.at() == Loss.At.EVERY && order[i] / batch.rows() >= batch.length(b);
                action.run(i, order[i], s, padding);
            }
        }
    }

    private String at(Batch batch, int source) {
        return loss.at() == Loss.At.EVERY
                ? " at step " + source / batch.rows() + ", row " + source % batch.rows()
                : " of row " + source;
    }

    /** Valid targets of segment {@code s}. */
    long valid(int s) {
        return valid[s];
    }

    /** Valid targets of the whole batch. */
    long valid() {
        long sum = 0;
        for (long v : valid) {
            sum += v;
        }
        return sum;
    }

    /** Number of output rows that segment {@code s} compares. */
    int count(int s) {
        return offset[s + 1] - offset[s];
    }

    /** Class targets of segment {@code s}. */
    Ints classes(int s) {
        return classes.slice(offset[s], count(s));
    }

    /** Value targets of segment {@code s}, [count, O]. */
    Matrix values(int s) {
        return values.rows(offset[s], count(s));
    }

    /** For a loss at the last step: which of segment {@code s}'s rows [steps·B, H] are compared. */
    Ints lastRows(int s) {
        return lastRows.slice(offset[s], count(s));
    }
}
