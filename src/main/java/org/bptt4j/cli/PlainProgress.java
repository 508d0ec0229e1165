package org.bptt4j.cli;

import java.io.PrintWriter;
import java.util.Locale;
import java.util.function.LongSupplier;

/** A line now and then: every five seconds at first, later less often, but once a minute at least. */
final class PlainProgress implements Progress {
    private static final long LEAST_NANOS = 5_000_000_000L;
    private static final long MOST_NANOS = 60_000_000_000L;
    /** A line after every twentieth of the time so far. */
    private static final long LINES = 20;

    private final Pace pace;
    private final LongSupplier clock;
    private final PrintWriter err;
    private final long started;
    private long last;
    private String words = "";
    private String figure = "";

    PlainProgress(Pace pace, LongSupplier clock, PrintWriter err) {
        this.pace = pace;
        this.clock = clock;
        this.err = err;
        this.started = clock.getAsLong();
        this.last = started;
    }

    @Override
    public void at(long updates, String latest) {
        pace.at(updates);
        words = latest;
        long now = clock.getAsLong();
        if (now - last > Math.max(LEAST_NANOS, Math.min(MOST_NANOS, (now - started) / LINES))) {
            last = now;
            print(String.format(Locale.ROOT, "update %d of %d; %s", updates, pace.total(), state(figure)));
        }
    }

    /** The line says the latest figure itself. */
    @Override
    public void note(String line) {
        print(line + "; " + state(""));
    }

    @Override
    public void figure(String shortText) {
        figure = shortText;
    }

    private String state(String shown) {
        StringBuilder state = new StringBuilder(String.format(
                Locale.ROOT,
                "%d %%, %s elapsed, %s, ETA %s",
                pace.percent(),
                pace.elapsed(),
                pace.speed("updates"),
                pace.remaining()));
        for (String more : new String[] {words, shown}) {
            state.append(more.isEmpty() ? "" : ", ").append(more);
        }
        return state.toString();
    }

    private void print(String line) {
        err.println(line);
        err.flush();
    }

    @Override
    public void close() {}
}
