package org.bptt4j.card;

import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.IntConsumer;

/**
 * Items of work on a card, one after the other in one process; what came of each is a line of JSON in a file. An item that throws is
 * FAILED with its reason, and the next one goes on.
 *
 * <p>A device that is lost stays so until the process ends, and a kernel that waits for ever cannot be ended otherwise either. So the process ends
 * itself with exit code {@value #AGAIN} behind an item that lost the device or did not end in its time; begun again with the same file the run
 * goes on behind that item. One during which the process was killed is FAILED, too.
 */
public final class CardRun {
    /** Asks for the run to be begun again. */
    public static final int AGAIN = 75;
    /** What came of an item, under the name "state". */
    public enum State {
        OK("ok"),
        FAILED("FAILED"),
        NOT_OFFERED("not offered"),
        NO_TIME("no time");

        private final String text;

        State(String text) {
            this.text = text;
        }

        @Override
        public String toString() {
            return text;
        }
    }

    /** Says that an item is none here, and why: what a device or a form of the sweeps does not have. Not for what fails. */
    public static final class NotOffered extends Exception {
        private static final long serialVersionUID = 1L;

        public NotOffered(String why) {
            super(why);
        }
    }

    /** What is to be done. */
    public interface Work {
        /** Puts results into {@code result}; they are kept where it throws, too. */
        void run(Map<String, Object> result) throws Exception;
    }

    private static final String KEY = "item";
    private static final String STATE = "state";
    private static final String WHY = "why";

    private final Path file;
    private final Path begun;
    private final PrintStream out;
    private final BooleanSupplier lost;
    private final IntConsumer exit;
    private final long end;
    /** States by key. */
    private final Map<String, String> done = new HashMap<>();

    /** The file may have others, of a run of another kind. */
    private final Set<String> asked = new HashSet<>();

    private Thread watch;

    /**
     * @param file of the results, which are appended; beside it lies the name of the item under way
     * @param seconds after which no item begins
     * @param lost whether the device is of no use any more, asked behind an item that failed
     * @param exit ends the process
     */
    public CardRun(Path file, double seconds, PrintStream out, BooleanSupplier lost, IntConsumer exit)
            throws IOException {
        this.file = file;
        this.begun = file.resolveSibling(file.getFileName() + ".begun");
        this.out = out;
        this.lost = lost;
        this.exit = exit;
        this.end = System.nanoTime() + (long) (seconds * 1e9);
        for (Map<String, Object> line : JsonLines.read(file)) {
            if (line.get(KEY) instanceof String key) {
                done.put(key, (String) line.get(STATE));
            }
        }
        if (Files.exists(begun)) {
            String key = Files.readString(begun);
            if (!done.containsKey(key)) {
                write(key, Map.of(), State.FAILED, "the program ended in the midst of it; see the log");
            }
        }
    }

    /** The results so far. */
    public List<Map<String, Object>> results() throws IOException {
        return JsonLines.read(file);
    }

    /** Seconds until no item begins. */
    public double secondsLeft() {
        return (end - System.nanoTime()) / 1e9;
    }

    /** How many of the items that were asked for came to this, those done before the run was begun again with them. */
    public long count(State state) {
        return asked.stream().map(done::get).filter(state.toString()::equals).count();
    }

    /**
     * Does an item that has no result yet.
     *
     * @param key by which it is known when the run is begun again; the beginning of its line in the log
     * @param fields of its line of JSON, before the results
     * @param mostSeconds within which it ends, or the process
     */
    public void item(String key, Map<String, ?> fields, double mostSeconds, Work work) {
        asked.add(key);
        if (done.containsKey(key)) {
            return;
        }
        Map<String, Object> line = new LinkedHashMap<>(fields);
        if (secondsLeft() <= 0) {
            write(key, line, State.NO_TIME, null);
            return;
        }
        begin(key, line, mostSeconds);
        boolean mayBeLost = false;
        State state = State.OK;
        String why = null;
        try {
            work.run(line);
        } catch (NotOffered e) {
            state = State.NOT_OFFERED;
            why = e.getMessage();
        } catch (Exception | LinkageError | AssertionError | OutOfMemoryError e) {
            state = State.FAILED;
            why = e.getClass().getSimpleName() + ": " + e.getMessage();
            e.printStackTrace(out);
            mayBeLost = true;
        }
        endWatch();
        write(key, line, state, why);
        if (mayBeLost && lost.getAsBoolean()) {
            out.println("the device is lost: once more, behind this");
            exit.accept(AGAIN);
        }
    }

    // ---- an item that does not end ----------------------------------------------------------------------------------

    private void begin(String key, Map<String, Object> fields, double mostSeconds) {
        try {
            Files.writeString(begun, key);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Map<String, Object> known = new LinkedHashMap<>(fields);
        watch = new Thread(() -> watch(key, known, mostSeconds), "watch");
        watch.setDaemon(true);
        watch.start();
    }

    private void watch(String key, Map<String, Object> fields, double mostSeconds) {
        try {
            Thread.sleep((long) (mostSeconds * 1e3));
        } catch (InterruptedException e) {
            return;
        }
        write(key, fields, State.FAILED, String.format(Locale.ROOT, "it did not end within %.0f s", mostSeconds));
        exit.accept(AGAIN);
    }

    private void endWatch() {
        watch.interrupt();
        try {
            watch.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The first word about an item counts. */
    private synchronized void write(String key, Map<String, ?> fields, State state, String why) {
        if (done.putIfAbsent(key, state.toString()) != null) {
            return;
        }
        Map<String, Object> line = new LinkedHashMap<>();
        line.put(KEY, key);
        line.put(STATE, state.toString());
        if (why != null) {
            line.put(WHY, why);
        }
        line.putAll(fields);
        byte[] bytes = (JsonLines.line(line) + "\n").getBytes(StandardCharsets.UTF_8);
        try {
            Files.write(file, bytes, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        out.printf("%-12s %s%s%s%n", state, key, why == null ? "" : ": " + why, numbers(fields));
    }

    /** Those of a line, for the log, but for sizes, which the key has. */
    private static String numbers(Map<String, ?> fields) {
        StringBuilder text = new StringBuilder();
        fields.forEach((name, value) -> {
            if (value instanceof Number n && name.length() > 1) {
                text.append(String.format(Locale.ROOT, "  %s %.4g", name, n.doubleValue()));
            }
        });
        return text.toString();
    }
}
