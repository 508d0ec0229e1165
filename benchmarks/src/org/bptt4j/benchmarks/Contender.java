package org.bptt4j.benchmarks;

import java.util.Map;

/** One implementation of the same training step: tanh RNN, linear head, softmax cross-entropy at every step. */
interface Contender extends AutoCloseable {
    /** Forward and backward, no update; returns when the gradients are there. Returns the mean loss. */
    double step();

    /** The gradients of the last step by our parameter names, to check that all contenders compute the same. */
    Map<String, float[]> gradients();

    @Override
    void close();

    /** Opens the contender called {@code name}. */
    static Contender open(String name, Problem problem, int threads) {
        return switch (name) {
            case "bptt4j" -> new Bptt4jContender(problem, threads);
            case "djl" -> new DjlContender(problem, threads);
            default ->
                throw new IllegalArgumentException("no contender is called '" + name + "'; there are: bptt4j, djl");
        };
    }
}
