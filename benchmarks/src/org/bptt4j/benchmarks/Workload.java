package org.bptt4j.benchmarks;

import org.bptt4j.backend.Backend;
import org.bptt4j.backend.BackendOptions;
import org.bptt4j.backend.Backends;

/** One problem with its sizes and data, the same for every contender. */
public interface Workload {
    /** Multiply-adds count two; point-wise work is not counted. */
    double flop();

    /** Opens the contender called {@code name}, which may use {@code threads} threads. */
    Contender open(String name, int threads);

    /** Of what kind it is, as "lstm", where there are several: rows of a kind also have a mean of their own. */
    default String kind() {
        return "";
    }

    /** Whether a contender of its family can compute it. */
    default boolean has(String contender) {
        return true;
    }

    /** What tells apart contenders that compute something else; those of the same function must agree. */
    default String function(String contender) {
        return "";
    }

    /** Ours, on so many threads. */
    static Backend cpu(int threads) {
        return Backends.select("cpu", new BackendOptions(threads));
    }

    /** What {@link #open} throws for a name it does not know. */
    static IllegalArgumentException unknown(String name) {
        return new IllegalArgumentException("no contender of this family is called '" + name + "'");
    }
}
