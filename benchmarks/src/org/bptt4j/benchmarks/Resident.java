package org.bptt4j.benchmarks;

import java.io.IOException;
import java.util.ArrayList;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import org.bptt4j.benchmarks.memory.Budget;
import org.bptt4j.benchmarks.memory.ResidentStep;

/** Peak resident memory of training steps, each contender in a fresh JVM with the smallest heap in which it runs. */
final class Resident {
    private static final String CONFIG = "4,20000,32,128,32";
    private static final List<String> CONTENDERS = List.of("bptt4j", Budget.BUDGETED, "djl");
    /** What lies outside of the heap differs from run to run. */
    private static final int ROUNDS = 5;

    private static final double MEBIBYTE = 1 << 20;
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
            try {
                List<long[]> peaks = new ArrayList<>();
                for (int round = 0; round < ROUNDS; round++) {
                    peaks.add(peaks(contender, heap, threads));
                }
                return line(contender, heap, peaks);
            } catch (IOException e) {
                if (heap >= LARGEST_HEAP) {
                    throw e;
                }
            }
        }
    }

    /** The most bytes that were resident before the batch was made, and at the end. */
    private static long[] peaks(String contender, int heap, int threads) throws IOException, InterruptedException {
        List<String> output = Child.run(
                options(heap),
                Environment.of(contender, threads),
                ResidentStep.class,
                contender,
                CONFIG,
                Integer.toString(threads));
        for (String said : output) {
            if (said.startsWith(ResidentStep.PEAKS)) {
                String[] words = said.substring(ResidentStep.PEAKS.length()).split(" ", -1);
                return new long[] {Long.parseLong(words[0]), Long.parseLong(words[1])};
            }
        }
        throw new IOException(contender + " did not say what memory it took");
    }

    /** Garbage that a larger heap would keep is none of a contender's needs; what lies outside of the heap is not bounded. */
    private static List<String> options(int heap) {
        return new ArrayList<>(
                List.of("-XX:+UseSerialGC", "-Xmn4m", "-Xmx" + heap + "m", "-XX:MaxDirectMemorySize=4g"));
    }

    private static String line(String contender, int heap, List<long[]> peaks) {
        double steps = Integer.parseInt(CONFIG.split(",", -1)[1]);
        return String.format(
                Locale.ROOT,
                FORMAT,
                CONFIG,
                contender,
                heap,
                range(peaks, p -> p[0] / MEBIBYTE, "%.0f"),
                range(peaks, p -> p[1] / MEBIBYTE, "%.0f"),
                range(peaks, p -> (p[1] - p[0]) / MEBIBYTE, "%.0f"),
                range(peaks, p -> (p[1] - p[0]) / 1024.0 / steps, "%.2f"));
    }

    /** Least and most of all rounds. */
    private static String range(List<long[]> peaks, ToDoubleFunction<long[]> figure, String format) {
        DoubleSummaryStatistics all = peaks.stream().mapToDouble(figure).summaryStatistics();
        return String.format(Locale.ROOT, format + "-" + format, all.getMin(), all.getMax());
    }

    static String mebibytes(double bytes) {
        return String.format(Locale.ROOT, "%.0f", bytes / MEBIBYTE);
    }
}
