package org.bptt4j.benchmarks.jmh;

import org.bptt4j.benchmarks.gemm.Bptt4jGemm;
import org.bptt4j.benchmarks.gemm.Gemm;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/** One matrix product; with A transposed (tn) it is the kernel of the weight gradients. */
public class GemmBenchmark extends OurBenchmark {
    /** MxNxK and which operand is read transposed. */
    @Param({"32x128x128xnt", "64x512x512xnt", "3200x128x64xnt", "3200x64x128xnn", "128x128x3200xtn", "512x512x8192xtn"})
    protected String config;

    private Bptt4jGemm gemm;

    @Setup
    public void open() {
        gemm = new Bptt4jGemm(Gemm.parse(commas(config)), backend());
    }

    @Benchmark
    public void gemm() {
        gemm.run();
    }

    @TearDown
    public void close() {
        gemm.close();
    }
}
