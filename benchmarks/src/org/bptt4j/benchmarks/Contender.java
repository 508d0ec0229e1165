package org.bptt4j.benchmarks;

import java.util.Map;

/** One implementation of a workload, with the workload's data where it computes. */
public interface Contender extends AutoCloseable {
    /** Restores what a run destroys, outside of the timed part. */
    default void prepare() {}

    /** The timed work; returns when its results are there. */
    void run();

    /** The results of the last run by our names and in our layout, to check that all contenders compute the same. */
    Map<String, float[]> results();

    /** What else is to be told of the last run, by name. */
    default Map<String, Double> figures() {
        return Map.of();
    }

    @Override
    void close();
}
