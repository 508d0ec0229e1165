package org.bptt4j.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.Supplier;
import org.bptt4j.Rnn;
import org.bptt4j.StepReport;
import org.bptt4j.Trainer;
import org.bptt4j.bptt.MemoryPlan;
import org.bptt4j.data.Batch;
import org.bptt4j.data.BatchSource;
import org.bptt4j.data.CountedSource;
import org.bptt4j.data.PrefetchingSource;
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
    private long updates;
    private Map<String, Double> figures;

    /**
     * A run.
     *
     * @param run what run.json says before the final figures
     * @param out where results are printed
     */
    TrainingRun(
            Settings settings, TrainingData data, Rnn rnn, RunFolder folder, Map<String, Object> run, PrintWriter out) {
        this.settings = settings;
        this.data = data;
        this.rnn = rnn;
        this.folder = folder;
        this.run = run;
        this.out = out;
        this.total = settings.updates();
    }

    /** Runs from the first update to the last file. */
    void run(Supplier<Progress> display) throws IOException {
        try (Trainer trainer = Trainer.of(rnn)
                .loss(settings.loss())
                .truncation(settings.truncation())
                .clipping(settings.clipping())
                .optimizer(settings.optimizer())
                .schedule(settings.schedule())
                .memory(settings.memory())
                .build()) {
            plan(trainer);
            folder.create();
            folder.writeRun(run);
            try (MetricsLog log = new MetricsLog(folder.resolve(RunFolder.METRICS))) {
                try (Progress progress = display.get()) {
                    train(trainer, log, progress);
                }
                used(trainer.unrolledBytes());
                finish(log);
            }
        }
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

    private void train(Trainer trainer, MetricsLog log, Progress progress) throws IOException {
        CountedSource source = data.training(settings);
        long batches = source.batches();
        try (PrefetchingSource ahead = new PrefetchingSource(source)) {
            train(ahead, batches, trainer, log, progress);
        }
    }

    private void train(BatchSource source, long batches, Trainer trainer, MetricsLog log, Progress progress)
            throws IOException {
        long trainInterval = Math.max(1, total / TRAIN_LINES);
        long evalInterval = Math.max((total - 1) / EVALUATIONS + 1, batches / EVALUATIONS_PER_EPOCH);
        long nextTrain = trainInterval;
        long nextEval = evalInterval;
        for (long epoch = 0; updates < total; epoch++) {
            source.start(epoch);
            Batch next = source.next();
            while (next != null && updates < total) {
                Batch batch = next;
                next = source.next();
                StepReport report = trainer.step(batch, next);
                updates = report.updates();
                log.add(report, (long) batch.steps() * batch.rows());
                progress.at(updates, String.format(Locale.ROOT, "loss %.4f", log.meanLoss()));
                boolean evaluate = updates >= nextEval || updates >= total;
                if (evaluate || updates >= nextTrain) {
                    log.train(report);
                    nextTrain = updates + trainInterval;
                }
                if (evaluate) {
                    evaluate(log, progress);
                    nextEval = updates + evalInterval;
                }
            }
        }
    }

    private void evaluate(MetricsLog log, Progress progress) throws IOException {
        figures = data.evaluate(rnn, TrainingData.Part.HELD_OUT);
        log.eval(updates, figures);
        save(RunFolder.CHECKPOINT);
        progress.note("update " + updates + " of " + total + ", " + data.summary(TrainingData.Part.HELD_OUT, figures));
    }

    private void save(String name) throws IOException {
        folder.write(name, file -> rnn.save(file, data.metadata()));
    }

    private void finish(MetricsLog log) throws IOException {
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
