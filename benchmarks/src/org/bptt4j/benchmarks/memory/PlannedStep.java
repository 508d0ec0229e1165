package org.bptt4j.benchmarks.memory;

import java.util.LinkedHashMap;
import java.util.Map;
import org.bptt4j.Rnn;
import org.bptt4j.Trainer;
import org.bptt4j.backend.Backend;
import org.bptt4j.benchmarks.Contender;
import org.bptt4j.benchmarks.step.Step;
import org.bptt4j.bptt.MemoryPlan;
import org.bptt4j.data.Batch;

/** Ours, through the public API, in a part of the memory that the batch would take. */
public final class PlannedStep implements Contender {
    /** Bytes that the plan takes, of all that grows with the batch. */
    public static final String PLANNED = "planned_bytes";
    /** Windows, the steps of each, and the states that are kept between them. */
    public static final String WINDOWS = "windows";

    public static final String WINDOW_STEPS = "window_steps";

    public static final String CHECKPOINTS = "checkpoints";
    /** Bytes of the arrays that were allocated for it. */
    public static final String HELD = "held_bytes";
    /** How often a step is swept forward. */
    public static final String SWEEPS = "sweeps";
    /** States [B, H] of one time step that have a place: in the window, before it, and as checkpoints. */
    public static final String STATES = "states";

    private final Backend backend;
    private final Rnn rnn;
    private final Trainer trainer;
    private final Batch batch;
    private double loss;

    /**
     * One training step.
     *
     * @param backend closed with this
     * @param part 1 for all bytes, n for the n-th part of them
     */
    PlannedStep(Step s, Backend backend, int part) {
        this.backend = backend;
        rnn = Rnn.create(backend, s.spec(), 0);
        s.weights().forEach(rnn::setParameter);
        batch = Batch.dense(s.steps(), s.batch(), s.inputs(), s.x()).withTargets(s.targets());
        trainer = part == 1
                ? Trainer.of(rnn).build()
                : Trainer.of(rnn).memory(wholeBytes() / part).build();
    }

    private long wholeBytes() {
        try (Trainer unlimited = Trainer.of(rnn).build()) {
            return unlimited.memoryPlan(batch).bytes();
        }
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
    public Map<String, Double> figures() {
        MemoryPlan plan = trainer.memoryPlan(batch);
        Map<String, Double> figures = new LinkedHashMap<>();
        figures.put(PLANNED, (double) plan.bytes());
        figures.put(HELD, (double) trainer.unrolledBytes());
        figures.put(SWEEPS, plan.recomputation());
        figures.put(WINDOWS, (double) plan.pieces());
        figures.put(WINDOW_STEPS, (double) plan.window());
        figures.put(CHECKPOINTS, (double) plan.checkpoints());
        int beside = plan.isWhole() ? 0 : plan.segments() + plan.checkpoints();
        figures.put(STATES, (double) plan.window() + 1 + beside);
        return figures;
    }

    @Override
    public void close() {
        trainer.close();
        rnn.close();
        backend.close();
    }
}
