package org.bptt4j.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.Supplier;
import org.bptt4j.Rnn;
import org.bptt4j.StepReport;
import org.bptt4j.Trainer;
import org.bptt4j.TrainerState;
import org.bptt4j.bptt.MemoryPlan;
import org.bptt4j.data.Batch;
import org.bptt4j.data.BatchSource;
import org.bptt4j.data.CountedSource;
import org.bptt4j.data.PrefetchingSource;
import org.bptt4j.data.SourcePosition;
import org.bptt4j.spec.Clipping;
import org.bptt4j.spec.Loss;

/** Trains one network and fills the run's folder: metrics all along, a checkpoint at each evaluation, the rest at the end. */
final class TrainingRun {
    private static final long TRAIN_LINES = 200;
    private static final long EVALUATIONS = 20;
    private static final long EVALUATIONS_PER_EPOCH = 4;

    private final Settings settings;
    private final TrainingData data;
    private final Rnn rnn;
    private final RunFolder folder;
    private final Map<String, Object> run;
    private final PrintWriter out;
    private final long total;
    private final TrainerState earlier;
    private SourcePosition position = SourcePosition.START;
    private long updates;
    private Map<String, Double> figures;

    /**
     * A run.
     *
     * @param run what run.json says before the final figures
     * @param earlier where to go on, or null for a new run
     * @param out where results are printed
     */
    TrainingRun(
            Settings settings,
            TrainingData data,
            Rnn rnn,
            RunFolder folder,
            Map<String, Object> run,
            TrainerState earlier,
            PrintWriter out) {
        this.settings = settings;
        this.data = data;
        this.rnn = rnn;
        this.folder = folder;
        this.run = run;
        this.earlier = earlier;
        this.out = out;
        this.total = settings.updates();
    }

    /** Runs from the first update, or the one after the last that was saved, to the last file, or until it is interrupted. */
    void run(Supplier<Progress> display) throws IOException {
        try (Trainer trainer = Trainer.of(rnn)
                .loss(settings.loss())
                .truncation(settings.truncation())
                .clipping(settings.clipping())
                .optimizer(settings.optimizer())
                .schedule(settings.schedule())
                .memory(settings.memory())
                .seed(settings.seed())
                .build()) {
            plan(trainer);
            goOn(trainer);
            folder.create();
            folder.writeRun(run);
            try (MetricsLog log = log()) {
                if (train(trainer, log, display)) {
                    used(trainer.unrolledBytes());
                    finish(log);
                }
            }
        }
    }

    /** Returns whether all updates were done, and not the process asked to end. */
    private boolean train(Trainer trainer, MetricsLog log, Supplier<Progress> display) throws IOException {
        try (Interrupt interrupt = new Interrupt()) {
            try (Progress progress = display.get()) {
                train(trainer, log, progress, interrupt);
            }
            boolean interrupted = interrupt.requested();
            if (interrupted) {
                save(trainer);
                System.err.println("interrupted after update " + updates + " of " + total
                        + "; to go on: ./bptt4j train --resume " + folder.path());
            }
            return !interrupted;
        }
    }

    private void goOn(Trainer trainer) throws IOException {
        if (earlier != null) {
            earlier.restore(trainer);
            updates = earlier.updates();
            position = earlier.position();
        }
    }

    private MetricsLog log() throws IOException {
        Path file = folder.resolve(RunFolder.METRICS);
        return earlier == null ? MetricsLog.create(file) : MetricsLog.resume(file, updates);
    }

    /** Before anything is written: a budget that is too small is refused here. */
    private void plan(Trainer trainer) {
        CountedSource source = data.training(settings);
        source.start(0);
        MemoryPlan plan = trainer.memoryPlan(source.next());
        run.put("memory_plan", plan.toString());
        if (settings.explain()) {
            out.println("memory plan: " + plan);
            out.flush();
        }
    }

    private void used(long bytes) {
        run.put("unrolled_bytes", bytes);
        if (settings.explain()) {
            out.println("memory used: " + MemoryPlan.text(bytes));
        }
    }

    private void train(Trainer trainer, MetricsLog log, Progress progress, Interrupt interrupt) throws IOException {
        CountedSource source = data.training(settings);
        long evalInterval = Math.max((total - 1) / EVALUATIONS + 1, source.batches() / EVALUATIONS_PER_EPOCH);
        try (PrefetchingSource ahead = new PrefetchingSource(source)) {
            train(ahead, evalInterval, trainer, log, progress, interrupt);
        }
    }

    private void train(
            BatchSource source,
            long evalInterval,
            Trainer trainer,
            MetricsLog log,
            Progress progress,
            Interrupt interrupt)
            throws IOException {
        long trainInterval = Math.max(1, total / TRAIN_LINES);
        long nextTrain = updates + trainInterval;
        long nextEval = updates + evalInterval;
        boolean stop = updates >= total;
        while (!stop) {
            position.seek(source);
            Batch next = source.next();
            while (next != null && !stop) {
                Batch batch = next;
                next = source.next();
                StepReport report = trainer.step(batch, next);
                // Counted here: the source is ahead.
                position = position.afterBatch();
                updates = report.updates();
                log.add(report, (long) batch.steps() * batch.rows());
                progress.at(updates, String.format(Locale.ROOT, "loss %.4f", log.meanLoss()));
                boolean evaluate = updates >= nextEval || updates >= total;
                stop = updates >= total || interrupt.requested();
                if (evaluate || stop || updates >= nextTrain) {
                    log.train(report);
                    nextTrain = updates + trainInterval;
                }
                if (evaluate) {
                    evaluate(trainer, log, progress);
                    nextEval = updates + evalInterval;
                }
            }
            if (next == null) {
                position = position.nextEpoch();
            }
        }
    }

    private void evaluate(Trainer trainer, MetricsLog log, Progress progress) throws IOException {
        figures = data.evaluate(rnn, TrainingData.Part.HELD_OUT);
        log.eval(updates, figures);
        save(trainer);
        progress.note("update " + updates + " of " + total + ", " + data.summary(TrainingData.Part.HELD_OUT, figures));
    }

    /** A checkpoint for those who want the network, and the state to go on from. */
    private void save(Trainer trainer) throws IOException {
        save(RunFolder.CHECKPOINT);
        folder.write(RunFolder.STATE, file -> TrainerState.write(file, trainer, position, data.metadata()));
    }

    private void save(String name) throws IOException {
        folder.write(name, file -> rnn.save(file, data.metadata()));
    }

    private void finish(MetricsLog log) throws IOException {
        if (figures == null) { // all updates were done before
            figures = data.evaluate(rnn, TrainingData.Part.HELD_OUT);
        }
        save(RunFolder.MODEL);
        out.println(data.summary(TrainingData.Part.HELD_OUT, figures));
        Clipping clipping = settings.clipping();
        log.draw(
                folder,
                settings.loss().kind() == Loss.Kind.MSE ? "mean squared error" : "cross-entropy (nats)",
                clipping.kind() == Clipping.Kind.NORM ? OptionalDouble.of(clipping.limit()) : OptionalDouble.empty());
        data.finish(rnn, settings, folder, out);
        Map<String, Object> finished = new LinkedHashMap<>(run);
        finished.put("updates", updates);
        finished.put("seconds", log.seconds());
        finished.put("final", figures);
        folder.writeRun(finished);
        log.end(updates, figures);
        out.println("run folder: " + folder.path());
        out.flush();
    }
}
