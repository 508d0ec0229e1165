package org.bptt4j.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.bptt4j.benchmarks.memory.CommandLine;

/** One sequence of a million steps through the command line: in one piece within a memory budget, and cut into segments. */
final class MillionSteps {
    private static final List<String> OPTIONS = List.of("-Xmx1g");
    private static final List<String> TRAIN = List.of(
            ("train --task parity --length 1000000 --batch 4 --hidden 64 --memory 256MiB --explain --progress none")
                    .split(" "));
    private static final String PLAN = "memory plan: ";
    private static final Pattern SECONDS = Pattern.compile("\"event\":\"train\".*\"seconds\":([0-9.E-]+)");
    private static final String FORMAT = "%-36s %8s %12s %10s  %s%n";

    /** One of the two ways. */
    private record Way(String options, int updates, List<Double> seconds, List<Double> peaks) {
        List<String> arguments() {
            List<String> arguments = new ArrayList<>(TRAIN);
            arguments.addAll(List.of(options.split(" ")));
            return arguments;
        }
    }

    private MillionSteps() {}

    static void print(int threads, int rounds) throws IOException, InterruptedException {
        System.out.println(OPTIONS.get(0) + " bptt4j " + String.join(" ", TRAIN));
        System.out.printf(FORMAT, "with", "updates", "seconds", "peak MiB", "plan");
        List<Way> ways = List.of(
                new Way("--steps 1", 1, new ArrayList<>(), new ArrayList<>()),
                new Way("--tbptt 1000,1000 --steps 1000", 1000, new ArrayList<>(), new ArrayList<>()));
        List<String> plans = new ArrayList<>();
        for (int round = 0; round < rounds; round++) {
            for (Way way : ways) {
                plans.add(run(way, threads));
            }
        }
        for (int i = 0; i < ways.size(); i++) {
            Way way = ways.get(i);
            System.out.printf(
                    FORMAT,
                    way.options,
                    way.updates,
                    String.format(Locale.ROOT, "%.2f", median(way.seconds)),
                    Resident.mebibytes(median(way.peaks)),
                    plans.get(i));
        }
    }

    private static double median(List<Double> values) {
        return Row.median(values.stream().mapToDouble(v -> v).toArray());
    }

    /** Adds to the figures of a way and returns what the command said of its plan. */
    private static String run(Way way, int threads) throws IOException, InterruptedException {
        Path folder = Files.createTempDirectory("million");
        try {
            Path out = folder.resolve("run");
            List<String> arguments = way.arguments();
            arguments.addAll(List.of("--out", out.toString(), "--threads", Integer.toString(threads)));
            List<String> lines = Child.run(OPTIONS, Map.of(), CommandLine.class, arguments.toArray(String[]::new));
            way.seconds.add(Double.parseDouble(find(SECONDS, Files.readAllLines(out.resolve("metrics.jsonl")))));
            way.peaks.add(Double.parseDouble(after(CommandLine.PEAK, lines)));
            return after(PLAN, lines);
        } finally {
            delete(folder);
        }
    }

    private static String after(String beginning, List<String> lines) throws IOException {
        return find(Pattern.compile(Pattern.quote(beginning) + "(.*)"), lines);
    }

    private static String find(Pattern pattern, List<String> lines) throws IOException {
        return lines.stream()
                .map(pattern::matcher)
                .filter(Matcher::find)
                .map(m -> m.group(1))
                .findFirst()
                .orElseThrow(() -> new IOException("no " + pattern + " in what the command said"));
    }

    private static void delete(Path folder) throws IOException {
        List<Path> all;
        try (Stream<Path> files = Files.walk(folder)) {
            all = files.sorted(Comparator.reverseOrder()).collect(Collectors.toList());
        }
        for (Path path : all) {
            Files.delete(path);
        }
    }
}
