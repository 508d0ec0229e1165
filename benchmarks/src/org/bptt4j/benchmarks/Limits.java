package org.bptt4j.benchmarks;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.bptt4j.backend.cpu.PeakFlops;

/**
 * What no program can pass on this machine with so many threads, measured in a JVM of its own.
 *
 * @param threads of all figures
 * @param peak float32 multiply-adds in registers, GFLOP/s
 * @param level2 reading what fits each core's second-level cache, GB/s of all threads
 * @param memory reading what fits no cache, GB/s of all threads
 */
record Limits(int threads, double peak, double level2, double memory) {
    /** Without large pages a level 2 cache is filled unevenly. */
    private static final List<String> LARGE_PAGES =
            List.of("-XX:+IgnoreUnrecognizedVMOptions", "-XX:+UseTransparentHugePages");

    private static final int MEMORY_BYTES = 256 << 20;

    /** Measures in a fresh JVM. */
    static Limits measure(int threads) throws IOException, InterruptedException {
        List<Double> figures = new ArrayList<>();
        for (String line : Child.run(LARGE_PAGES, Map.of(), Limits.class, Integer.toString(threads))) {
            figures.add(Double.parseDouble(line));
        }
        return new Limits(threads, figures.get(0), figures.get(1), figures.get(2));
    }

    /** The child: threads in, one figure a line out. */
    public static void main(String[] args) throws IOException {
        int threads = Integer.parseInt(args[0]);
        System.out.println(PeakFlops.measure(threads));
        System.out.println(ReadBandwidth.measure(threads, Machine.level2Bytes() / 2));
        System.out.println(ReadBandwidth.measure(threads, MEMORY_BYTES));
    }
}
