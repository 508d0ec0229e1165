package org.bptt4j.data;

/**
 * Batches for training or evaluation, epoch by epoch. Written by the user for his own data, in memory or read as they are
 * consumed; the package has several.
 */
public interface BatchSource {
    /** Goes to the start of epoch {@code epoch} (from 0); the order of its batches may depend on the number. */
    void start(long epoch);

    /**
     * The next batch of the epoch; null at its end, and from then on.
     *
     * <p>Make new arrays for each batch. It is in use until the step after the one that it was asked for has returned: a {@link
     * PrefetchingSource}, and {@code Trainer.fit} on a device that runs behind, ask for the next batch before they use this one. Arrays that
     * are filled again before that are trained on with another batch's numbers; where this is noticed it is an {@link
     * IllegalStateException}. Arrays that are only ever read (a table that batches are cut from is copied) may be shared.
     */
    Batch next();

    /**
     * Passes over {@code batches} batches of the epoch, or over the rest of it: what comes then is what came after so many calls
     * of {@link #next}. Here they are drawn and dropped; a source that can go there at once does.
     */
    default void skip(long batches) {
        for (long done = 0; done < batches && next() != null; done++) {
            // the batch is dropped
        }
    }
}
