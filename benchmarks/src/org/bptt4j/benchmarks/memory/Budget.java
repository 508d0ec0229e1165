package org.bptt4j.benchmarks.memory;

import java.util.Map;
import org.bptt4j.benchmarks.Contender;
import org.bptt4j.benchmarks.Workload;
import org.bptt4j.benchmarks.step.Step;

/** A training step with all states in memory, and with a twentieth of the bytes that grow with its batch. */
public record Budget(Step step) implements Workload {
    public static final String FORMAT = Step.FORMAT;

    /** The contender that computes states again. */
    public static final String BUDGETED = "bptt4j-budget";

    /** The share of the bytes that it is left. */
    static final int LEFT = 20;

    public static Budget parse(String config) {
        return new Budget(Step.parse(config));
    }

    @Override
    public double flop() {
        return step.flop();
    }

    @Override
    public String kind() {
        return step.kind();
    }

    /** What is computed beside {@link #flop} when each step is swept forward {@code sweeps} times: x·W_ihᵀ and h·W_hhᵀ. */
    public double flopAgain(double sweeps) {
        double products = (double) step.cell().gates() * step.hidden() * (step.inputs() + step.hidden());
        return 2.0 * step.steps() * step.batch() * products * (sweeps - 1);
    }

    @Override
    public Contender open(String name, int threads) {
        return switch (name) {
            case "bptt4j" -> new PlannedStep(step, Workload.cpu(threads), 1);
            case BUDGETED -> new PlannedStep(step, Workload.cpu(threads), LEFT);
            default -> step.open(name, threads);
        };
    }

    /** The share of all hidden states h_0 … h_T that have no place, by {@link PlannedStep#figures}. */
    public double statesSaved(Map<String, Double> figures) {
        return 1 - figures.get(PlannedStep.STATES) / (step.steps() + 1);
    }
}
