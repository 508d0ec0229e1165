package org.bptt4j.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.bptt4j.io.AtomicFiles;
import org.bptt4j.io.IoConsumer;

/** The folder of a run: chosen and checked before training, filled while it goes on; files appear whole or not at all. */
final class RunFolder {
    static final String MODEL = "model.safetensors";
    static final String CHECKPOINT = "checkpoints/latest.safetensors";
    static final String STATE = "checkpoints/state.safetensors";
    static final String METRICS = "metrics.jsonl";
    static final String RUN = "run.json";

    private final Path path;

    private RunFolder(Path path) {
        this.path = path;
    }

    /** The folder asked for, or the first free one of out, out-2, …; nothing is created. */
    static RunFolder choose(Path given) {
        Path path = given == null ? free(Path.of("out")) : given;
        if (Files.exists(path) && !Files.isDirectory(path)) {
            throw new UsageException("--out " + path + ": is a file; name a folder");
        }
        if (Stream.of(RUN, METRICS, MODEL).anyMatch(file -> Files.exists(path.resolve(file)))) {
            throw new UsageException("--out " + path + ": already holds a run; name another folder or remove it");
        }
        Path existing = path.toAbsolutePath();
        while (existing != null && !Files.exists(existing)) {
            existing = existing.getParent();
        }
        if (existing == null || !Files.isDirectory(existing) || !Files.isWritable(existing)) {
            throw new UsageException("--out " + path + ": cannot write in " + existing + "; name another folder");
        }
        return new RunFolder(path);
    }

    /** The folder of a run that is to go on. */
    static RunFolder existing(Path path) {
        if (!Files.isDirectory(path)) {
            throw new UsageException("--resume " + path + ": there is no such folder");
        }
        if (!Files.exists(path.resolve(RUN))) {
            throw new UsageException(
                    "--resume " + path + ": the folder holds no " + RUN + "; name the folder that train wrote");
        }
        if (!Files.isWritable(path)) {
            throw new UsageException("--resume " + path + ": no permission to write in the folder");
        }
        return new RunFolder(path);
    }

    private static Path free(Path first) {
        Path path = first;
        for (int n = 2; Files.exists(path); n++) {
            path = Path.of(first + "-" + n);
        }
        return path;
    }

    /** Makes the folder. */
    void create() {
        try {
            Files.createDirectories(path.resolve(CHECKPOINT).getParent());
        } catch (IOException e) {
            throw new UsageException("--out " + path + ": cannot make the folder: " + reason(e), e);
        }
    }

    Path path() {
        return path;
    }

    Path resolve(String name) {
        return path.resolve(name);
    }

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
        String reason = reason(cause);
        boolean says = reason != null && reason.startsWith(file.toString());
        return new IOException(says ? reason : "cannot write " + file + ": " + reason, cause);
    }

    private static String reason(IOException e) {
        if (e instanceof FileSystemException f && f.getReason() != null) {
            return f.getReason();
        }
        return e instanceof FileSystemException ? e.getClass().getSimpleName() + " " + e.getMessage() : e.getMessage();
    }
}
