package org.bptt4j.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.bptt4j.io.AtomicFiles;
import org.bptt4j.io.FileErrors;
import org.bptt4j.io.IoConsumer;

/**
 * The folder of a run. It is looked at before the work begins, claimed by creating and locking it before the first file is
 * written, and filled while training goes on; files appear whole or not at all.
 *
 * <p>It is data: nothing in it is followed to a place outside. So links are refused.
 */
final class RunFolder implements AutoCloseable {
    static final String MODEL = "model.safetensors";
    static final String METRICS = "metrics.jsonl";
    static final String RUN = "run.json";
    static final String CHECKPOINTS = "checkpoints";
    static final String CHECKPOINT = CHECKPOINTS + "/latest.safetensors";
    static final String STATE = CHECKPOINTS + "/state.safetensors";
    /** The state before {@link #STATE}, to go on from should that one be damaged. */
    static final String STATE_BEFORE = CHECKPOINTS + "/state-before.safetensors";

    private static final String LOCK = CHECKPOINTS + "/.lock";
    private static final List<String> OF_A_RUN = List.of(RUN, METRICS, MODEL);
    private static final List<String> FILES = List.of(RUN, METRICS, MODEL, CHECKPOINT, STATE, STATE_BEFORE);
    /** What {@link AtomicFiles} leaves behind where a process is killed in the middle of a file. */
    private static final Pattern TEMPORARY = Pattern.compile("\\.[0-9a-f]{16}\\.tmp");

    private final String option;
    /** Which folder to take if none is asked for, or else the same with a number; null if one is. */
    private final Path first;
    /** Null until a free one is claimed. */
    private Path path;

    private FolderLock lock;
    private boolean made;
    private boolean madeCheckpoints;

    private RunFolder(String option, Path path, Path first) {
        this.option = option;
        this.path = path;
        this.first = first;
    }

    // ---- a new run --------------------------------------------------------------------------------------------------

    /**
     * Looks at the folder for a run; nothing is created.
     *
     * @param given the folder asked for, or null for the first free one of {@code first}, {@code first}-2, …
     */
    static RunFolder choose(Path given, Path first) {
        RunFolder folder = new RunFolder("--out", given, first);
        if (given != null) {
            folder.requireFree();
        }
        folder.requireWritable(given == null ? first : given);
        return folder;
    }

    private void requireFree() {
        if (Files.exists(path) && !Files.isDirectory(path)) {
            throw refused("is a file; name a folder");
        }
        if (OF_A_RUN.stream().anyMatch(file -> Files.exists(path.resolve(file), LinkOption.NOFOLLOW_LINKS))) {
            throw refused("already holds a run; name another folder or remove it");
        }
    }

    private void requireWritable(Path wanted) {
        Path existing = wanted.toAbsolutePath();
        while (existing != null && !Files.exists(existing)) {
            existing = existing.getParent();
        }
        if (existing == null || !Files.isDirectory(existing) || !Files.isWritable(existing)) {
            throw new UsageException("--out " + wanted + ": cannot write in " + existing + "; name another folder");
        }
    }

    /**
     * Makes the folder this run's own: it is created, or if it is there and holds no run, locked. Two runs that begin together
     * get a folder each, or one of them is refused; neither has written anything by then.
     */
    void claim() {
        try {
            create();
            madeCheckpoints = makeCheckpoints();
        } catch (IOException e) {
            throw new UsageException(
                    option + " " + path + ": cannot make the folder: " + FileErrors.reason(e) + "; name another", e);
        }
        takeLock();
        requireFree();
    }

    private void create() throws IOException {
        if (path != null) {
            Path parent = path.toAbsolutePath().getParent();
            if (parent != null) {
                Files.createDirectories(parent);
            }
            made = createIfMissing(path);
            return;
        }
        Path free = first;
        for (int n = 2; !createIfMissing(free); n++) {
            free = Path.of(first + "-" + n);
        }
        path = free;
        made = true;
    }

    private boolean makeCheckpoints() throws IOException {
        boolean created = createIfMissing(path.resolve(CHECKPOINTS));
        requireOwnFiles();
        return created;
    }

    /** Creates a folder; false if something of that name is there. */
    private static boolean createIfMissing(Path folder) throws IOException {
        try {
            Files.createDirectory(folder);
            return true;
        } catch (FileAlreadyExistsException e) {
            return false;
        }
    }

    // ---- a run that goes on -----------------------------------------------------------------------------------------

    /** The folder of a run that is to go on: locked, and without what killed processes left of files half written. */
    static RunFolder existing(Path path) {
        RunFolder folder = new RunFolder("--resume", path, null);
        if (!Files.isDirectory(path)) {
            throw folder.refused((Files.exists(path) ? "is a file" : "there is no such folder")
                    + "; name the folder that train wrote");
        }
        folder.requireOwnFiles();
        if (!Files.exists(path.resolve(RUN))) {
            throw folder.refused("the folder holds no " + RUN + "; name the folder that train wrote");
        }
        if (!Files.isWritable(path)) {
            throw folder.refused("no permission to write in the folder");
        }
        try {
            folder.makeCheckpoints();
            folder.takeLock();
            folder.removeTemporary();
            return folder;
        } catch (IOException e) {
            folder.close();
            throw new UsageException("--resume " + path + ": " + FileErrors.reason(e), e);
        } catch (RuntimeException e) {
            folder.close();
            throw e;
        }
    }

    private void removeTemporary() throws IOException {
        for (Path place : List.of(path, path.resolve(CHECKPOINTS))) {
            for (Path file : list(place)) {
                if (TEMPORARY.matcher(file.getFileName().toString()).matches()) {
                    Files.deleteIfExists(file);
                }
            }
        }
    }

    // ---- both -------------------------------------------------------------------------------------------------------

    /** Refuses links, and folders in the place of files. */
    private void requireOwnFiles() {
        if (Files.exists(path.resolve(CHECKPOINTS)) && !Files.isDirectory(path.resolve(CHECKPOINTS))) {
            throw refused(CHECKPOINTS + " in it is no folder; move it away");
        }
        for (String name : FILES) {
            if (Files.isDirectory(path.resolve(name))) {
                throw refused(name + " in it is a folder; put a sound copy of the file in its place, or move it away");
            }
        }
        for (Path place : List.of(path, path.resolve(CHECKPOINTS))) {
            for (Path file : list(place)) {
                if (Files.isSymbolicLink(file)) {
                    throw refused(path.relativize(file) + " in it is a link, and a run's files lie in its own folder;"
                            + " put what it points to in its place, or remove it");
                }
            }
        }
    }

    private List<Path> list(Path place) {
        if (!Files.isDirectory(place)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(place)) {
            return files.toList();
        } catch (IOException e) {
            throw refused("cannot read " + place + ": " + FileErrors.reason(e));
        }
    }

    private void takeLock() {
        try {
            lock = FolderLock.take(path.resolve(LOCK));
        } catch (IOException e) {
            throw new UsageException(option + " " + path + ": cannot lock the folder: " + FileErrors.reason(e), e);
        }
        if (lock == null) {
            throw refused(
                    "a run is going on in this folder; wait for its end, or stop it first (Ctrl-C saves its state)");
        }
    }

    private UsageException refused(String why) {
        return new UsageException(option + " " + path + ": " + why);
    }

    /** Lets go of the folder, and removes it if it was made for this run, and nothing was written. */
    @Override
    public void close() {
        try {
            if (lock != null && madeCheckpoints && OF_A_RUN.stream().noneMatch(file -> Files.exists(resolve(file)))) {
                Files.deleteIfExists(resolve(LOCK));
                Files.deleteIfExists(resolve(CHECKPOINTS));
                if (made) {
                    Files.deleteIfExists(path);
                }
            }
            if (lock != null) {
                lock.close();
            }
        } catch (IOException e) {
            // A folder that is not empty after all stays, and the lock ends with the process.
        }
    }

    Path path() {
        return path;
    }

    Path resolve(String name) {
        return path.resolve(name);
    }

    // ---- its files --------------------------------------------------------------------------------------------------

    /** Writes one file; a failure names it. */
    void write(String name, IoConsumer<Path> action) throws IOException {
        try {
            action.accept(resolve(name));
        } catch (IOException e) {
            throw failed(resolve(name), e);
        }
    }

    /** Draws one chart. A Java that cannot draw for want of fonts costs the chart, not the run. */
    void chart(String name, IoConsumer<Path> action) throws IOException {
        try {
            action.accept(resolve(name));
        } catch (IOException e) {
            if (!(e.getCause() instanceof Error)) {
                throw failed(resolve(name), e);
            }
            System.err.println("warning: " + e.getMessage());
        }
    }

    /** Writes run.json. */
    void writeRun(Map<String, ?> run) throws IOException {
        byte[] json = (Json.pretty(run) + "\n").getBytes(StandardCharsets.UTF_8);
        write(RUN, file -> AtomicFiles.write(file, out -> out.write(json)));
    }

    /** A failure to write {@code file}, with what to say to the user. */
    static IOException failed(Path file, IOException cause) {
        String reason = FileErrors.reason(cause);
        boolean says = reason != null && reason.startsWith(file.toString());
        return new IOException(says ? reason : "cannot write " + file + ": " + reason, cause);
    }
}
