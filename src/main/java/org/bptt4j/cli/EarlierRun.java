package org.bptt4j.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.bptt4j.TrainerState;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/** A run to go on with, as its folder tells: its options, its data, and how far it came. */
final class EarlierRun {
    /** What may be said anew. */
    private static final Set<String> OVERRIDES =
            Set.of("--steps", "--backend", "--threads", "--cuda-libraries", "--memory", "--progress", "--explain");

    private static final Set<String> BESIDE = Set.of("--resume", "--stacktrace");
    private static final Set<String> PATHS = Set.of("text", "csv");

    private final RunFolder folder;
    private final Map<String, Object> run;
    /** Updates that were asked for anew, or null. */
    private Long asked;

    private EarlierRun(RunFolder folder, Map<String, Object> run) {
        this.folder = folder;
        this.run = run;
    }

    /** Reads run.json; a {@link UsageException} says what is missing. */
    static EarlierRun open(Path path) throws IOException {
        RunFolder folder = RunFolder.existing(path);
        Path file = folder.resolve(RunFolder.RUN);
        try {
            Map<String, Object> run = Json.read(Files.readString(file));
            if (run.get("options") instanceof Map<?, ?>) {
                return new EarlierRun(folder, run);
            }
        } catch (JsonProcessingException e) {
            throw new UsageException(file + ": is not the description of a run: " + e.getOriginalMessage(), e);
        }
        throw new UsageException(file + ": is not the description of a run: it has no options");
    }

    RunFolder folder() {
        return folder;
    }

    // ---- its options ------------------------------------------------------------------------------------------------

    /** Arguments that ask for this run again, but for what {@code given} says anew. */
    List<String> arguments(ParseResult given) {
        Map<String, Object> options = new LinkedHashMap<>();
        ((Map<?, ?>) run.get("options")).forEach((name, value) -> options.put("--" + name, value));
        options.remove("--out");
        for (OptionSpec option : given.matchedOptions()) {
            String name = option.longestName();
            if (OVERRIDES.contains(name)) {
                options.put(name, option.getValue());
            } else if (!BESIDE.contains(name)) {
                throw new UsageException(name + ": a run that goes on keeps its own; beside --resume there can be "
                        + String.join(", ", OVERRIDES.stream().sorted().toList()));
            }
        }
        asked = given.matchedOptionValue("--steps", null);
        if (asked != null) {
            options.remove("--epochs");
        }
        if (given.hasMatchedOption("--backend")) {
            options.remove("--sweep"); // the form is a backend's own; what it computes is the same
        }
        List<String> arguments = new ArrayList<>();
        options.forEach((name, value) -> {
            if (value != null) {
                arguments.add(name + "=" + value);
            }
        });
        return arguments;
    }

    /** Whether there is nothing left to do after {@link #arguments}. */
    boolean isFinished() {
        return run.get("final") != null && (asked == null || asked <= updates());
    }

    private long updates() {
        return run.get("updates") instanceof Long n ? n : 0;
    }

    /** One line for a run that is finished. */
    String finished() {
        return "the run in " + folder.path() + " is finished after " + updates()
                + " updates; --steps N goes on to N of them";
    }

    // ---- its data and its state -------------------------------------------------------------------------------------

    /** The data it was trained on. */
    TrainingData load(DataOptions options) {
        try {
            TrainingData data = options.load();
            requireSame(described(Json.read(Json.line(data.description()))), described(run.get("data")));
            return data;
        } catch (UsageException | IOException e) {
            throw new UsageException(
                    e.getMessage() + "; the run in " + folder.path()
                            + " needs its data as they were: put them back under this name",
                    e);
        }
    }

    /** Without the names of files: they may have been given from elsewhere. */
    private static Map<Object, Object> described(Object data) {
        Map<Object, Object> about = new LinkedHashMap<>();
        if (data instanceof Map<?, ?> map) {
            about.putAll(map);
        }
        about.keySet().removeAll(PATHS);
        return about;
    }

    private static void requireSame(Map<Object, Object> now, Map<Object, Object> then) {
        if (!now.equals(then)) {
            throw new UsageException("the data have changed since: " + then + " became " + now);
        }
    }

    /** Where it came to; its data must be {@code data}. */
    TrainerState state(TrainingData data) throws IOException {
        Path file = folder.resolve(RunFolder.STATE);
        if (!Files.exists(file)) {
            throw new UsageException("--resume " + folder.path() + ": the folder holds no " + RunFolder.STATE
                    + ": the run ended before its first checkpoint; begin it anew");
        }
        TrainerState state = TrainerState.read(file);
        data.metadata().forEach((key, value) -> {
            if (!value.equals(state.metadata().get(key))) {
                throw new UsageException(file + ": the " + key + " of the run is not that of its data now:"
                        + " they have changed since");
            }
        });
        if (asked != null && asked < state.updates()) {
            throw new UsageException("--steps " + asked + ": the run in " + folder.path() + " has done "
                    + state.updates() + " updates already; ask for more");
        }
        return state;
    }

    /** Adds to the new run.json what the old one says of the run's beginning. */
    void describe(Map<String, Object> again) {
        List<Object> resumed = new ArrayList<>();
        if (run.get("resumed") instanceof List<?> before) {
            resumed.addAll(before);
        }
        resumed.add(Instant.now().toString());
        again.put("started", run.get("started"));
        again.put("resumed", resumed);
    }
}
