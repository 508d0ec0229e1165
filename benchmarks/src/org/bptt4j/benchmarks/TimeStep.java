package org.bptt4j.benchmarks;

import java.util.Arrays;
import java.util.Map;

/**
 * Times one contender on one problem in this process and prints one line of figures: median milliseconds, loss, and the norm
 * of every gradient. {@link Compare} starts it.
 */
public final class TimeStep {
    private static final double WARM_SECONDS = 2;
    private static final double MEASURED_SECONDS = 2;

    private TimeStep() {}

    public static void main(String[] args) {
        Problem problem = Problem.parse(args[1]);
        try (Contender contender = Contender.open(args[0], problem, Integer.parseInt(args[2]))) {
            double loss = contender.step();
            Map<String, float[]> gradients = contender.gradients();
            run(contender, WARM_SECONDS);
            double[] times = run(contender, MEASURED_SECONDS);
            Arrays.sort(times);
            StringBuilder line = new StringBuilder("RESULT " + times[times.length / 2] + " " + loss);
            gradients.forEach(
                    (name, g) -> line.append(' ').append(name).append('=').append(norm(g)));
            System.out.println(line);
        }
    }

    private static double[] run(Contender contender, double seconds) {
        double[] times = new double[16];
        int n = 0;
        long end = System.nanoTime() + (long) (seconds * 1e9);
        while (n < 5 || System.nanoTime() < end) {
            long start = System.nanoTime();
            contender.step();
            if (n == times.length) {
                times = Arrays.copyOf(times, 2 * n);
            }
            times[n++] = (System.nanoTime() - start) / 1e6;
        }
        return Arrays.copyOf(times, n);
    }

    private static double norm(float[] values) {
        double sum = 0;
        for (float v : values) {
            sum += (double) v * v;
        }
        return Math.sqrt(sum);
    }
}
