package org.bptt4j.data.tasks;

import org.apache.commons.math3.random.RandomGenerator;
import org.bptt4j.data.Batch;
import org.bptt4j.spec.Loss;

/** A task whose sequences are drawn at random, as many as one likes. */
public interface Task {
    /** I, or the number of symbols. */
    int inputSize();

    /** O. */
    int outputSize();

    /** T, the steps of each sequence. */
    int steps();

    /** The task's own loss. */
    Loss loss();

    /** The loss of the best forecast that does not look at the sequence. */
    double trivialLoss();

    /** {@code rows} sequences with their targets. */
    Batch draw(int rows, RandomGenerator random);

    /** Refuses a length that the task has no room in. */
    static void requireLength(int length, int least, String task) {
        if (length < least) {
            throw new IllegalArgumentException(
                    "length " + length + ": the " + task + " task needs at least " + least + " steps");
        }
    }
}
