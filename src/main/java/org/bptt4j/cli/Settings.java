package org.bptt4j.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import org.bptt4j.Rnn;
import org.bptt4j.backend.Backend;
import org.bptt4j.backend.Workload;
import org.bptt4j.data.Batch;
import org.bptt4j.data.CountedSource;
import org.bptt4j.spec.Clipping;
import org.bptt4j.spec.LearningRateSchedule;
import org.bptt4j.spec.Loss;
import org.bptt4j.spec.Optimizer;
import org.bptt4j.spec.RnnSpec;
import org.bptt4j.spec.Truncation;
import picocli.CommandLine.Mixin;

/** All choices of a training run but the data: what the user said, and where he said nothing, what suits the data. */
final class Settings {
    private static final Clipping CLIPPING = Clipping.norm(1);

    @Mixin
    private ModelOptions model;

    @Mixin
    private UnrollOptions unrolled;

    @Mixin
    private SweepOptions sweep;

    @Mixin
    private LearningOptions learning;

    private TrainingData data;
    private long updates = 1;

    /** Fits the choices to the data; a {@link UsageException} if one of them is wrong. */
    void resolve(TrainingData chosen) {
        data = chosen;
        // Every option is looked at, those without effect on the number of updates too.
        memory();
        schedule();
        describe();
        updates = learning.updates(
                data.defaults(), Math.multiplyExact(data.training(this).batches(), updatesPerBatch()));
    }

    /** One per segment; a loss at the last step has a gradient in the last segment only. */
    private long updatesPerBatch() {
        if (loss().at() == Loss.At.LAST) {
            return 1;
        }
        long k1 = truncation().k1();
        return (unroll() + k1 - 1) / k1;
    }

    /** What the backend will be used for. */
    Workload workload() {
        CountedSource source = data.training(this);
        source.start(0);
        return workload(model.spec(data), source.next(), truncation());
    }

    /** Training with such batches. */
    static Workload workload(RnnSpec net, Batch batch, Truncation truncation) {
        int steps = Math.min(batch.steps(), truncation.k1());
        Workload dense = Workload.training(net, batch.rows(), steps);
        return batch.ids() == null ? dense : dense.withSymbols();
    }

    /** The new network. */
    Rnn create(Backend backend) {
        return model.create(backend, data, seed());
    }

    /** What was asked for and has no effect, or null. */
    String warning() {
        return model.warning();
    }

    /** T. */
    int unroll() {
        return unrolled.unroll(data);
    }

    /** B. */
    int batch() {
        return unrolled.batch(data);
    }

    Loss loss() {
        Loss own = data.loss();
        Loss loss = sweep.applyTo(own, data.outputSize());
        if (data.hasOwnSequences() && loss.at() != own.at()) {
            throw new UsageException("--loss-at " + sweep.lossAt() + ": this task's targets are at "
                    + (own.at() == Loss.At.LAST ? "the last step" : "every step") + "; leave the option out");
        }
        return loss;
    }

    Truncation truncation() {
        return sweep.truncation();
    }

    /** The memory budget in bytes. */
    long memory() {
        return sweep.memory();
    }

    /** Whether the user wants to know how batches are unrolled. */
    boolean explain() {
        return unrolled.explain();
    }

    Optimizer optimizer() {
        return learning.optimizer(data.defaults());
    }

    LearningRateSchedule schedule() {
        return learning.schedule(data.defaults(), updates);
    }

    Clipping clipping() {
        return sweep.clipping(CLIPPING);
    }

    /** Validations without a better one after which the run ends; 0 for never. */
    long patience() {
        return learning.patience(data.hasOwnSequences());
    }

    long seed() {
        return learning.seed();
    }

    /** Updates of the whole run. */
    long updates() {
        return updates;
    }

    /** Every option by name with the value that is used. */
    Map<String, Object> describe() {
        Map<String, Object> options = new LinkedHashMap<>();
        options.putAll(model.describe(data));
        options.putAll(unrolled.describe(data));
        options.putAll(sweep.describe(loss(), clipping()));
        options.putAll(learning.describe(data.defaults(), data.hasOwnSequences()));
        return options;
    }

    /**
     * What is trained and how, in one line, such as "tanh, 64 hidden units, 1 layer; unroll 120, batch 16; adamw, lr 0.005, cosine; 60
     * epochs = 1234 updates; clip-norm 1; seed 1".
     */
    String words() {
        return String.join(
                "; ",
                model.words(data),
                unrolled.words(data),
                learning.words(data.defaults(), updates),
                clipWords(),
                "seed " + seed());
    }

    private String clipWords() {
        Clipping clipping = clipping();
        return switch (clipping.kind()) {
            case NONE -> "no clipping";
            case NORM -> "clip-norm " + Figures.brief(clipping.limit());
            case VALUE -> "clip-value " + Figures.brief(clipping.limit());
        };
    }
}
