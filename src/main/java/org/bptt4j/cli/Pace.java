package org.bptt4j.cli;

import java.util.Locale;
import java.util.function.LongSupplier;

/** How far a run is, how fast it goes and how long it will still take. May be read by another thread than the one that trains. */
final class Pace {
    private static final String UNKNOWN = "-:--";
    private static final double NANOS = 1e9;

    private final long done;
    private final long total;
    private final LongSupplier clock;
    private final long started;
    private volatile long updates;

    /**
     * A run that begins, or goes on, now.
     *
     * @param done updates done by an earlier part, which took time that is not ours
     * @param total updates of the whole run
     * @param clock nanoseconds, as {@link System#nanoTime}
     */
    Pace(long done, long total, LongSupplier clock) {
        this.done = done;
        this.updates = done;
        this.total = total;
        this.clock = clock;
        this.started = clock.getAsLong();
    }

    void at(long now) {
        updates = now;
    }

    long updates() {
        return updates;
    }

    long total() {
        return total;
    }

    /** The share that is done, 0 ... 1. */
    double share() {
        return total <= 0 ? 1 : Math.min(1, (double) updates / (double) total);
    }

    /** Whole percents that are done: 100 only at the end. */
    int percent() {
        return (int) Math.floor(100 * share());
    }

    /** Time since this part began. */
    String elapsed() {
        return time(seconds());
    }

    /** The time that is left if this part's speed stays what it was. */
    String remaining() {
        double speed = speed();
        return speed > 0 ? time((double) Math.max(0, total - updates) / speed) : UNKNOWN;
    }

    /** Updates per second of this part, or below a tenth seconds per update; with {@code unit} after the number. */
    String speed(String unit) {
        double speed = speed();
        if (!(speed > 0)) {
            return "- " + unit + "/s";
        }
        if (speed < 0.1) {
            return String.format(Locale.ROOT, "%.3g s/%s", 1 / speed, unit.replaceFirst("s$", ""));
        }
        return String.format(Locale.ROOT, speed < 100 ? "%.1f %s/s" : "%.0f %s/s", speed, unit);
    }

    private double seconds() {
        return (double) (clock.getAsLong() - started) / NANOS;
    }

    private double speed() {
        double seconds = seconds();
        return seconds > 0 ? (double) (updates - done) / seconds : 0;
    }

    /** 0:07, 12:34, 1:02:03, and from 100 hours on 5d 03h. */
    static String time(double seconds) {
        if (seconds >= 1e9) {
            return "years";
        }
        long s = Math.round(seconds);
        long hours = s / 3600;
        if (hours >= 100) {
            return String.format(Locale.ROOT, "%dd %02dh", hours / 24, hours % 24);
        }
        return hours > 0
                ? String.format(Locale.ROOT, "%d:%02d:%02d", hours, s / 60 % 60, s % 60)
                : String.format(Locale.ROOT, "%d:%02d", s / 60, s % 60);
    }
}
