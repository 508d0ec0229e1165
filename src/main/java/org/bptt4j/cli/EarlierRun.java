package org.bptt4j.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.bptt4j.TrainerState;
import org.bptt4j.backend.Backend;
import org.bptt4j.io.SafetensorsException;
import org.bptt4j.spec.Count;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/**
 * A run to go on with, as its folder tells: its options, its data, and how far it came.
 *
 * <p>The folder is data, which may come from somebody else. Which code computes, the backend and where its native libraries lie,
 * is said by the command line and the environment alone.
 */
final class EarlierRun implements AutoCloseable {
    /** What may be said anew. */
    private static final Set<String> OVERRIDES = Set.of(
            "--steps",
            "--backend",
            "--threads",
            "--cuda-libraries",
            "--memory",
            "--patience",
            "--progress",
            "--explain");

    /** What the folder says of the run and has no say in. */
    private static final Set<String> SAID_ANEW = Set.of("out", "backend", "cuda-libraries", "sweep");

    private static final Set<String> BESIDE = Set.of("--resume", "--stacktrace");
    private static final Set<String> PATHS = Set.of("text", "csv");

    private final RunFolder folder;
    private final Map<String, Object> run;
    private final PrintWriter err;
    /** Updates that were asked for anew, or null. */
    private Long asked;

    private EarlierRun(RunFolder folder, Map<String, Object> run, PrintWriter err) {
        this.folder = folder;
        this.run = run;
        this.err = err;
    }

    /** Locks the folder and reads run.json; a {@link UsageException} says what is missing or wrong. */
    static EarlierRun open(Path path, PrintWriter err) throws IOException {
        RunFolder folder = RunFolder.existing(path);
        try {
            return new EarlierRun(folder, read(folder.resolve(RunFolder.RUN)), err);
        } catch (IOException | RuntimeException e) {
            folder.close();
            throw e;
        }
    }

    private static Map<String, Object> read(Path file) throws IOException {
        try {
            Map<String, Object> run = Json.read(Files.readAllBytes(file));
            if (!(run.get("options") instanceof Map<?, ?> options)) {
                throw notARun(file, "it has no options", null);
            }
            for (Map.Entry<?, ?> option : options.entrySet()) {
                if (option.getValue() instanceof Map || option.getValue() instanceof Collection) {
                    throw notARun(file, "its option '" + option.getKey() + "' is no single value", null);
                }
            }
            return run;
        } catch (JsonProcessingException e) {
            throw notARun(file, Json.reason(e), e);
        }
    }

    private static UsageException notARun(Path file, String why, Exception cause) {
        return new UsageException(
                file + ": is not the description of a run: " + why
                        + "; put back a sound copy, or begin the run anew with train --out",
                cause);
    }

    @Override
    public void close() {
        folder.close();
    }

    RunFolder folder() {
        return folder;
    }

    // ---- its options ------------------------------------------------------------------------------------------------

    /** Arguments that ask for this run again, but for what {@code given} says anew. */
    List<String> arguments(ParseResult given) {
        Map<String, Object> options = new LinkedHashMap<>();
        ((Map<?, ?>) run.get("options")).forEach((name, value) -> {
            if (!SAID_ANEW.contains(name)) {
                options.put("--" + name, value);
            }
        });
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
            Require.atLeast(1, asked, "--steps");
            options.remove("--epochs");
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
        return "the run in " + folder.path() + " is finished after " + Count.of(updates(), "update")
                + "; --steps N goes on to N of them";
    }

    // ---- its data and its state -------------------------------------------------------------------------------------

    /** The data it was trained on. */
    TrainingData load(DataOptions options) throws IOException {
        // What is wrong with the folder itself comes first.
        PastMetrics.read(folder.resolve(RunFolder.METRICS), Long.MAX_VALUE);
        try {
            TrainingData data = options.load();
            Map<Object, Object> then = described(run.get("data"));
            Map<Object, Object> now = described(Json.read(Json.line(data.description())));
            now.keySet().retainAll(then.keySet()); // another version may say more of the same data
            requireSame(now, then);
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

    /** Where it came to; its data must be {@code data}. Null for a run that ended before its first checkpoint: it begins again. */
    TrainerState state(TrainingData data) throws IOException {
        if (endedBeforeFirstCheckpoint()) {
            err.println("warning: the run in " + folder.path()
                    + " ended before its first checkpoint; it begins again from update 0, with its own options");
            return null;
        }
        TrainerState state = soundState();
        data.metadata().forEach((key, value) -> {
            if (!value.equals(state.metadata().get(key))) {
                throw new UsageException(folder.path() + ": the " + key + " of the run is not that of its data now:"
                        + " they have changed since");
            }
        });
        if (asked != null && asked < state.updates()) {
            throw new UsageException("--steps " + asked + ": the run in " + folder.path() + " has done "
                    + Count.of(state.updates(), "update") + " already; ask for more");
        }
        return state;
    }

    /** Whether the run has left nothing that beginning again could lose: no state, no network, no validation. */
    private boolean endedBeforeFirstCheckpoint() throws IOException {
        boolean saved = Stream.of(RunFolder.STATE, RunFolder.STATE_BEFORE, RunFolder.CHECKPOINT, RunFolder.MODEL)
                .anyMatch(file -> Files.exists(folder.resolve(file)));
        return !saved
                && run.get("final") == null
                && PastMetrics.read(folder.resolve(RunFolder.METRICS), Long.MAX_VALUE).events().stream()
                        .allMatch(event -> "train".equals(event.get("event")));
    }

    /** The newest checkpoint that is what was written; one that is damaged is named. */
    private TrainerState soundState() throws IOException {
        List<Path> files = Stream.of(RunFolder.STATE, RunFolder.STATE_BEFORE)
                .map(folder::resolve)
                .filter(Files::exists)
                .toList();
        if (files.isEmpty()) {
            throw new UsageException("--resume " + folder.path() + ": the folder holds no " + RunFolder.STATE
                    + ", though the run had one; put back a sound copy, or begin the run anew with train --out");
        }
        List<String> damages = new ArrayList<>();
        if (files.size() == 1 && !files.get(0).endsWith(RunFolder.STATE)) {
            damages.add(folder.resolve(RunFolder.STATE) + ": is missing");
        }
        for (Path file : files) {
            try {
                TrainerState state = TrainerState.read(file);
                if (!damages.isEmpty()) {
                    err.println("warning: " + damages.get(0) + "; going on from the checkpoint before it, of update "
                            + state.updates());
                }
                return state;
            } catch (SafetensorsException e) {
                damages.add(e.getMessage());
            }
        }
        throw new IOException("no checkpoint is sound, and nothing was written: " + String.join("; ", damages)
                + ". Put back a sound copy, or begin the run anew with train --out");
    }

    /** Says so where the run was computed elsewhere before: the bits that follow are another backend's. */
    void compare(Backend now) {
        Object before = run.get("backend") instanceof Map<?, ?> backend ? backend.get("name") : null;
        if (before != null && !before.equals(now.name())) {
            err.println("warning: the run was computed by " + before + " so far and goes on with " + now.name()
                    + ", whose results differ in their last bits; --backend " + before + " chooses");
        }
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
