package org.bptt4j.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.bptt4j.Trainer;
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
        description = {
            "Time forward and backward of one training step, and compare with the machine's limit.",
            "",
            "With --backend auto the CPU and the card, if there is one, take turns, and a line below the table says from which size "
                    + "on the card is faster.",
            "",
            "A software CUDA device has counts in place of times, of the second step of each row. It interprets every instruction: "
                    + "the small grid takes it seconds, the full one minutes.",
            ""
        })
final class BenchCommand implements Callable<Integer> {
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
            description =
                    "Configurations to time, small or full, before the --config ones (default: small if there are none).")
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
        List<BenchPlace> places = BenchPlace.open(where);
        try {
            places.forEach(place -> err.println(place.description()));
            if (places.stream().anyMatch(BenchPlace::isTimed)) {
                out.println(BenchTable.timesHead());
            }
            for (BenchConfig config : rows) {
                err.printf("row %d of %d%n", results.size() / places.size() + 1, rows.size());
                List<BenchResult> row = BenchRow.measure(places, config);
                row.stream()
                        .filter(r -> r.place().isTimed())
                        .map(BenchTable::times)
                        .forEach(out::println);
                results.addAll(row);
            }
        } finally {
            places.forEach(BenchPlace::close);
        }
        BenchVerdict.of(results).ifPresent(out::println);
        counts(results, out);
        if (json != null) {
            write(results);
        }
        return results.stream().allMatch(r -> r.refusal() != null) ? Failure.IN_THE_WORK : 0;
    }

    private static void counts(List<BenchResult> results, PrintWriter out) {
        List<BenchResult> devices =
                results.stream().filter(r -> r.place().isDevice()).toList();
        if (devices.isEmpty()) {
            return;
        }
        BenchPlace place = devices.get(0).place();
        if (!place.isTimed()) {
            out.println(place.name() + " is simulated by a program: its times would say nothing about a card");
        }
        out.println(BenchTable.countsHead());
        devices.stream().map(BenchTable::counts).forEach(out::println);
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

    private void write(List<BenchResult> results) throws IOException {
        StringBuilder lines = new StringBuilder();
        for (BenchResult result : results) {
            lines.append(BenchJson.line(result)).append('\n');
        }
        AtomicFiles.write(json, stream -> stream.write(lines.toString().getBytes(StandardCharsets.UTF_8)));
    }
}
