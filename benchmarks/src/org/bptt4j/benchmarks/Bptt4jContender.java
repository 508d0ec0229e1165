package org.bptt4j.benchmarks;

import java.util.LinkedHashMap;
import java.util.Map;
import org.bptt4j.Rnn;
import org.bptt4j.Trainer;
import org.bptt4j.backend.Backend;
import org.bptt4j.backend.BackendOptions;
import org.bptt4j.backend.Backends;
import org.bptt4j.data.Batch;
import org.bptt4j.spec.RnnSpec;

/** Ours, through the public API. */
final class Bptt4jContender implements Contender {
    private final Backend backend;
    private final Rnn rnn;
    private final Trainer trainer;
    private final Batch batch;

    Bptt4jContender(Problem p, int threads) {
        backend = Backends.select("cpu", new BackendOptions(threads));
        rnn = Rnn.create(backend, RnnSpec.of(p.inputs(), p.hidden(), p.outputs()), 0);
        p.weights().forEach(rnn::setParameter);
        trainer = Trainer.of(rnn).build();
        batch = Batch.dense(p.steps(), p.batch(), p.inputs(), p.x()).withTargets(p.targets());
    }

    @Override
    public double step() {
        return trainer.forwardBackward(batch);
    }

    @Override
    public Map<String, float[]> gradients() {
        Map<String, float[]> gradients = new LinkedHashMap<>();
        rnn.parameterNames().forEach(name -> gradients.put(name, rnn.gradient(name)));
        return gradients;
    }

    @Override
    public void close() {
        trainer.close();
        rnn.close();
        backend.close();
    }
}
