package org.bptt4j;

import org.bptt4j.bptt.Bptt;
import org.bptt4j.bptt.MemoryPlan;
import org.bptt4j.bptt.Predictor;
import org.bptt4j.data.Batch;
import org.bptt4j.data.BatchSource;
import org.bptt4j.spec.Clipping;
import org.bptt4j.spec.Loss;
import org.bptt4j.spec.Require;
import org.bptt4j.spec.RnnSpec;
import org.bptt4j.spec.Truncation;

/**
 * Asks a network without training it, and without dropout: its outputs for batches without targets, and its loss on data with them.
 *
 * <pre>{@code
 * try (Evaluator evaluator = new Evaluator(rnn)) {
 *     int[] classes = evaluator.predictLast(Batch.dense(steps, rows, inputs, x).withLengths(lengths)).argMax();
 * }
 * }</pre>
 *
 * Uses the network's backend and parameters, as they are at each call; belongs to one thread at a time, and not to that of a training
 * of the same backend meanwhile.
 */
public final class Evaluator implements AutoCloseable {
    private final Rnn rnn;
    private final long memory;
    private final Predictor predictor;
    /** For the loss that was asked for last, or null. */
    private Bptt bptt;

    private Loss loss;
    private DeviceReport report;
    private boolean closed;

    /** Without a bound on memory. */
    public Evaluator(Rnn rnn) {
        this(rnn, MemoryPlan.UNLIMITED);
    }

    /**
     * Within a memory budget.
     *
     * @param memory bytes on the device for all that grows with a batch, as {@link Trainer.Builder#memory} counts them: so many for
     *     predictions, and once a loss is evaluated as many for that; outputs as a whole lie on the host
     */
    public Evaluator(Rnn rnn, long memory) {
        this.rnn = Require.given(rnn, "rnn");
        if (memory < 1) {
            throw new IllegalArgumentException("a memory budget of " + memory + " bytes: must be at least 1");
        }
        rnn.network().requireOpen();
        this.memory = memory;
        this.predictor = new Predictor(rnn.network(), memory);
    }

    /**
     * The outputs at every step, y [T,B,O], or without a head h of the last layer [T,B,D·H]. Targets and loss weights are not read. A
     * batch may continue the one that was predicted before it.
     *
     * @throws NonFiniteException if an output is infinite or NaN: names it
     * @throws IllegalArgumentException if the batch does not fit the network
     */
    public Prediction predict(Batch batch) {
        requireOpen();
        Require.given(batch, "batch");
        return prediction(batch, batch.steps(), predictor.run(batch));
    }

    /**
     * The outputs at each row's last step that is not padding, y [B,O], or without a head h of the last layer [B,D·H]: what a loss
     * {@link Loss#atLastStep} compares.
     *
     * @throws NonFiniteException if an output is infinite or NaN: names it
     * @throws IllegalArgumentException if the batch does not fit the network
     */
    public Prediction predictLast(Batch batch) {
        requireOpen();
        Require.given(batch, "batch");
        return prediction(batch, 1, predictor.runLast(batch));
    }

    private Prediction prediction(Batch batch, int steps, float[] outputs) {
        RnnSpec spec = rnn.spec();
        int width = spec.hasHead() ? spec.outputSize() : spec.layerOutputSize();
        requireFinite(batch, steps, width, outputs);
        return new Prediction(steps, batch.rows(), width, outputs, predictor.finalState(), predictor.finalCellState());
    }

    /** Padding may hold anything. */
    private static void requireFinite(Batch batch, int steps, int width, float[] outputs) {
        boolean last = steps < batch.steps();
        for (int i = 0; i < outputs.length; i++) {
            int cell = i / width;
            if (!Float.isFinite(outputs[i]) && (last || !batch.isPadding(cell))) {
                int row = cell % batch.rows();
                int step = last ? batch.length(row) - 1 : cell / batch.rows();
                throw new NonFiniteException("output " + i % width + " of row " + row + " is " + outputs[i]
                        + " at step "
                        + step + ": look for what is not finite, or very large, in the batch's input and initial state"
                        + " and in the network's parameters");
            }
        }
    }

    /**
     * The loss over one epoch of {@code source}, whose batches may continue each other.
     *
     * @throws NonFiniteException if the loss of a batch is infinite or NaN: names the batch, and where in it that began
     */
    public Evaluation evaluate(Loss loss, BatchSource source) {
        requireOpen();
        Require.given(source, "source");
        Require.given(loss, "loss");
        if (report == null) {
            report = new DeviceReport(rnn.backend());
        }
        if (!loss.equals(this.loss)) {
            closeBptt();
            bptt = new Bptt(rnn.network(), loss, Truncation.NONE, memory);
            this.loss = loss;
        }
        return new Examiner(rnn, bptt, report, Truncation.NONE, Clipping.NONE).evaluate(source);
    }

    /** Bytes on the device for all that grows with a batch: what a memory budget bounds. */
    public long unrolledBytes() {
        return Math.addExact(predictor.bytes(), bptt == null ? 0 : bptt.bytes());
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("this Evaluator is closed: make another");
        }
        rnn.network().requireOpen();
    }

    private void closeBptt() {
        if (bptt != null) {
            bptt.close();
            bptt = null;
            loss = null;
        }
    }

    /** Frees the evaluator's memory; network and backend stay open. A second call does nothing. */
    @Override
    public void close() {
        if (!closed) {
            closed = true;
            predictor.close();
            closeBptt();
            if (report != null) {
                report.close();
            }
        }
    }
}
