package org.bptt4j.cli;

import java.util.Locale;
import org.bptt4j.backend.Counts;

/** The rows that the benchmark prints: one table of times, one of counts. */
final class BenchTable {
    private static final String SIZES = "%-17s %-5s %5s %6s %6s %6s %6s %2s";
    private static final String TIMES = " %10s %10s %9s %6s";
    private static final String COUNTS = " %8s %6s %8s %11s %12s %9s %4s %5s";

    private BenchTable() {}

    /** The head of the table of {@link #times}. */
    static String timesHead() {
        return head(SIZES + TIMES, "backend,cell,B,T,I,H,O,L,ms,ms min,GFLOP/s,peak");
    }

    /** The row of a result that has times or a refusal. */
    static String times(BenchResult r) {
        if (r.refusal() != null) {
            return sizes(r) + "  " + r.refusal();
        }
        return sizes(r)
                + String.format(
                        TIMES,
                        decimals(3, r.times().ms()),
                        decimals(3, r.times().msMin()),
                        decimals(1, r.gflops()),
                        decimals(0, 100 * r.gflops() / r.place().peak()) + "%");
    }

    /** The head of the table of {@link #counts}. */
    static String countsHead() {
        return head(
                SIZES + COUNTS,
                "backend,cell,B,T,I,H,O,L,launches,graphs,products,all kernels,all products,bytes up,down,waits");
    }

    /** The row of a result that has counts or a refusal. */
    static String counts(BenchResult r) {
        if (r.refusal() != null) {
            return sizes(r) + "  " + r.refusal();
        }
        Counts c = r.counts();
        return sizes(r)
                + String.format(
                        COUNTS,
                        c.launches(),
                        c.graphLaunches(),
                        c.productCalls(),
                        c.kernels(),
                        c.products(),
                        c.uploadedBytes(),
                        c.downloadedBytes(),
                        c.waits());
    }

    private static String head(String format, String columns) {
        return String.format(format, (Object[]) columns.split(",", -1));
    }

    private static String sizes(BenchResult r) {
        BenchConfig c = r.config();
        return String.format(
                SIZES,
                r.place().isDevice()
                        ? r.place().name() + " " + Names.of(r.place().sweep())
                        : r.place().name(),
                c.net().cell().name(),
                c.rows(),
                c.steps(),
                c.net().inputSize(),
                c.net().hiddenSize(),
                c.net().outputSize(),
                c.net().layers());
    }

    private static String decimals(int digits, double value) {
        return String.format(Locale.ROOT, "%." + digits + "f", value);
    }
}
