package org.bptt4j.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.bptt4j.Rnn;
import org.bptt4j.TrainerState;
import org.bptt4j.backend.Backend;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Trains a network and leaves a run's folder. */
@Command(
        name = "train",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Train a network; without options, on the bundled monthly sunspot series.")
public final class TrainCommand implements Callable<Integer> {
    private static final Path DEFAULT_FOLDER = Path.of("out");

    @Mixin
    private DataOptions dataOptions;

    @Mixin
    private Settings settings;

    @Mixin
    private BackendOption where;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description = "Folder for the run, without a run so far (default: out, out-2, ...).")
    private Path out;

    @Option(
            names = "--resume",
            paramLabel = "DIR",
            description = "Go on with the run in this folder, with its options; of the others only --steps, --backend,"
                    + " --threads, --cuda-libraries, --memory, --progress and --explain can be given.")
    private Path resume;

    @Option(
            names = "--progress",
            converter = Values.Name.class,
            paramLabel = "HOW",
            description = "One of auto, bar, plain or none (default: ${DEFAULT-VALUE}).",
            defaultValue = "auto")
    private String progress;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        if (resume == null) {
            try (RunFolder folder = RunFolder.choose(out, DEFAULT_FOLDER)) {
                train(folder, null);
            }
            return 0;
        }
        try (EarlierRun earlier = EarlierRun.open(resume, spec.commandLine().getErr())) {
            List<String> arguments = earlier.arguments(spec.commandLine().getParseResult());
            if (earlier.isFinished()) {
                spec.commandLine().getOut().println(earlier.finished());
            } else {
                again(arguments).train(earlier.folder(), earlier);
            }
        }
        return 0;
    }

    /** This command with other arguments. */
    private TrainCommand again(List<String> arguments) {
        TrainCommand command = new TrainCommand();
        CommandLine own = spec.commandLine();
        try {
            Values.register(new CommandLine(command))
                    .setExpandAtFiles(false)
                    .setOut(own.getOut())
                    .setErr(own.getErr())
                    .parseArgs(arguments.toArray(String[]::new));
        } catch (ParameterException e) {
            throw new UsageException(
                    "--resume " + resume + ": " + RunFolder.RUN + ": options: " + e.getMessage()
                            + "; put back a sound copy, or begin the run anew with train --out",
                    e);
        }
        return command;
    }

    /** @param earlier the run to go on with, or null for a new one */
    private void train(RunFolder folder, EarlierRun earlier) throws IOException {
        TrainingData data = earlier == null ? dataOptions.load() : earlier.load(dataOptions);
        settings.resolve(data);
        if (settings.warning() != null) {
            spec.commandLine().getErr().println("warning: " + settings.warning());
        }
        TrainerState state = earlier == null ? null : earlier.state(data);
        long done = state == null ? 0 : state.updates();
        Supplier<Progress> display = Progress.of(
                progress, done, settings.updates(), spec.commandLine().getErr());
        try (Backend backend = where.open(settings.workload());
                Rnn rnn = settings.create(backend)) {
            if (earlier != null) {
                earlier.compare(backend);
            }
            sayChosen();
            PrintWriter results = spec.commandLine().getOut();
            new TrainingRun(settings, data, rnn, folder, earlier, state, results)
                    .run(() -> describe(data, backend, folder, earlier), display);
        }
    }

    /** One line on what is trained, so that nobody has to look up what was chosen for these data. */
    private void sayChosen() {
        if (!progress.equals("none")) {
            PrintWriter err = spec.commandLine().getErr();
            err.println(settings.words());
            err.flush();
        }
    }

    private Map<String, Object> describe(TrainingData data, Backend backend, RunFolder folder, EarlierRun earlier) {
        Map<String, Object> options = new LinkedHashMap<>(dataOptions.describe());
        options.putAll(settings.describe());
        options.putAll(where.describe());
        options.put("out", folder.path().toString());
        options.put("progress", progress);
        Map<String, Object> run = new LinkedHashMap<>();
        run.put("started", Instant.now().toString());
        run.put("data", data.description());
        run.put("options", options);
        run.put(
                "versions",
                ordered("bptt4j", version(), "java", Runtime.version().toString()));
        run.put("machine", machine());
        run.put("backend", ordered("name", backend.name(), "description", backend.description()));
        if (earlier != null) {
            earlier.describe(run);
        }
        return run;
    }

    /** Not {@link Map#of}, whose order differs from one JVM to the next: equal commands give equal files. */
    private static Map<String, Object> ordered(String key, Object value, String secondKey, Object second) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put(key, value);
        map.put(secondKey, second);
        return map;
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
