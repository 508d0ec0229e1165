package org.bptt4j.backend.cuda;

import java.io.PrintStream;
import java.util.Arrays;
import java.util.Locale;

/** Times work that a device does behind the host, and prints a JSON object a line; on a software device only what was done. */
final class Measurement {
    private static final int REPEATS = 5;

    private final PrintStream out;
    private final boolean software;

    Measurement(PrintStream out, boolean software) {
        this.out = out;
        this.software = software;
    }

    /** What is done often on a card is done a few times on a software device, where it shows nothing but that it works. */
    int times(int onACard) {
        return software ? Math.min(onACard, 8) : onACard;
    }

    /** Median milliseconds from the first call to the end of the work, after a first run that is not counted. */
    double median(Runnable work, Runnable end) {
        double[] ms = new double[software ? 1 : REPEATS];
        work.run();
        end.run();
        for (int i = 0; i < ms.length; i++) {
            long start = System.nanoTime();
            work.run();
            end.run();
            ms[i] = (System.nanoTime() - start) / 1e6;
        }
        Arrays.sort(ms);
        return ms[ms.length / 2];
    }

    /** So many bytes read and written in {@code ms}. */
    void bandwidth(String what, long bytes, double ms) {
        print(
                what,
                "\"bytes\":" + bytes,
                String.format(Locale.ROOT, "\"ms\":%.4f,\"gb_per_s\":%.2f", ms, bytes / ms / 1e6));
    }

    /** So many of a kind in {@code ms}. */
    void each(String what, long count, double ms) {
        String times = String.format(Locale.ROOT, "\"ms\":%.4f,\"us_each\":%.4f", ms, 1e3 * ms / count);
        print(what, "\"count\":" + count, times);
    }

    /** So many additions and multiplications in {@code ms}. */
    void arithmetic(String what, double flop, double ms) {
        String times = String.format(Locale.ROOT, "\"ms\":%.4f,\"gflops\":%.1f", ms, flop / ms / 1e6);
        print(what, String.format(Locale.ROOT, "\"flop\":%.0f", flop), times);
    }

    /** What does not run here, and why. */
    void refused(String what, String why) {
        out.printf("{\"probe\":\"%s\",\"refused\":\"%s\"}%n", what, why.replace('"', '\''));
    }

    private void print(String what, String counts, String times) {
        String rest = software ? "\"note\":\"a software device: no times\"" : times;
        out.printf("{\"probe\":\"%s\",%s,%s}%n", what, counts, rest);
    }
}
