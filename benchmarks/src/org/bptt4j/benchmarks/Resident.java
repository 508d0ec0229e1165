package org.bptt4j.benchmarks;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.bptt4j.benchmarks.memory.Budget;
import org.bptt4j.benchmarks.memory.ResidentStep;

/** Peak resident memory of training steps, each contender in a fresh JVM with the smallest heap in which it runs. */
final class Resident {
    private static final String CONFIG = "4,20000,32,128,32";
    private static final List<String> CONTENDERS = List.of("bptt4j", Budget.BUDGETED, "djl");
    private static final int SMALLEST_HEAP = 16;
    private static final int LARGEST_HEAP = 4096;
    private static final String FORMAT = "%-24s %-18s %9s %12s %12s %12s %12s%n";

    private Resident() {}

    static void print(int threads) throws IOException, InterruptedException {
        System.out.printf(
                FORMAT, Budget.FORMAT, "contender", "heap MiB", "before MiB", "peak MiB", "more MiB", "KiB a step");
        for (String contender : CONTENDERS) {
            System.out.print(line(contender, threads));
        }
    }

    private static String line(String contender, int threads) throws IOException, InterruptedException {
        for (int heap = SMALLEST_HEAP; ; heap += Math.max(2, heap / 16)) {
            List<String> output;
            try {
                output = Child.run(
                        options(heap),
                        Environment.of(contender, threads),
                        ResidentStep.class,
                        contender,
                        CONFIG,
                        Integer.toString(threads));
            } catch (IOException e) {
                if (heap >= LARGEST_HEAP) {
                    throw e;
                }
                continue; // needs a larger heap
            }
            for (String said : output) {
                if (said.startsWith(ResidentStep.PEAKS)) {
                    String[] words = said.substring(ResidentStep.PEAKS.length()).split(" ", -1);
                    return line(contender, heap, Long.parseLong(words[0]), Long.parseLong(words[1]));
                }
            }
            throw new IOException(contender + " did not say what memory it took");
        }
    }

    /** Garbage that a larger heap would keep is none of a contender's needs; what lies outside of the heap is not bounded. */
    private static List<String> options(int heap) {
        return new ArrayList<>(
                List.of("-XX:+UseSerialGC", "-Xmn4m", "-Xmx" + heap + "m", "-XX:MaxDirectMemorySize=4g"));
    }

    private static String line(String contender, int heap, long before, long peak) {
        double steps = Integer.parseInt(CONFIG.split(",", -1)[1]);
        return String.format(
                Locale.ROOT,
                FORMAT,
                CONFIG,
                contender,
                heap,
                mebibytes(before),
                mebibytes(peak),
                mebibytes(peak - before),
                String.format(Locale.ROOT, "%.2f", (peak - before) / 1024.0 / steps));
    }

    static String mebibytes(double bytes) {
        return String.format(Locale.ROOT, "%.0f", bytes / (1 << 20));
    }
}
