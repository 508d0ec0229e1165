package org.bptt4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;

/** One command line, run in this process. */
record CliRun(int exitCode, String out, String err) {
    static CliRun of(String... args) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int exitCode = Main.run(new PrintWriter(out), new PrintWriter(err), args);
        return new CliRun(exitCode, out.toString(), err.toString());
    }

    static CliRun of(List<String> args) {
        return of(args.toArray(new String[0]));
    }

    /** It ended with {@code code} and an error of at most two lines that has all of {@code parts}. */
    void assertFailed(int code, String... parts) {
        assertEquals(code, exitCode, err);
        assertTrue(err.startsWith("error: "), err);
        assertTrue(err.lines().count() <= 2, err);
        for (String part : parts) {
            assertTrue(err.contains(part), () -> "'" + part + "' is not in: " + err);
        }
    }

    void assertDone() {
        assertEquals(0, exitCode, err);
    }
}
