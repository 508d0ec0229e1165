package org.bptt4j.cli;

import java.io.OutputStream;
import java.io.PrintStream;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarConsumer;

/**
 * A bar on standard error. While it is shown, lines that others write there (a logger) go above it whole, and nothing but
 * carriage returns is used to draw it.
 */
final class BarProgress implements Progress {
    /** Of what is no terminal. */
    private static final int WIDTH = 80;

    private final Pace pace;
    private final BarLine line;
    private final PrintStream before = System.err;
    private final Shared shared = new Shared(before);
    private final ProgressBar bar;

    BarProgress(Pace pace, boolean onTerminal) {
        this.pace = pace;
        this.line = new BarLine(pace);
        System.setErr(new PrintStream(shared, true));
        this.bar = new ProgressBarBuilder()
                .setInitialMax(pace.total())
                .setUpdateIntervalMillis(200)
                .continuousUpdate()
                .setRenderer((state, width) -> line.render(width))
                .setConsumer(new Consumer(onTerminal))
                .build();
    }

    @Override
    public void at(long updates, String words) {
        pace.at(updates);
        line.words(words);
    }

    @Override
    public void note(String text) {
        shared.line(text);
    }

    @Override
    public void figure(String shortText) {
        line.figure(shortText);
    }

    @Override
    public void close() {
        bar.close();
        System.setErr(before);
    }

    /** Draws the bar where the library wants it drawn. */
    private final class Consumer implements ProgressBarConsumer {
        private final ConsoleProgressBarConsumer terminal;

        Consumer(boolean onTerminal) {
            this.terminal = onTerminal ? new ConsoleProgressBarConsumer(before) : null;
        }

        @Override
        public int getMaxRenderedLength() {
            return terminal == null ? WIDTH - 1 : terminal.getMaxRenderedLength();
        }

        @Override
        public void accept(String drawn) {
            shared.draw(drawn);
        }

        @Override
        public void close() {
            shared.end();
        }
    }

    /** Standard error, which the bar shares with everybody else. */
    static final class Shared extends OutputStream {
        private final PrintStream to;
        private int drawn;
        private boolean midLine;

        Shared(PrintStream to) {
            this.to = to;
        }

        /** Draws the bar anew, unless somebody else has begun a line. */
        synchronized void draw(String bar) {
            if (!midLine) {
                to.print("\r" + bar + " ".repeat(Math.max(0, drawn - bar.length())));
                to.flush();
                drawn = bar.length();
            }
        }

        /** A line above the bar. */
        synchronized void line(String text) {
            erase();
            to.println(text);
            to.flush();
        }

        /** The bar stays, and the next line begins below it. */
        synchronized void end() {
            if (drawn > 0) {
                to.println();
                to.flush();
                drawn = 0;
            }
        }

        private void erase() {
            if (drawn > 0) {
                to.print("\r" + " ".repeat(drawn) + "\r");
                drawn = 0;
            }
        }

        @Override
        public synchronized void write(int b) {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public synchronized void write(byte[] bytes, int from, int length) {
            if (length > 0) {
                erase();
                to.write(bytes, from, length);
                midLine = bytes[from + length - 1] != '\n';
            }
        }

        @Override
        public synchronized void flush() {
            to.flush();
        }
    }
}
