package org.bptt4j.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The command line of the comparison with other libraries: benchmarks/run. */
@Command(
        name = "benchmarks/run",
        sortOptions = false,
        showDefaultValues = true,
        description = {
            "Times bptt4j and its peers on the same workloads, in turn, every measurement in a fresh JVM, and prints medians, "
                    + "shares of this machine's multiply-add peak, and times over those of the first contender.",
            "",
            "step   a training step: recurrent layer, linear head, cross-entropy at every step; forward and backward",
            "block  the recurrent layer alone, forward and backward, with the gradient of its input",
            "gemm   one matrix product",
            "memory a training step of a long sequence within a memory budget: bytes, time, gradients' bits; with the default "
                    + "configurations also peak resident memory beside libtorch's, and a million steps in one sequence",
            "",
            "A contender whose name ends in -unlocked is told of this processor what it does not find out itself."
        })
final class Main implements Callable<Integer> {
    private static final String ALL = "all";

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "FAMILY", defaultValue = ALL, description = "step, block, gemm, memory or all")
    private String family;

    @Option(names = "--rounds", paramLabel = "N", defaultValue = "3", description = "Measurements of each row.")
    private int rounds;

    @Option(
            names = "--threads",
            paramLabel = "N",
            split = ",",
            showDefaultValue = CommandLine.Help.Visibility.NEVER,
            description = "Numbers of threads; several are compared in one run (default: one per processor).")
    private List<Integer> threads = List.of(Runtime.getRuntime().availableProcessors());

    @Option(
            names = "--contenders",
            paramLabel = "NAME",
            split = ",",
            showDefaultValue = CommandLine.Help.Visibility.NEVER,
            description = "Who takes part; the first is the one that the others are compared with (default: all).")
    private List<String> contenders = List.of();

    @Option(
            names = "--configs",
            paramLabel = "CONFIG",
            arity = "1..*",
            showDefaultValue = CommandLine.Help.Visibility.NEVER,
            description =
                    "step, memory: B,T,I,H,O[,CELL]. block: B,T,I,H[,CELL]. gemm: M,N,K with nt, nn or tn (default: a grid). "
                            + "CELL is tanh, relu, lstm or gru.")
    private List<String> configs = List.of();

    @Option(
            names = "--cells",
            paramLabel = "CELL",
            split = ",",
            showDefaultValue = CommandLine.Help.Visibility.NEVER,
            description = "Only these rows of the grid of step or block (default: all).")
    private List<String> cells = List.of();

    @Option(
            names = "--slow-limit",
            paramLabel = "GFLOP",
            defaultValue = "1",
            description = "dl4j and textbook are run on workloads up to this size only.")
    private double slowLimit;

    @Option(
            names = "--out",
            paramLabel = "FOLDER",
            defaultValue = "target/benchmarks/results",
            description = "Gets FAMILY.json, FAMILY-ms.png and FAMILY-share.png.")
    private Path out;

    @Option(names = "--help", usageHelp = true, description = "Show this help.")
    private boolean help;

    private Main() {}

    public static void main(String[] args) {
        CommandLine commandLine = new CommandLine(new Main());
        commandLine.setExecutionExceptionHandler((e, c, p) -> {
            if (!(e instanceof IOException)) {
                throw e;
            }
            c.getErr().println("error: " + e.getMessage());
            return 1;
        });
        commandLine.setParameterExceptionHandler((e, a) -> {
            e.getCommandLine().getErr().println("error: " + e.getMessage() + " (benchmarks/run --help)");
            return 2;
        });
        System.exit(commandLine.execute(args));
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        List<Compare> comparisons = comparisons();
        Files.createDirectories(out);
        List<Limits> limits = new ArrayList<>();
        for (int t : threads) {
            limits.add(Limits.measure(t));
        }
        List<String> machine = Machine.lines(limits);
        for (Compare comparison : comparisons) {
            Report report = new Report(
                    comparison.family(), machine, comparison.contenders().get(0), limits, new ArrayList<>());
            run(comparison, report);
        }
        return 0;
    }

    private List<Compare> comparisons() {
        List<Family> families = family.equals(ALL) ? List.of(Family.values()) : List.of(parseFamily());
        if (families.size() > 1 && !(configs.isEmpty() && contenders.isEmpty() && cells.isEmpty())) {
            throw wrong("--configs, --cells and --contenders need one family");
        }
        if (!cells.isEmpty() && !configs.isEmpty()) {
            throw wrong("--cells chooses from the grid, in place of which there are --configs");
        }
        if (rounds < 1 || threads.stream().anyMatch(t -> t < 1)) {
            throw wrong("--rounds and --threads must be at least 1");
        }
        List<Compare> comparisons = new ArrayList<>();
        for (Family f : families) {
            try {
                configs.forEach(f::workload);
                contenders.forEach(f::requireContender);
            } catch (IllegalArgumentException e) {
                throw wrong(e.getMessage());
            }
            if (f.configs(cells).isEmpty()) {
                throw wrong("the grid of " + f + " has no row of --cells " + String.join(",", cells));
            }
            List<String> names = contenders.isEmpty() ? f.contenders() : contenders;
            comparisons.add(new Compare(f, names, threads, rounds, slowLimit));
        }
        return comparisons;
    }

    private Family parseFamily() {
        return Arrays.stream(Family.values())
                .filter(f -> f.toString().equals(family))
                .findFirst()
                .orElseThrow(() -> wrong("no family is called '" + family + "'; there are: "
                        + Arrays.stream(Family.values()).map(Family::toString).collect(Collectors.joining(", "))));
    }

    private ParameterException wrong(String message) {
        return new ParameterException(spec.commandLine(), message);
    }

    private void memory(Report report) throws IOException, InterruptedException {
        System.out.print(BudgetReport.of(report));
        if (configs.isEmpty()) {
            for (int t : threads) {
                System.out.println();
                Resident.print(t);
                System.out.println();
                MillionSteps.print(t, rounds);
            }
        }
    }

    private void run(Compare comparison, Report report) throws IOException, InterruptedException {
        System.out.print(report.head());
        for (String config : configs.isEmpty() ? report.family().configs(cells) : configs) {
            List<Row> rows = comparison.run(config);
            report.rows().addAll(rows);
            rows.forEach(row -> System.out.print(report.line(row)));
            // After every row: a run that is stopped has left what it found.
            JsonFile.write(out.resolve(report.family() + ".json"), report);
        }
        System.out.println(report.means());
        Chart.milliseconds(out.resolve(report.family() + "-ms.png"), report);
        Chart.shares(out.resolve(report.family() + "-share.png"), report);
        if (report.family() == Family.MEMORY) {
            memory(report);
        }
    }
}
