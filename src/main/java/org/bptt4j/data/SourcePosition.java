package org.bptt4j.data;

/**
 * Where a training run stands in its source: the part of a saved state that finds the next batch again.
 *
 * <p>It is counted by the loop that trains, not by the source: batches are drawn ahead of the step that uses them.
 *
 * @param epoch from 0
 * @param batches batches of the epoch that have been trained on
 */
public record SourcePosition(long epoch, long batches) {
    /** The first batch of all. */
    public static final SourcePosition START = new SourcePosition(0, 0);

    public SourcePosition {
        if (epoch < 0 || batches < 0) {
            throw new IllegalArgumentException(
                    "epoch " + epoch + ", " + batches + " batches: neither can be less than 0");
        }
    }

    /** After one more batch of this epoch. */
    public SourcePosition afterBatch() {
        return new SourcePosition(epoch, batches + 1);
    }

    /** The start of the next epoch. */
    public SourcePosition nextEpoch() {
        return new SourcePosition(epoch + 1, 0);
    }

    /** Makes {@code source} go on from here: its next batch is the one that an uninterrupted run would train on next. */
    public void seek(BatchSource source) {
        source.start(epoch);
        source.skip(batches);
    }
}
