package org.bptt4j.cli;

import java.io.Console;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** Says on standard error how far a training run is. */
interface Progress extends AutoCloseable {
    /** On Linux, a link to what standard error is. */
    Path STANDARD_ERROR = Path.of("/proc/self/fd/2");

    /** After every batch: updates of the whole run so far, and a few words such as "loss 0.1234". */
    void at(long updates, String words);

    /** A line worth keeping, such as an evaluation. */
    void note(String line);

    /** The latest figure of an evaluation, short enough for a narrow terminal, such as "valid 2.168 bpc"; it is shown until the next. */
    void figure(String shortText);

    @Override
    void close();

    /**
     * Begins to show a run in the way called {@code mode}: auto, bar, plain or none.
     *
     * @param done updates that an earlier part of the run has done; speed and remaining time do not count them
     * @param total updates of the whole run
     */
    static Supplier<Progress> of(String mode, long done, long total, PrintWriter err) {
        LongSupplier clock = System::nanoTime;
        Supplier<Progress> bar = () -> new BarProgress(new Pace(done, total, clock), onTerminal());
        Supplier<Progress> plain = () -> new PlainProgress(new Pace(done, total, clock), clock, err);
        return Names.choose(
                "--progress",
                mode,
                new TreeMap<>(
                        Map.of("auto", onTerminal() ? bar : plain, "bar", bar, "plain", plain, "none", None::new)));
    }

    /** Whether standard error is a terminal, so that somebody watches. */
    private static boolean onTerminal() {
        try {
            String target = Files.readSymbolicLink(STANDARD_ERROR).toString();
            return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty") || target.equals("/dev/console");
        } catch (IOException | UnsupportedOperationException e) {
            return hasConsole();
        }
    }

    /** Where the system does not tell of one stream; from JDK 22 on there may be a console without a terminal, and a method that tells. */
    @SuppressWarnings("SystemConsoleNull")
    private static boolean hasConsole() {
        Console console = System.console();
        try {
            return console != null
                    && (Boolean) Console.class.getMethod("isTerminal").invoke(console);
        } catch (NoSuchMethodException e) {
            return true;
        } catch (ReflectiveOperationException e) {
            return false;
        }
    }

    /** Nothing. */
    final class None implements Progress {
        @Override
        public void at(long updates, String words) {}

        @Override
        public void note(String line) {}

        @Override
        public void figure(String shortText) {}

        @Override
        public void close() {}
    }
}
