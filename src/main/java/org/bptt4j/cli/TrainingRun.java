package org.bptt4j.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.Supplier;
import org.bptt4j.BestModel;
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
import org.bptt4j.spec.Count;
import org.bptt4j.spec.Loss;

/**
 * Trains one network and fills the run's folder: metrics all along, a checkpoint at each validation, the rest at the end.
 *
 * <p>Validations come at the multiples of their interval, whenever the run was stopped and gone on with. The model with the lowest
 * validation loss is the one that is kept; the test part is looked at once, with that model.
 */
final class TrainingRun {
    private static final long TRAIN_LINES = 200;
    private static final long VALIDATIONS = 20;
    private static final long VALIDATIONS_PER_EPOCH = 4;

    private final Settings settings;
    private final TrainingData data;
    private final Rnn rnn;
    private final RunFolder folder;
    private final EarlierRun earlier;
    private final PrintWriter out;
    private final long total;
    private final TrainerState state;
    private BestModel best = new BestModel();
    private SourcePosition position = SourcePosition.START;
    private long updates;
    private long savedAt = -1;
    private long emptyBatches;

    /**
     * A run.
     *
     * @param folder of a new run not claimed yet
     * @param earlier the run to go on with, or null for a new one
     * @param state where to go on, or null for a new run
     * @param out where results are printed
     */
    TrainingRun(
            Settings settings,
            TrainingData data,
            Rnn rnn,
            RunFolder folder,
            EarlierRun earlier,
            TrainerState state,
            PrintWriter out) {
        this.settings = settings;
        this.data = data;
        this.rnn = rnn;
        this.folder = folder;
        this.earlier = earlier;
        this.state = state;
        this.out = out;
        this.total = settings.updates();
    }

    /**
     * Runs from the first update, or the one after the last that was saved, to the last file, or until it is interrupted.
     *
     * @param description what run.json says of the run before it begins; asked once the folder is this run's
     */
    void run(Supplier<Map<String, Object>> description, Supplier<Progress> display) throws IOException {
        try (Trainer trainer = Trainer.of(rnn)
                .loss(settings.loss())
                .truncation(settings.truncation())
                .clipping(settings.clipping())
                .optimizer(settings.optimizer())
                .schedule(settings.schedule())
                .memory(settings.memory())
                .seed(settings.seed())
                .build()) {
            String plan = plan(trainer);
            goOn(trainer);
            PastMetrics past = earlier == null ? null : PastMetrics.read(folder.resolve(RunFolder.METRICS), updates);
            if (earlier == null) {
                folder.claim();
            }
            Map<String, Object> run = description.get();
            run.put("memory_plan", plan);
            folder.writeRun(run);
            try (MetricsLog log = log(past)) {
                if (train(trainer, log, display)) {
                    used(trainer.unrolledBytes(), run);
                    finish(log, run);
                }
            }
        }
    }

    /** Before anything is written: a budget that is too small is refused here. */
    private String plan(Trainer trainer) {
        CountedSource source = data.training(settings);
        source.start(0);
        MemoryPlan plan = trainer.memoryPlan(source.next());
        if (settings.explain()) {
            out.println("memory plan: " + plan);
            out.flush();
        }
        return plan.toString();
    }

    private void used(long bytes, Map<String, Object> run) {
        run.put("unrolled_bytes", bytes);
        if (settings.explain()) {
            out.println("memory used: " + MemoryPlan.text(bytes));
        }
    }

    private void goOn(Trainer trainer) throws IOException {
        if (state != null) {
            try {
                state.restore(trainer);
            } catch (IllegalArgumentException e) {
                throw new UsageException(
                        e.getMessage() + " as " + RunFolder.RUN + " says; put back the " + RunFolder.RUN
                                + " of this run, or begin it anew with train --out",
                        e);
            }
            best = state.best();
            updates = state.updates();
            position = state.position();
            savedAt = updates;
        }
    }

    private MetricsLog log(PastMetrics past) throws IOException {
        Path file = folder.resolve(RunFolder.METRICS);
        return past == null ? MetricsLog.create(file) : MetricsLog.resume(file, past, updates);
    }

    // ---- training ---------------------------------------------------------------------------------------------------

    /** Returns whether training is over, and not the process asked to end. */
    private boolean train(Trainer trainer, MetricsLog log, Supplier<Progress> display) throws IOException {
        try (Interrupt interrupt = new Interrupt()) {
            try (Progress progress = display.get()) {
                train(trainer, log, progress, interrupt);
                if (!interrupt.requested() && log.lastValidation() != updates) {
                    validate(trainer, log, progress); // a run that was interrupted after its last update
                }
            }
            if (interrupt.requested()) {
                saveInterrupted(trainer);
                return false;
            }
            return true;
        }
    }

    private void saveInterrupted(Trainer trainer) throws IOException {
        String goOn = "; to go on: ./bptt4j train --resume " + folder.path();
        try {
            save(trainer);
        } catch (IOException e) {
            throw new IOException(
                    "interrupted after update " + updates + " of " + total + ", which could not be saved: "
                            + e.getMessage()
                            + (savedAt < 0 ? "; there is no checkpoint yet" : "; saved is update " + savedAt + goOn),
                    e);
        }
        System.err.println("interrupted after update " + updates + " of " + total + goOn);
    }

    private void train(Trainer trainer, MetricsLog log, Progress progress, Interrupt interrupt) throws IOException {
        CountedSource source = data.training(settings);
        long interval = Math.max((total - 1) / VALIDATIONS + 1, source.batches() / VALIDATIONS_PER_EPOCH);
        try (PrefetchingSource ahead = new PrefetchingSource(source)) {
            while (!isOver() && !interrupt.requested()) {
                epoch(ahead, interval, trainer, log, progress, interrupt);
            }
        }
    }

    private boolean isOver() {
        return updates >= total || settings.patience() > 0 && best.validationsSince() >= settings.patience();
    }

    /** The rest of an epoch, or as much of it as the run goes on for. */
    private void epoch(
            BatchSource source, long interval, Trainer trainer, MetricsLog log, Progress progress, Interrupt interrupt)
            throws IOException {
        long trainInterval = Math.max(1, total / TRAIN_LINES);
        boolean whole = position.batches() == 0;
        long began = updates;
        position.seek(source);
        Batch next = source.next();
        while (next != null) {
            Batch batch = next;
            next = source.next();
            long before = updates;
            StepReport report = trainer.step(batch, next);
            // Counted here: the source is ahead.
            position = position.afterBatch();
            updates = report.updates();
            emptyBatches += updates == before ? 1 : 0;
            log.add(report, (long) batch.steps() * batch.rows());
            progress.at(updates, trainWords(log.meanLoss()));
            boolean validate = passes(interval, before) || updates >= total;
            boolean stop = updates >= total || interrupt.requested();
            if (validate || stop || passes(trainInterval, before)) {
                log.train(report);
            }
            if (validate && updates > before) {
                validate(trainer, log, progress);
            }
            if (stop || isOver()) {
                return;
            }
        }
        if (whole && updates == began) {
            throw new UsageException("no batch of a whole epoch (" + position.batches()
                    + " of them) has a valid target with a weight above 0: there is nothing to learn from; check"
                    + " --class-weights and the data");
        }
        position = position.nextEpoch();
    }

    /** Whether the last batch brought the updates to a multiple of {@code interval}, or past one. */
    private boolean passes(long interval, long before) {
        return updates / interval > before / interval;
    }

    private String trainWords(double loss) {
        return String.format(
                Locale.ROOT,
                "train %.4g %s",
                trainUnit().of().applyAsDouble(loss),
                trainUnit().key());
    }

    /** That of the validation, where the loss of training is the data's own; a sum, weights or smoothing make it another quantity. */
    private TrainingData.Unit trainUnit() {
        Loss loss = settings.loss();
        return loss.equals(data.loss().at(loss.at()))
                ? data.unit()
                : new TrainingData.Unit("training loss", "loss", value -> value);
    }

    private void validate(Trainer trainer, MetricsLog log, Progress progress) throws IOException {
        Map<String, Double> figures = evaluate(TrainingData.Part.VALID);
        best.offer(rnn, updates, figures.get("loss"));
        log.valid(updates, figures);
        save(trainer);
        TrainingData.Unit unit = data.unit();
        String figure = String.format(Locale.ROOT, "valid %.4g %s", figures.get(unit.key()), unit.key());
        progress.figure(figure);
        progress.note("update " + updates + " of " + total + ", " + figure + bestWords(unit));
    }

    private String bestWords(TrainingData.Unit unit) {
        return best.validationsSince() == 0
                ? ", the best so far"
                : String.format(
                        Locale.ROOT, ", best %.4g at update %d", unit.of().applyAsDouble(best.loss()), best.updates());
    }

    private Map<String, Double> evaluate(TrainingData.Part part) {
        String where = (part == TrainingData.Part.VALID ? "validation" : "test") + " after update " + updates;
        return Figures.requireFinite(data.evaluate(rnn, part), where);
    }

    /** A checkpoint for those who want the network, and the state to go on from. */
    private void save(Trainer trainer) throws IOException {
        save(RunFolder.CHECKPOINT);
        folder.write(
                RunFolder.STATE,
                file -> TrainerState.write(
                        file, folder.resolve(RunFolder.STATE_BEFORE), trainer, position, best, data.metadata()));
        savedAt = updates;
    }

    private void save(String name) throws IOException {
        folder.write(name, file -> rnn.save(file, data.metadata()));
    }

    // ---- the end ----------------------------------------------------------------------------------------------------

    private void finish(MetricsLog log, Map<String, Object> run) throws IOException {
        best.copyTo(rnn);
        Map<String, Double> figures = evaluate(TrainingData.Part.TEST);
        save(RunFolder.MODEL);
        if (updates < total) {
            out.println(
                    "stopped after update " + updates + " of " + total + ": no better validation than that of update "
                            + best.updates() + " in " + Count.of(best.validationsSince(), "validation"));
        }
        if (emptyBatches > 0) {
            out.println(Count.of(emptyBatches, "batch") + " had no valid target");
        }
        out.println(data.summary(TrainingData.Part.TEST, figures)
                + (best.updates() < updates ? "; kept is the model of update " + best.updates() : ""));
        draw(log);
        data.finish(rnn, figures, settings, folder, out);
        run.put("updates", updates);
        run.put("kept_update", best.updates());
        run.put("valid_loss", best.loss());
        run.put("batches_without_target", emptyBatches);
        run.put("seconds", log.seconds());
        run.put("final", figures);
        folder.writeRun(run);
        log.end(updates, best.updates(), figures);
        out.println("run folder: " + folder.path());
        out.flush();
    }

    private void draw(MetricsLog log) throws IOException {
        Clipping clipping = settings.clipping();
        log.draw(
                folder,
                trainUnit(),
                clipping.kind() == Clipping.Kind.NORM ? OptionalDouble.of(clipping.limit()) : OptionalDouble.empty());
    }
}
