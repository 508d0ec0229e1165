package org.bptt4j.backend.cuda;

import java.util.Arrays;

/** Repeats work as often as its time allows, after some that warms up, and tells how long it took; on a software device twice, which tells nothing. */
final class CardClock {
    private static final int LEAST_REPEATS = 3;
    private static final int MOST_REPEATS = 100;
    /** Until clocks and caches are what they are under load. */
    private static final double WARM_UP_SECONDS = 0.05;

    private final boolean software;

    CardClock(boolean software) {
        this.software = software;
    }

    /** Sorted milliseconds of each part of work on the device, which are done in turn. */
    double[][] parts(CardForm.Opened opened, double seconds, Runnable... parts) {
        double[][] ms = new double[parts.length][];
        try (CardEvents events = new CardEvents(opened.device(), parts.length + 1)) {
            double[][] taken = new double[MOST_REPEATS][parts.length];
            int[] count = new int[1];
            repeat(seconds, warm -> {
                events.mark(0);
                for (int i = 0; i < parts.length; i++) {
                    parts[i].run();
                    events.mark(i + 1);
                }
                events.await(parts.length);
                if (!warm) {
                    for (int i = 0; i < parts.length; i++) {
                        taken[count[0]][i] = events.ms(i, i + 1);
                    }
                    count[0]++;
                }
                return events.ms(0, parts.length);
            });
            for (int i = 0; i < parts.length; i++) {
                int part = i;
                ms[i] = Arrays.stream(taken, 0, count[0])
                        .mapToDouble(t -> t[part])
                        .sorted()
                        .toArray();
            }
        }
        opened.backend().synchronize(); // the backend learns of what failed
        return ms;
    }

    /** One repetition, in milliseconds; while it is warmed up, it need not be remembered. */
    interface Repetition {
        double run(boolean warm);
    }

    /** Sorted milliseconds of as many repetitions as fit, behind those that warm up. */
    double[] repeat(double seconds, Repetition work) {
        long start = System.nanoTime();
        do {
            work.run(true);
        } while (!software && System.nanoTime() - start < 1e9 * Math.min(WARM_UP_SECONDS, seconds / 4));
        if (software) {
            return new double[] {work.run(false)};
        }
        double[] ms = new double[MOST_REPEATS];
        int count = 0;
        while (count < ms.length && (count < LEAST_REPEATS || System.nanoTime() - start < 1e9 * seconds)) {
            ms[count++] = work.run(false);
        }
        return Arrays.stream(ms, 0, count).sorted().toArray();
    }

    static double median(double[] sorted) {
        return sorted[sorted.length / 2];
    }
}
