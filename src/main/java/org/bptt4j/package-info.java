/**
 * What a user types: {@link org.bptt4j.Rnn} is a recurrent network on a backend, {@link org.bptt4j.Trainer} trains it, {@link
 * org.bptt4j.RnnSession} runs it step by step.
 *
 * <pre>{@code
 * try (Backend backend = Backends.select("auto");
 *         Rnn rnn = Rnn.create(backend, RnnSpec.of(1, 32, 1), 42);
 *         Trainer trainer = Trainer.of(rnn).loss(Loss.mse()).optimizer(Optimizer.adam(1e-3)).build()) {
 *     StepReport report = trainer.step(Batch.dense(steps, rows, 1, x).withTargets(y));
 * }
 * }</pre>
 */
package org.bptt4j;
