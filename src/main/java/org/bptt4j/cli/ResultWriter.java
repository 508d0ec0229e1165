package org.bptt4j.cli;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.util.Locale;

/** Standard output. Writers keep their failures to themselves; this one can tell which it was. */
final class ResultWriter extends PrintWriter {
    private final Remembering stream;

    ResultWriter(OutputStream stream, Charset charset) {
        this(new Remembering(stream), charset);
    }

    private ResultWriter(Remembering stream, Charset charset) {
        super(stream, true, charset);
        this.stream = stream;
    }

    /** Why nothing more can be written, or null. */
    IOException failure() {
        return stream.failure;
    }

    /** Whether the one who reads has enough, as {@code head} has after some lines: no failure of ours. */
    boolean hasNoReader() {
        String reason = stream.failure == null ? null : stream.failure.getMessage();
        return reason != null && reason.toLowerCase(Locale.ROOT).contains("broken pipe");
    }

    /** Remembers the first failure. */
    private static final class Remembering extends FilterOutputStream {
        private IOException failure;

        Remembering(OutputStream to) {
            super(to);
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int from, int length) throws IOException {
            try {
                out.write(bytes, from, length);
            } catch (IOException e) {
                throw remembered(e);
            }
        }

        @Override
        public void flush() throws IOException {
            try {
                out.flush();
            } catch (IOException e) {
                throw remembered(e);
            }
        }

        private IOException remembered(IOException e) {
            failure = failure == null ? e : failure;
            return e;
        }
    }
}
