package org.bptt4j;

import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
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
import org.bptt4j.spec.Count;
import org.bptt4j.spec.LearningRateSchedule;
import org.bptt4j.spec.Loss;
import org.bptt4j.spec.Optimizer;
import org.bptt4j.spec.Require;
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
    /** Of each segment of a step. */
    private double[] rates = new double[1];

    private boolean closed;

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
        DeviceArray[] states = new DeviceArray[optimizer.kind().states()];
        try {
            for (int i = 0; i < states.length; i++) {
                states[i] = backend.allocate(rnn.network().layout().length());
            }
            this.update = new Update(
                    optimizer,
                    clipping,
                    rnn.network().parameterArray(),
                    rnn.network().gradientArray(),
                    states,
                    report.array());
        } catch (RuntimeException | Error e) {
            Stream.of(states).filter(Objects::nonNull).forEach(DeviceArray::close);
            report.close();
            throw e;
        }
    }

    void requireOpen() {
        if (closed) {
            throw new IllegalStateException("this Trainer is closed: build another with Trainer.of");
        }
        rnn.network().requireOpen();
    }

    /** A trainer of {@code rnn}; unless said otherwise: cross-entropy at every step, Adam(1e-3), no clipping, full BPTT. */
    public static Builder of(Rnn rnn) {
        return new Builder(Require.given(rnn, "rnn"));
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
            loss = Require.given(value, "loss");
            return this;
        }

        public Builder truncation(Truncation value) {
            truncation = Require.given(value, "truncation");
            return this;
        }

        public Builder clipping(Clipping value) {
            clipping = Require.given(value, "clipping");
            return this;
        }

        public Builder optimizer(Optimizer value) {
            optimizer = Require.given(value, "optimizer");
            return this;
        }

        public Builder schedule(LearningRateSchedule value) {
            schedule = Require.given(value, "schedule");
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
     * @throws IllegalArgumentException if the batch does not fit the network or the loss, or the schedule gives no learning rate
     *     ({@link Optimizer#scaledRate}); nothing was updated then
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
        requireOpen();
        Require.given(batch, "batch");
        bptt.drop(seed, updates + 1);
        bptt.load(batch);
        int planned = planRates();
        report.clear();
        for (int s = 0, number = 0; s < bptt.segments(); s++) {
            bptt.forward(s);
            if (bptt.scale(s) == 0) {
                continue;
            }
            rnn.zeroGradients();
            bptt.backward(s, bptt.scale(s), report.array());
            backend.globalNorm(rnn.network().gradientArray(), report.array());
            rnn.network().parametersChange();
            backend.update(update, rates[number], updates + ++number);
        }
        if (next != null && backend.runsBehind()) {
            bptt.prepare(next);
        }
        report.read();
        double rate = planned == 0 ? 0 : rates[planned - 1];
        double value = report.get(Report.LOSS) * bptt.unit() * bptt.scale(bptt.weight());
        // Not "done": segments before one that was not finite did update, those from it on did not.
        updates += (long) report.get(Report.UPDATES);
        if (report.get(Report.NON_FINITE) != 0) {
            return notFinite(value, rate);
        }
        boolean changed = report.get(Report.COEFFICIENT) < 1 || report.get(Report.CLAMPED) != 0;
        boolean clipped = changed && bptt.valid() > 0;
        return new StepReport(updates, value, bptt.valid(), report.get(Report.NORM), clipped, rate, false);
    }

    /** The rates of the loaded batch's updates, all of them looked at before the first is made; returns their number. */
    private int planRates() {
        if (rates.length < bptt.segments()) {
            rates = new double[bptt.segments()];
        }
        int planned = 0;
        for (int s = 0; s < bptt.segments(); s++) {
            if (bptt.scale(s) != 0) {
                long done = updates + planned;
                rates[planned++] = optimizer.scaledRate(schedule.factor(done), done + 1);
            }
        }
        return planned;
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

    /** Told how {@link #fit} goes on. */
    @FunctionalInterface
    public interface Listener {
        /** After every step; returns whether to go on. */
        boolean afterStep(StepReport step);

        /** At the end of an epoch, counted from 0; returns whether to go on. */
        default boolean afterEpoch(long epoch) {
            return true;
        }

        /**
         * After a validation.
         *
         * @param better whether its loss is the lowest so far
         */
        default void afterValidation(Evaluation evaluation, boolean better) {}
    }

    /**
     * Trains for {@code epochs} epochs of {@code source}, or until the listener says stop. Where the backend runs behind the caller
     * ({@link Backend#runsBehind}), the source is asked for a batch before the step of the one before it: {@link BatchSource#next}.
     *
     * @param listener told after every step and epoch, or null for nobody
     * @return the number of steps
     * @throws IllegalArgumentException if a whole epoch has no valid target
     */
    public long fit(BatchSource source, long epochs, Listener listener) {
        return fitting(source, null, listener).run(requireEpochs(epochs)).steps();
    }

    /**
     * Trains as {@link #fit(BatchSource, long, Listener)} does, with a validation after each epoch. At the end the network has the
     * parameters with which the validation's loss was lowest; the optimiser's averages stay those of the last step.
     *
     * @param validation the data that chooses, and for how long to go on without a better model
     * @param listener told after every step, epoch and validation, or null for nobody
     */
    public FitReport fit(BatchSource source, long epochs, Validation validation, Listener listener) {
        return fitting(source, Require.given(validation, "validation"), listener)
                .run(requireEpochs(epochs));
    }

    private static long requireEpochs(long epochs) {
        if (epochs < 0) {
            throw new IllegalArgumentException("epochs " + epochs + ": must be 0 or more");
        }
        return epochs;
    }

    private Fitting fitting(BatchSource source, Validation validation, Listener listener) {
        requireOpen();
        return new Fitting(
                this, Require.given(source, "source"), validation, listener == null ? step -> true : listener);
    }

    // ---- looking without training -----------------------------------------------------------------------------------

    /**
     * The loss over one epoch of {@code source}, within the trainer's memory; batches may continue each other. The state that training
     * carries from batch to batch is not touched. Without a trainer: {@link Evaluator}.
     *
     * @throws NonFiniteException if the loss of a batch is infinite or NaN: names the batch, and where in it that began
     */
    public Evaluation evaluate(BatchSource source) {
        requireOpen();
        return examiner.evaluate(Require.given(source, "source"));
    }

    /**
     * One loss and its gradient, without dropout, neither clipped nor used for an update: the segments' gradients are summed, the mean divides
     * by the valid targets of the whole batch. The gradients can be read afterwards with {@link Rnn#gradient}.
     *
     * @return the loss
     * @throws NonFiniteException if it is infinite or NaN: names where that began
     */
    public double forwardBackward(Batch batch) {
        requireOpen();
        return examiner.forwardBackward(Require.given(batch, "batch"));
    }

    /**
     * {@link #forwardBackward}, then clips the gradients, and downloads what a comparison with another framework needs.
     *
     * @throws NonFiniteException also if a gradient, an output or a state is infinite or NaN
     */
    public Gradients gradients(Batch batch) {
        requireOpen();
        return examiner.gradients(Require.given(batch, "batch"));
    }

    /** How batches of this one's shape are unrolled in the memory there is. */
    public MemoryPlan memoryPlan(Batch shape) {
        requireOpen();
        return bptt.plan(Require.given(shape, "shape"));
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

    /** Frees the trainer's memory; network and backend stay open. A second call does nothing. */
    @Override
    public void close() {
        closed = true;
        report.close();
        for (DeviceArray state : update.states()) {
            state.close();
        }
        bptt.close();
    }

    /** How far it is, with what. */
    @Override
    public String toString() {
        return "trainer after " + Count.of(updates, "update") + ": " + optimizer + ", " + loss;
    }
}
