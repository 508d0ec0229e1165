package org.bptt4j.cli;

import java.io.Console;
import java.io.PrintWriter;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** Says on stderr how far a training run is. */
interface Progress extends AutoCloseable {
    /** After every batch: updates so far and a few words. */
    void at(long updates, String words);

    /** A line worth keeping, such as an evaluation. */
    void note(String line);

    @Override
    void close();

    /** Begins to show {@code total} updates in the way called {@code mode}: auto, bar, plain or none. */
    static Supplier<Progress> of(String mode, long total, PrintWriter err) {
        Supplier<Progress> bar = () -> new Bar(total);
        Supplier<Progress> plain = () -> new Plain(total, err);
        return Names.choose(
                "--progress",
                mode,
                new TreeMap<>(
                        Map.of("auto", onTerminal() ? bar : plain, "bar", bar, "plain", plain, "none", None::new)));
    }

    /** Whether somebody watches; from JDK 22 on there may be a console without a terminal, and a method that tells. */
    @SuppressWarnings("SystemConsoleNull")
    private static boolean onTerminal() {
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
        public void close() {}
    }

    /** A line now and then. */
    final class Plain implements Progress {
        private static final long INTERVAL_NANOS = 5_000_000_000L;

        private final long total;
        private final PrintWriter err;
        private long last = System.nanoTime();

        Plain(long total, PrintWriter err) {
            this.total = total;
            this.err = err;
        }

        @Override
        public void at(long updates, String words) {
            if (System.nanoTime() - last > INTERVAL_NANOS) {
                last = System.nanoTime();
                err.printf("update %d of %d, %s%n", updates, total, words);
                err.flush();
            }
        }

        @Override
        public void note(String line) {
            err.println(line);
            err.flush();
        }

        @Override
        public void close() {}
    }

    /** A bar on the terminal. */
    final class Bar implements Progress {
        private final ProgressBar bar;
        private String note = "";

        Bar(long total) {
            this.bar = new ProgressBarBuilder()
                    .setTaskName("training")
                    .setInitialMax(total)
                    .setStyle(ProgressBarStyle.ASCII)
                    .setUpdateIntervalMillis(200)
                    .build();
        }

        @Override
        public void at(long updates, String words) {
            bar.stepTo(updates);
            bar.setExtraMessage(words + note);
        }

        @Override
        public void note(String line) {
            note = "; " + line;
        }

        @Override
        public void close() {
            bar.close();
        }
    }
}
