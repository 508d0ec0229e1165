package org.bptt4j.benchmarks;

import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The command line of the comparison with other libraries: benchmarks/run. */
@Command(name = "benchmarks/run", mixinStandardHelpOptions = true, sortOptions = false)
final class Main implements Callable<Integer> {
    @Parameters(paramLabel = "FAMILY", description = "step or block")
    private String family;

    @Option(names = "--rounds", defaultValue = "3")
    private int rounds;

    @Option(names = "--threads", split = ",")
    private List<Integer> threads = List.of(Runtime.getRuntime().availableProcessors());

    @Option(names = "--contenders", split = ",")
    private List<String> contenders = List.of();

    @Option(names = "--configs", arity = "1..*")
    private List<String> configs = List.of();

    private Main() {}

    public static void main(String[] args) {
        System.exit(new CommandLine(new Main()).execute(args));
    }

    @Override
    public Integer call() throws Exception {
        Family kind = Family.parse(family);
        Compare compare = new Compare(kind, contenders.isEmpty() ? kind.contenders() : contenders, threads, rounds);
        System.out.printf(
                "%-22s %-14s %7s %10s %10s %8s%n",
                kind.format(), "contender", "threads", "median ms", "GFLOP/s", "ratio");
        for (String config : configs.isEmpty() ? kind.configs() : configs) {
            List<Compare.Times> rows = compare.run(config);
            for (Compare.Times row : rows) {
                System.out.printf(
                        "%-22s %-14s %7d %10.3f %10.1f %8.2f%n",
                        row.config(),
                        row.contender(),
                        row.threads(),
                        row.median(),
                        row.gflops(),
                        row.median() / rows.get(0).median());
            }
        }
        return 0;
    }
}
