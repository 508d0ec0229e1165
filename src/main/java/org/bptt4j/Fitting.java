package org.bptt4j;

import org.bptt4j.data.Batch;
import org.bptt4j.data.BatchSource;

/** The loop of {@link Trainer#fit}, once. */
final class Fitting {
    private final Trainer trainer;
    private final BatchSource source;
    private final Validation validation;
    private final Trainer.Listener listener;
    /** Whether the next batch goes up while one computes, so that it is asked for before. */
    private final boolean ahead;

    private final BestModel best = new BestModel();
    private long steps;
    private long epochs;
    private boolean stoppedEarly;

    /** @param validation null for none */
    Fitting(Trainer trainer, BatchSource source, Validation validation, Trainer.Listener listener) {
        this.trainer = trainer;
        this.source = source;
        this.validation = validation;
        this.listener = listener;
        this.ahead = trainer.rnn().backend().runsBehind();
    }

    FitReport run(long most) {
        boolean goOn = true;
        while (goOn && epochs < most) {
            goOn = epoch();
        }
        if (best.isPresent()) {
            best.copyTo(trainer.rnn());
        }
        return new FitReport(steps, epochs, best, stoppedEarly);
    }

    /** Returns whether to go on. */
    private boolean epoch() {
        long before = trainer.updates() + trainer.skipped();
        source.start(epochs);
        Batch next = source.next();
        while (next != null) {
            Batch batch = next;
            long fingerprint = ahead ? batch.fingerprint() : 0;
            next = ahead ? source.next() : null;
            requireSame(batch, fingerprint);
            StepReport done = trainer.step(batch, next);
            requireSame(batch, fingerprint);
            steps++;
            if (!listener.afterStep(done)) {
                return false;
            }
            next = ahead ? next : source.next();
        }
        if (trainer.updates() + trainer.skipped() == before) {
            throw new IllegalArgumentException(
                    "epoch " + epochs + " has no batch with a valid target with a weight above 0:"
                            + " there is nothing to learn from; look at what the source returns, its lengths and its loss weights");
        }
        boolean goOn = listener.afterEpoch(epochs++);
        return validate() && goOn;
    }

    private boolean validate() {
        if (validation == null) {
            return true;
        }
        Evaluation evaluation = trainer.evaluate(validation.source());
        boolean better = best.offer(trainer.rnn(), trainer.updates(), evaluation.loss());
        listener.afterValidation(evaluation, better);
        stoppedEarly = validation.patience() > 0 && best.validationsSince() >= validation.patience();
        return !stoppedEarly;
    }

    private void requireSame(Batch batch, long fingerprint) {
        if (ahead) {
            batch.requireUnchanged(
                    fingerprint, "while fit trained on it, and had asked the source for the batch after it");
        }
    }
}
