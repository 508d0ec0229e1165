package org.bptt4j.benchmarks.jmh;

import org.bptt4j.benchmarks.block.Block;
import org.bptt4j.benchmarks.block.Bptt4jBlock;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/** The recurrent layer, whole and in its parts. */
public class BlockBenchmark extends SweepBenchmark {
    /** BxTxIxH. */
    @Param({"32x100x64x128", "1x1000x64x256", "64x128x256x512"})
    protected String config;

    private Bptt4jBlock block;

    @Setup
    public void open() {
        block = new Bptt4jBlock(Block.parse(withCell(config)), backend());
    }

    /** Before every call: the backward sweep over its own result would come to numbers that are slow for being tiny. */
    @Setup(Level.Invocation)
    public void prepare() {
        block.prepare();
    }

    @Benchmark
    public void forwardAndBackward() {
        block.run();
    }

    @Benchmark
    public void forwardSweep() {
        block.forwardSweep();
        block.synchronize();
    }

    @Benchmark
    public void backwardSweep() {
        block.backwardSweep();
        block.synchronize();
    }

    @Benchmark
    public void weightGradients() {
        block.weightGradients();
        block.synchronize();
    }

    @TearDown
    public void close() {
        block.close();
    }
}
