package org.bptt4j;

import org.bptt4j.bptt.MemoryPlan;
import org.bptt4j.bptt.Predictor;
import org.bptt4j.data.Batch;
import org.bptt4j.spec.Count;
import org.bptt4j.spec.Require;
import org.bptt4j.spec.Sizes;

/**
 * Runs a network forward, step by step or in pieces, with the state carried over: for generation and for live data.
 *
 * <p>Uses the network's backend and parameters; belongs to one thread at a time.
 */
public final class RnnSession implements AutoCloseable {
    private final int rows;
    private final int inputSize;
    private final Predictor predictor;
    private boolean started;
    private boolean closed;

    /** A session of {@code rows} independent sequences, all from the zero state. */
    public RnnSession(Rnn rnn, int rows) {
        Require.given(rnn, "rnn").network().requireOpen();
        if (rows < 1) {
            throw new IllegalArgumentException("a session of " + rows + " rows: must be at least 1");
        }
        if (rnn.spec().bidirectional()) {
            throw new IllegalArgumentException(
                    "a session feeds a sequence in pieces, and the reverse direction of a bidirectional"
                            + " network begins at its end: run the whole sequence with Evaluator.predict");
        }
        this.rows = rows;
        this.inputSize = rnn.spec().inputSize();
        this.predictor = new Predictor(rnn.network(), MemoryPlan.UNLIMITED);
    }

    /** Feeds T steps of symbol ids [T,B]; returns the outputs y [T,B,O], or the states h [T,B,H] without a head. */
    public float[] feed(int... ids) {
        Require.given(ids, "ids");
        return feed(Batch.symbols(steps("ids", ids.length, rows, "rows = " + rows), rows, ids));
    }

    /** Feeds T steps of dense input [T,B,I]; returns the outputs y [T,B,O], or the states h [T,B,H] without a head. */
    public float[] feed(float[] x) {
        Require.given(x, "x");
        String step = "rows × input size = " + Sizes.text(rows, inputSize);
        return feed(Batch.dense(steps("x", x.length, Sizes.product(rows, inputSize), step), rows, inputSize, x));
    }

    private static int steps(String name, int elements, long ofStep, String step) {
        if (elements == 0 || elements % ofStep != 0) {
            throw new IllegalArgumentException(
                    name + " has length " + elements + ": must be a multiple of a step's " + step);
        }
        return (int) (elements / ofStep);
    }

    private float[] feed(Batch batch) {
        if (closed) {
            throw new IllegalStateException("this RnnSession is closed: make another");
        }
        float[] y = predictor.run(started ? batch.continuing() : batch);
        started = true;
        return y;
    }

    /** Back to the zero state. */
    public void reset() {
        started = false;
    }

    /** Frees the session's memory; network and backend stay open. A second call does nothing. */
    @Override
    public void close() {
        closed = true;
        predictor.close();
    }

    /** How many rows it has. */
    @Override
    public String toString() {
        return "session of " + Count.of(rows, "row") + (closed ? ", closed" : "");
    }
}
