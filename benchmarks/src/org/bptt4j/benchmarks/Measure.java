package org.bptt4j.benchmarks;

import java.util.Arrays;
import java.util.Map;

/**
 * Times one contender on one workload in this process. Prints the median in milliseconds, and of every result of the first run
 * what tells whether another contender computed the same.
 *
 * <p>Arguments: family, contender, configuration, threads.
 */
final class Measure {
    /** Both compilers of the JVM are through with the kernels after this. */
    private static final double WARM_SECONDS = 2;

    private static final double TIMED_SECONDS = 1;
    /** Slow contenders run longer than the seconds above, for this many calls, but begin none after the limit. */
    private static final int CALLS = 5;

    private static final double LIMIT_SECONDS = 8;

    private Measure() {}

    public static void main(String[] args) {
        Workload workload = Family.parse(args[0]).workload(args[2]);
        try (Contender contender = workload.open(args[1], Integer.parseInt(args[3]))) {
            contender.prepare();
            contender.run();
            for (Map.Entry<String, float[]> result : contender.results().entrySet()) {
                Sums sums = Sums.of(result.getValue());
                System.out.println(Child.SUMS + result.getKey() + " " + sums);
            }
            contender.figures().forEach((name, value) -> System.out.println(Child.FIGURE + name + " " + value));
            times(contender, WARM_SECONDS);
            double[] times = times(contender, TIMED_SECONDS);
            Arrays.sort(times);
            System.out.println(Child.MEDIAN + (times[(times.length - 1) / 2] + times[times.length / 2]) / 2);
        }
        // Native libraries may leave threads behind that are no daemons.
        System.exit(0);
    }

    /** Milliseconds of each call. */
    private static double[] times(Contender contender, double seconds) {
        double[] times = new double[16];
        int n = 0;
        long begin = System.nanoTime();
        double elapsed = 0;
        while (elapsed < seconds || (n < CALLS && elapsed < LIMIT_SECONDS)) {
            contender.prepare();
            long start = System.nanoTime();
            contender.run();
            long end = System.nanoTime();
            if (n == times.length) {
                times = Arrays.copyOf(times, 2 * n);
            }
            times[n++] = (end - start) / 1e6;
            elapsed = (end - begin) / 1e9;
        }
        return Arrays.copyOf(times, n);
    }
}
