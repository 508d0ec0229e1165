package org.bptt4j.data;

/** A source whose epochs all have the same number of batches, known beforehand: for schedules and progress. */
public interface CountedSource extends BatchSource {
    /** Batches of an epoch. */
    long batches();
}
