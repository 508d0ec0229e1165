package org.bptt4j.backend.cuda;

import java.io.PrintStream;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** Times work that a device does behind the host, and prints a JSON object a line; on a software device only what was done. The rates are kept in the result of an item, too. */
final class Measurement {
    private static final int REPEATS = 5;

    private final PrintStream out;
    private final boolean software;
    private Map<String, Object> result = new LinkedHashMap<>();

    Measurement(PrintStream out, boolean software) {
        this.out = out;
        this.software = software;
    }

    /** From now on rates go here. */
    void into(Map<String, Object> item) {
        result = item;
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
        print(what, "\"bytes\":" + bytes, ms, "gb_per_s", bytes / ms / 1e6);
    }

    /** So many of a kind in {@code ms}. */
    void each(String what, long count, double ms) {
        print(what, "\"count\":" + count, ms, "us_each", 1e3 * ms / count);
    }

    /** So many additions and multiplications in {@code ms}. */
    void arithmetic(String what, double flop, double ms) {
        print(what, String.format(Locale.ROOT, "\"flop\":%.0f", flop), ms, "gflops", flop / ms / 1e6);
    }

    private void print(String what, String counts, double ms, String rate, double value) {
        String times = String.format(Locale.ROOT, "\"ms\":%.4f,\"%s\":%.4f", ms, rate, value);
        out.printf(
                "{\"probe\":\"%s\",%s,%s}%n",
                what, counts, software ? "\"note\":\"a software device: no times\"" : times);
        if (!software) {
            result.put(what + " " + rate, value);
        }
    }
}
