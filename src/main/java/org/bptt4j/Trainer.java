package org.bptt4j;

import java.util.Optional;
import org.bptt4j.backend.Backend;
import org.bptt4j.backend.DeviceArray;
import org.bptt4j.backend.Report;
import org.bptt4j.backend.Update;
import org.bptt4j.bptt.Bptt;
import org.bptt4j.bptt.MemoryPlan;
import org.bptt4j.bptt.NonFiniteSearch;
import org.bptt4j.bptt.NonFiniteSearch.Culprit;
import org.bptt4j.bptt.Parameter;
import org.bptt4j.data.Batch;
import org.bptt4j.data.BatchSource;
import org.bptt4j.spec.Clipping;
import org.bptt4j.spec.LearningRateSchedule;
import org.bptt4j.spec.Loss;
import org.bptt4j.spec.Optimizer;
import org.bptt4j.spec.Truncation;

/**
 * Trains a network: forward sweep, loss, backward sweep, clip, update, once per segment of the truncation.
 *
 * <p>The trainer owns the optimiser's averages and the unrolled states; the network stays the caller's. Steps with batches of one
 * shape allocate nothing but the report they return.
 */
public final class Trainer implements AutoCloseable {
    private final Rnn rnn;
    private final Backend backend;
    private final Loss loss;
    private final Truncation truncation;
    private final Clipping clipping;
    private final Optimizer optimizer;
    private final LearningRateSchedule schedule;
    private final boolean skipNonFinite;
    private final long seed;
    private final DeviceReport report;
    private final Examiner examiner;
    final Bptt bptt; // TrainerState saves this and what follows
    final Update update;
    long updates;
    long skipped;

    private Trainer(Builder b) {
        this.rnn = b.rnn;
        this.backend = rnn.backend();
        this.loss = b.loss;
        this.truncation = b.truncation;
        this.clipping = b.clipping;
        this.optimizer = b.optimizer;
        this.schedule = b.schedule;
        this.skipNonFinite = b.skipNonFinite;
        this.seed = b.seed;
        this.bptt = new Bptt(rnn.network(), loss, truncation, b.memory);
        this.report = new DeviceReport(backend);
        this.examiner = new Examiner(rnn, bptt, report, b.truncation, b.clipping);
        this.update = new Update(
                optimizer,
                clipping,
                rnn.network().parameterArray(),
                rnn.network().gradientArray(),
                allocateStates(),
                report.array());
    }

    private DeviceArray[] allocateStates() {
        DeviceArray[] states = new DeviceArray[optimizer.kind().states()];
        int done = 0;
        try {
            for (; done < states.length; done++) {
                states[done] = backend.allocate(rnn.network().layout().length());
            }
            return states;
        } catch (RuntimeException e) {
            while (done > 0) {
                states[--done].close();
            }
            report.close();
            throw e;
        }
    }

    /** A trainer of {@code rnn}; unless said otherwise: cross-entropy at every step, Adam(1e-3), no clipping, full BPTT. */
    public static Builder of(Rnn rnn) {
        return new Builder(rnn);
    }

    /** The choices of a {@link Trainer}. */
    public static final class Builder {
        private final Rnn rnn;
        private Loss loss = Loss.crossEntropy();
        private Truncation truncation = Truncation.NONE;
        private Clipping clipping = Clipping.NONE;
        private Optimizer optimizer = Optimizer.adam(1e-3);
        private LearningRateSchedule schedule = LearningRateSchedule.CONSTANT;
        private boolean skipNonFinite;
        private long memory = MemoryPlan.UNLIMITED;
        private long seed;

        private Builder(Rnn rnn) {
            this.rnn = rnn;
        }

        public Builder loss(Loss value) {
            loss = value;
            return this;
        }

        public Builder truncation(Truncation value) {
            truncation = value;
            return this;
        }

        public Builder clipping(Clipping value) {
            clipping = value;
            return this;
        }

        public Builder optimizer(Optimizer value) {
            optimizer = value;
            return this;
        }

        public Builder schedule(LearningRateSchedule value) {
            schedule = value;
            return this;
        }

        /** Skips and counts an update whose gradients are not finite, in place of throwing. */
        public Builder skipNonFinite() {
            skipNonFinite = true;
            return this;
        }

        /**
         * Bytes for all that grows with a batch: states, their gradients, input, targets and outputs (parameters, their gradients and
         * the optimiser's averages are not counted). What does not fit is computed again from checkpoints when the backward sweep
         * needs it: {@link Trainer#memoryPlan}. On the CPU the gradients are the same bits.
         */
        public Builder memory(long bytes) {
            if (bytes < 1) {
                throw new IllegalArgumentException("a memory budget of " + bytes + " bytes: must be at least 1");
            }
            memory = bytes;
            return this;
        }

        /** Of what is drawn at random in training: which numbers are dropped between layers. */
        public Builder seed(long value) {
            seed = value;
            return this;
        }

        public Trainer build() {
            return new Trainer(this);
        }
    }

    // ---- training ---------------------------------------------------------------------------------------------------

    /**
     * One training step: for each segment forward, backward, clip, update.
     *
     * @throws NonFiniteGradientException if a gradient was not finite (unless they are skipped)
     * @throws IllegalArgumentException if the batch does not fit the network or the loss
     */
    public StepReport step(Batch batch) {
        return step(batch, null);
    }

    /**
     * The same, while {@code next} is prepared: where the backend runs behind the caller, the next step's batch goes up while this
     * one computes. Its arrays must then stay as they are until that step.
     *
     * @param next the batch of the next step, or null if it is not known
     */
    public StepReport step(Batch batch, Batch next) {
        bptt.drop(seed, updates + 1);
        bptt.load(batch);
        report.clear();
        double rate = 0;
        long done = updates;
        for (int s = 0; s < bptt.segments(); s++) {
            bptt.forward(s);
            if (bptt.scale(s) == 0) {
                continue;
            }
            rnn.zeroGradients();
            bptt.backward(s, bptt.scale(s), report.array());
            backend.globalNorm(rnn.network().gradientArray(), report.array());
            rate = optimizer.learningRate() * schedule.factor(done);
            backend.update(update, rate, ++done);
        }
        if (next != null && backend.runsBehind()) {
            bptt.prepare(next);
        }
        report.read();
        double value = report.get(Report.LOSS) * bptt.scale(bptt.weight());
        // Not "done": segments before one that was not finite did update, those from it on did not.
        updates += (long) report.get(Report.UPDATES);
        if (report.get(Report.NON_FINITE) != 0) {
            return notFinite(value, rate);
        }
        boolean clipped = report.get(Report.COEFFICIENT) < 1 && bptt.valid() > 0;
        return new StepReport(updates, value, bptt.valid(), report.get(Report.NORM), clipped, rate, false);
    }

    private StepReport notFinite(double value, double rate) {
        skipped++;
        if (skipNonFinite) {
            bptt.carried().forget();
            return new StepReport(updates, value, bptt.valid(), report.get(Report.NORM), false, rate, true);
        }
        NonFiniteSearch search = new NonFiniteSearch(bptt);
        try {
            // Of the step's last segment; the search sweeps the one that went wrong again.
            Optional<Parameter> any = search.firstParameter(rnn.network().gradientArray());
            Optional<Culprit> culprit = search.find(firstLeftOut(), report.array());
            Optional<Parameter> parameter =
                    search.firstParameter(rnn.network().gradientArray()).or(() -> any);
            throw new NonFiniteGradientException(
                    parameter.map(Parameter::name).orElse(null), culprit.orElse(null), updates);
        } finally {
            bptt.carried().forget();
        }
    }

    /** The first segment of the last step whose update was left out. */
    private int firstLeftOut() {
        int left = (int) report.get(Report.UPDATES);
        int s = 0;
        while (s < bptt.segments() - 1 && (bptt.scale(s) == 0 || left-- > 0)) {
            s++;
        }
        return s;
    }

    /** Told after every step of {@link #fit}. */
    @FunctionalInterface
    public interface Listener {
        /** Returns whether to go on. */
        boolean afterStep(StepReport step);
    }

    /**
     * Trains for {@code epochs} epochs of {@code source}, or until the listener says stop; within an epoch the source is asked for
     * a batch before the step of the one before it. Returns the number of steps.
     */
    public long fit(BatchSource source, long epochs, Listener listener) {
        long steps = 0;
        for (long epoch = 0; epoch < epochs; epoch++) {
            source.start(epoch);
            Batch next = source.next();
            while (next != null) {
                Batch batch = next;
                next = source.next();
                steps++;
                if (!listener.afterStep(step(batch, next))) {
                    return steps;
                }
            }
        }
        return steps;
    }

    // ---- looking without training -----------------------------------------------------------------------------------

    /**
     * The loss over one epoch of {@code source}, without training; batches may continue each other. The state that training
     * carries from batch to batch is not touched.
     */
    public Evaluation evaluate(BatchSource source) {
        return examiner.evaluate(source);
    }

    /**
     * The outputs y [T,B,O] of the network for a batch with targets, without training. As in a step, the state is carried on: a
     * batch may continue this one.
     */
    public float[] outputs(Batch batch) {
        return examiner.outputs(batch);
    }

    /**
     * One loss and its gradient, without dropout, neither clipped nor used for an update: the segments' gradients are summed, the mean divides
     * by the valid targets of the whole batch. The gradients can be read afterwards with {@link Rnn#gradient}.
     *
     * @return the loss
     */
    public double forwardBackward(Batch batch) {
        return examiner.forwardBackward(batch);
    }

    /** {@link #forwardBackward}, then clips the gradients, and downloads what a comparison with another framework needs. */
    public Gradients gradients(Batch batch) {
        return examiner.gradients(batch);
    }

    /** How batches of this one's shape are unrolled in the memory there is. */
    public MemoryPlan memoryPlan(Batch shape) {
        return bptt.plan(shape);
    }

    /** Bytes on the device for all that grows with a batch: what {@link Builder#memory} bounds. */
    public long unrolledBytes() {
        return bptt.bytes();
    }

    // ---- what it is -------------------------------------------------------------------------------------------------

    public Rnn rnn() {
        return rnn;
    }

    public Loss loss() {
        return loss;
    }

    /** Updates of the parameters so far. */
    public long updates() {
        return updates;
    }

    /** Steps whose gradients were not finite so far. */
    public long skipped() {
        return skipped;
    }

    /** Frees the trainer's memory; network and backend stay open. */
    @Override
    public void close() {
        report.close();
        for (DeviceArray state : update.states()) {
            state.close();
        }
        bptt.close();
    }
}
