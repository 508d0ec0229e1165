package org.bptt4j.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.DoubleStream;
import org.bptt4j.Rnn;
import org.bptt4j.Trainer;
import org.bptt4j.backend.Backend;
import org.bptt4j.backend.cpu.PeakFlops;
import org.bptt4j.data.Batch;
import org.bptt4j.io.AtomicFiles;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * Times forward and backward of one training step, the head and softmax cross-entropy at every step included, the update
 * excluded ({@link Trainer#forwardBackward}).
 */
@Command(
        name = "bench",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Time forward and backward of one training step, and compare with the machine's limit.")
final class BenchCommand implements Callable<Integer> {
    private static final long WARM_UP_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final int WARM_UP_CALLS = 20;
    private static final long TIMED_NANOS = TimeUnit.SECONDS.toNanos(2);
    private static final int LEAST_CALLS = 5;

    /** The configurations that have a name. */
    private enum Grid {
        SMALL,
        FULL
    }

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--config",
            paramLabel = "B,T,I,H,O[,CELL[,LAYERS]]",
            description = "Batch rows, steps, inputs, hidden units, outputs; may be given several times.")
    private List<String> configs = List.of();

    @Option(
            names = "--grid",
            paramLabel = "NAME",
            description = "small or full, before the --config ones (default: small if there are none).")
    private String grid;

    @Option(names = "--json", paramLabel = "FILE", description = "Also write one JSON object a line.")
    private Path json;

    @Mixin
    private BackendOption where;

    @Override
    public Integer call() throws IOException {
        List<BenchConfig> rows = rows();
        if (json != null) {
            OutputFiles.requireWritable("--json", json);
        }
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        List<BenchResult> results = new ArrayList<>();
        try (Backend backend = where.open()) {
            int threads = where.threads();
            double peak = PeakFlops.measure(threads);
            err.printf(Locale.ROOT, "%s; multiply-add peak %.0f GFLOP/s%n", backend.description(), peak);
            out.println(BenchResult.tableHead());
            for (BenchConfig config : rows) {
                err.printf("timing %d of %d%n", results.size() + 1, rows.size());
                BenchResult result = measure(backend, config, threads, peak);
                results.add(result);
                out.println(result.row());
            }
        }
        if (json != null) {
            write(results);
        }
        return 0;
    }

    private List<BenchConfig> rows() {
        List<BenchConfig> rows = new ArrayList<>();
        if (grid != null || configs.isEmpty()) {
            boolean full = grid != null && Names.parse("--grid", grid, Grid.class) == Grid.FULL;
            rows.addAll(full ? BenchConfig.FULL : BenchConfig.SMALL);
        }
        configs.forEach(text -> rows.add(BenchConfig.parse(text)));
        return rows;
    }

    private static BenchResult measure(Backend backend, BenchConfig config, int threads, double peak) {
        Batch batch = config.batch();
        try (Rnn rnn = Rnn.create(backend, config.net(), 1);
                Trainer trainer = Trainer.of(rnn).build()) {
            Runnable step = () -> trainer.forwardBackward(batch);
            repeat(step, WARM_UP_CALLS, WARM_UP_NANOS);
            double[] ms = repeat(step, LEAST_CALLS, TIMED_NANOS);
            return new BenchResult(backend.name(), config, threads, ms[ms.length / 2], ms[0], peak);
        }
    }

    /** Runs {@code step} at least {@code calls} times and for {@code nanos}; returns the milliseconds of each, ascending. */
    private static double[] repeat(Runnable step, int calls, long nanos) {
        DoubleStream.Builder times = DoubleStream.builder();
        long start = System.nanoTime();
        long now = start;
        for (int i = 0; i < calls || now - start < nanos; i++) {
            long before = now;
            step.run();
            now = System.nanoTime();
            times.add((now - before) / 1e6);
        }
        return times.build().sorted().toArray();
    }

    private void write(List<BenchResult> results) throws IOException {
        StringBuilder lines = new StringBuilder();
        for (BenchResult result : results) {
            lines.append(result.json()).append('\n');
        }
        AtomicFiles.write(json, stream -> stream.write(lines.toString().getBytes(StandardCharsets.UTF_8)));
    }
}
