package org.bptt4j.benchmarks.step;

import java.util.LinkedHashMap;
import java.util.Map;
import org.bptt4j.Rnn;
import org.bptt4j.Trainer;
import org.bptt4j.backend.Backend;
import org.bptt4j.benchmarks.Contender;
import org.bptt4j.data.Batch;

/** Ours, through the public API. */
public final class Bptt4jStep implements Contender {
    private final Backend backend;
    private final Rnn rnn;
    private final Trainer trainer;
    private final Batch batch;
    private double loss;

    /** @param backend closed with this */
    public Bptt4jStep(Step s, Backend backend) {
        this.backend = backend;
        rnn = Rnn.create(backend, s.spec(), 0);
        s.weights().forEach(rnn::setParameter);
        trainer = Trainer.of(rnn).build();
        batch = Batch.dense(s.steps(), s.batch(), s.inputs(), s.x()).withTargets(s.targets());
    }

    @Override
    public void run() {
        loss = trainer.forwardBackward(batch);
    }

    @Override
    public Map<String, float[]> results() {
        Map<String, float[]> results = new LinkedHashMap<>();
        results.put(Step.LOSS, new float[] {(float) loss});
        rnn.parameterNames().forEach(name -> results.put(name, rnn.gradient(name)));
        return results;
    }

    @Override
    public void close() {
        trainer.close();
        rnn.close();
        backend.close();
    }
}
