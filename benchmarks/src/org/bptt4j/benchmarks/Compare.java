package org.bptt4j.benchmarks;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Runs contenders in turn, each in a fresh JVM, and prints the medians over the rounds and their ratio to the first. Refuses to
 * print anything if the contenders disagree about the loss or a gradient's norm by more than 10⁻³.
 *
 * <p>Arguments: rounds, threads, contenders (comma separated), then problems as B,T,I,H,O.
 */
public final class Compare {
    private static final double TOLERANCE = 1e-3;
    /** A contender's name with this ending runs with MKL's check of the processor's maker answered (see benchmarks/run). */
    private static final String UNLOCKED = "-unlocked";

    private Compare() {}

    public static void main(String[] args) throws IOException, InterruptedException {
        int rounds = Integer.parseInt(args[0]);
        String[] contenders = args[2].split(",", -1);
        System.out.printf("%-22s %-14s %10s %10s %8s%n", "B,T,I,H,O", "contender", "median ms", "GFLOP/s", "ratio");
        for (String config : Arrays.copyOfRange(args, 3, args.length)) {
            double[][] times = new double[contenders.length][rounds];
            String[][] first = new String[contenders.length][];
            for (int round = 0; round < rounds; round++) {
                for (int c = 0; c < contenders.length; c++) {
                    String[] result = runOne(contenders[c], config, args[1]);
                    times[c][round] = Double.parseDouble(result[1]);
                    first[c] = result;
                    requireSame(contenders[0], first[0], contenders[c], result);
                }
            }
            double flop = Problem.parse(config).flop();
            double base = median(times[0]);
            for (int c = 0; c < contenders.length; c++) {
                double ms = median(times[c]);
                System.out.printf(
                        "%-22s %-14s %10.3f %10.1f %8.2f%n", config, contenders[c], ms, flop / ms / 1e6, ms / base);
            }
        }
    }

    private static String[] runOne(String contender, String config, String threads)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                System.getProperty("java.home") + "/bin/java",
                "--add-modules",
                "jdk.incubator.vector",
                "-cp",
                System.getProperty("java.class.path"),
                TimeStep.class.getName(),
                contender.replace(UNLOCKED, ""),
                config,
                threads));
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD);
        if (contender.endsWith(UNLOCKED)) {
            builder.environment()
                    .put(
                            "LD_PRELOAD",
                            Path.of("target", "mkl-unlock.so").toAbsolutePath().toString());
        }
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        int code = process.waitFor();
        return output.lines()
                .filter(line -> line.startsWith("RESULT "))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException(contender + " on " + config + " ended with " + code
                        + " and printed no result: run " + String.join(" ", command)))
                .split(" ", -1);
    }

    private static void requireSame(String a, String[] left, String b, String[] right) {
        for (int i = 2; i < left.length; i++) {
            double x = Double.parseDouble(left[i].substring(left[i].indexOf('=') + 1));
            double y = Double.parseDouble(right[i].substring(right[i].indexOf('=') + 1));
            if (!(Math.abs(x - y) <= TOLERANCE * Math.abs(x))) {
                throw new IllegalStateException(
                        a + " and " + b + " do not compute the same: " + left[i] + " and " + right[i]);
            }
        }
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
    }
}
