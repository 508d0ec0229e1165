package org.bptt4j.benchmarks;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A fresh JVM that runs one main class with this one's class path. */
final class Child {
    /** Beginnings of the lines that {@link Measure} prints. */
    static final String MEDIAN = "median ";

    static final String SUMS = "sums ";

    static final String FIGURE = "figure ";

    private static final int LINES_OF_ERRORS = 40;

    private Child() {}

    /** What one measurement said: milliseconds, the sums of each result by name, and the contender's figures. */
    record Measured(double ms, Map<String, Sums> sums, Map<String, Double> figures) {}

    static Measured measure(Family family, String contender, String config, int threads)
            throws IOException, InterruptedException {
        List<String> lines = run(
                List.of(),
                Environment.of(contender, threads),
                Measure.class,
                family.toString(),
                Environment.name(contender),
                config,
                Integer.toString(threads));
        double ms = Double.NaN;
        Map<String, Sums> sums = new LinkedHashMap<>();
        Map<String, Double> figures = new LinkedHashMap<>();
        for (String line : lines) {
            if (line.startsWith(MEDIAN)) {
                ms = Double.parseDouble(line.substring(MEDIAN.length()));
            } else if (line.startsWith(SUMS)) {
                String[] words = line.substring(SUMS.length()).split(" ", -1);
                sums.put(words[0], Sums.parse(words[1]));
            } else if (line.startsWith(FIGURE)) {
                String[] words = line.substring(FIGURE.length()).split(" ", -1);
                figures.put(words[0], Double.parseDouble(words[1]));
            }
        }
        return new Measured(ms, sums, figures);
    }

    /** Runs {@code main} with options of the JVM and additions to its environment, and returns the lines it printed; if it fails, the exception has the end of its standard error. */
    static List<String> run(List<String> options, Map<String, String> environment, Class<?> main, String... arguments)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(options);
        command.addAll(List.of("--add-modules", "jdk.incubator.vector"));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        command.addAll(List.of(arguments));
        Path errors = Files.createTempFile("benchmark", ".err");
        try {
            ProcessBuilder builder = new ProcessBuilder(command).redirectError(errors.toFile());
            builder.environment().putAll(environment);
            Process process = builder.start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            int code = process.waitFor();
            if (code != 0) {
                List<String> lines =
                        Files.readString(errors, StandardCharsets.UTF_8).lines().toList();
                List<String> end = lines.subList(Math.max(0, lines.size() - LINES_OF_ERRORS), lines.size());
                throw new IOException(String.join(" ", arguments) + ": the process ended with exit code " + code + "\n"
                        + String.join("\n", end));
            }
            return output.lines().toList();
        } finally {
            Files.delete(errors);
        }
    }
}
