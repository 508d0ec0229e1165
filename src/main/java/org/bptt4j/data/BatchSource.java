package org.bptt4j.data;

/** Batches for training or evaluation, epoch by epoch. Written by the user for his own data; the package has several. */
public interface BatchSource {
    /** Goes to the start of epoch {@code epoch} (from 0); the order of its batches may depend on the number. */
    void start(long epoch);

    /** The next batch of the epoch, or null at its end. */
    Batch next();
}
