package org.bptt4j.cli;

import java.util.concurrent.TimeUnit;
import java.util.stream.DoubleStream;
import org.bptt4j.Rnn;
import org.bptt4j.Trainer;
import org.bptt4j.backend.BackendUnavailableException;
import org.bptt4j.backend.Counts;
import org.bptt4j.backend.OutOfDeviceMemoryException;
import org.bptt4j.data.Batch;

/**
 * One configuration at one place: a network, and forward and backward of a training step on it as often as one likes. {@link
 * Trainer#forwardBackward} reads the loss, and so returns only when the device is through with the step.
 */
final class BenchSubject implements AutoCloseable {
    private static final long WARM_UP_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final int WARM_UP_CALLS = 20;

    private final BenchPlace place;
    private final BenchConfig config;
    private final Batch batch;
    private final DoubleStream.Builder times = DoubleStream.builder();
    private Rnn rnn;
    private Trainer trainer;
    private Counts counts;
    private String refusal;

    BenchSubject(BenchPlace place, BenchConfig config, Batch batch) {
        this.place = place;
        this.config = config;
        this.batch = batch;
    }

    /** Opens and warms up; where the place does not run the configuration, that is its result. */
    void prepare() {
        try {
            rnn = Rnn.create(place.backend(), config.net(), 1);
            trainer = Trainer.of(rnn).build();
            warmUp();
        } catch (BackendUnavailableException | OutOfDeviceMemoryException e) {
            refusal = OptionWords.of(e.getMessage());
            close();
        }
    }

    /** Makes room, lets graphs be recorded and the JVM compile; and counts one step that finds the first two done. */
    private void warmUp() {
        step();
        Counts before = place.backend().counts();
        step();
        counts = place.backend().counts().minus(before);
        if (place.isTimed()) {
            long start = System.nanoTime();
            for (int i = 2; i < WARM_UP_CALLS || System.nanoTime() - start < WARM_UP_NANOS; i++) {
                step();
            }
        }
    }

    /** Times steps one by one for so long, at least one, after one that only wakes up what has slept since the last round. */
    void round(long nanos) {
        if (refusal != null || !place.isTimed()) {
            return;
        }
        step();
        long start = System.nanoTime();
        long now = start;
        do {
            long before = now;
            step();
            now = System.nanoTime();
            times.add((now - before) / 1e6);
        } while (now - start < nanos);
    }

    private void step() {
        trainer.forwardBackward(batch);
    }

    BenchResult result() {
        if (refusal != null) {
            return new BenchResult(place, config, null, null, refusal);
        }
        double[] ms = times.build().sorted().toArray();
        BenchResult.Times all = ms.length == 0 ? null : new BenchResult.Times(ms[ms.length / 2], ms[0]);
        return new BenchResult(place, config, all, place.isDevice() ? counts : null, null);
    }

    @Override
    public void close() {
        if (trainer != null) {
            trainer.close();
            trainer = null;
        }
        if (rnn != null) {
            rnn.close();
            rnn = null;
        }
    }
}
