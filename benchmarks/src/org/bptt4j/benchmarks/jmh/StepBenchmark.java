package org.bptt4j.benchmarks.jmh;

import org.bptt4j.benchmarks.step.Bptt4jStep;
import org.bptt4j.benchmarks.step.Step;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/** A training step through the public API. */
public class StepBenchmark extends SweepBenchmark {
    /** BxTxIxHxO. */
    @Param({"32x100x64x128x64", "1x1000x64x256x64", "64x128x256x512x256"})
    protected String config;

    private Bptt4jStep step;

    @Setup
    public void open() {
        step = new Bptt4jStep(Step.parse(withCell(config)), backend());
    }

    @Benchmark
    public void trainingStep() {
        step.run();
    }

    @TearDown
    public void close() {
        step.close();
    }
}
