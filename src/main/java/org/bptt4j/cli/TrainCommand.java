package org.bptt4j.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.bptt4j.Rnn;
import org.bptt4j.backend.Backend;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Trains a network and leaves a run's folder. */
@Command(
        name = "train",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Train a network; without options, on the bundled monthly sunspot series.")
public final class TrainCommand implements Callable<Integer> {
    @Mixin
    private DataOptions dataOptions;

    @Mixin
    private Settings settings;

    @Mixin
    private BackendOption where;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description = "folder for the run, without a run so far (default: out, out-2, ...)")
    private Path out;

    @Option(
            names = "--progress",
            paramLabel = "HOW",
            description = "auto, bar, plain or none (default: ${DEFAULT-VALUE})",
            defaultValue = "auto")
    private String progress;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        RunFolder folder = RunFolder.choose(out);
        TrainingData data = dataOptions.load();
        settings.resolve(data);
        Supplier<Progress> display =
                Progress.of(progress, settings.updates(), spec.commandLine().getErr());
        try (Backend backend = where.open();
                Rnn rnn = Rnn.create(backend, settings.spec(), settings.initialization(), settings.seed())) {
            Map<String, Object> run = describe(data, backend, folder);
            new TrainingRun(settings, data, rnn, folder, run, spec.commandLine().getOut()).run(display);
        }
        return 0;
    }

    private Map<String, Object> describe(TrainingData data, Backend backend, RunFolder folder) {
        Map<String, Object> options = new LinkedHashMap<>(settings.describe());
        options.putAll(where.describe());
        options.put("out", folder.path().toString());
        options.put("progress", progress);
        Map<String, Object> run = new LinkedHashMap<>();
        run.put("started", Instant.now().toString());
        run.put("data", data.description());
        run.put("options", options);
        run.put(
                "versions",
                Map.of("bptt4j", version(), "java", Runtime.version().toString()));
        run.put("machine", machine());
        run.put("backend", Map.of("name", backend.name(), "description", backend.description()));
        return run;
    }

    private static String version() {
        String version = TrainCommand.class.getPackage().getImplementationVersion();
        return version == null ? "not packaged" : version;
    }

    private static Map<String, Object> machine() {
        Map<String, Object> machine = new LinkedHashMap<>();
        machine.put("os", System.getProperty("os.name") + " " + System.getProperty("os.version"));
        machine.put("architecture", System.getProperty("os.arch"));
        machine.put("processors", Runtime.getRuntime().availableProcessors());
        machine.put("heap_bytes", Runtime.getRuntime().maxMemory());
        machine.put("jvm", System.getProperty("java.vm.name") + " " + System.getProperty("java.vm.vendor"));
        return machine;
    }
}
