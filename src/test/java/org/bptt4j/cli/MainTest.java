package org.bptt4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.Writer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MainTest {
    @Test
    void helpListsTheCommands() {
        CliRun run = CliRun.of("--help");
        run.assertDone();
        assertTrue(run.out().contains("gradients"), run.out());
        assertTrue(run.out().contains("bench"), run.out());
        assertEquals("", run.err());
    }

    @ParameterizedTest
    @ValueSource(strings = {"gradients", "bench", "doctor"})
    void eachCommandHasHelpAndVersion(String command) {
        CliRun help = CliRun.of(command, "--help");
        help.assertDone();
        assertTrue(help.out().contains("--stacktrace"), help.out());
        CliRun version = CliRun.of(command, "--version");
        version.assertDone();
        assertTrue(version.out().startsWith("bptt4j "), version.out());
    }

    @Test
    void withoutACommandTheUsageGoesToStandardError() {
        CliRun run = CliRun.of();
        assertEquals(2, run.exitCode());
        assertTrue(run.err().startsWith("Usage: bptt4j"), run.err());
        assertEquals("", run.out());
    }

    @Test
    void aTypoGetsTheNearestName() {
        CliRun.of("gradeints").assertFailed(2, "unknown command 'gradeints'", "did you mean 'gradients'?");
        CliRun.of("bench", "--thread=2").assertFailed(2, "unknown option '--thread'", "did you mean '--threads'?");
    }

    @Test
    void anUnknownOptionIsNamedBeforeThoseThatAreMissing() {
        CliRun.of("gradients", "--wieghts", "w").assertFailed(2, "unknown option '--wieghts'", "'--weights'");
    }

    @Test
    void wrongUsageSaysWhatAndWhereToLook() {
        CliRun.of("gradients").assertFailed(2, "--weights", "--batch", "--out", "See 'bptt4j gradients --help'");
        CliRun.of("bench", "here").assertFailed(2, "unexpected argument 'here'");
        CliRun.of("bench", "--threads", "many").assertFailed(2, "--threads", "many");
        CliRun.of("bench", "--threads", "0").assertFailed(2, "--threads 0", "1 to 1024");
        CliRun.of("bench", "--threads", "1025").assertFailed(2, "--threads 1025", "1 to 1024");
        CliRun.of("bench", "--backend", "abacus").assertFailed(2, "abacus", "auto, cuda, cpu");
    }

    @Test
    void resultsThatCannotBePrintedAreAFailure() {
        PrintWriter full = new PrintWriter(Writer.nullWriter()) {
            @Override
            public boolean checkError() {
                return true;
            }
        };
        StringWriter err = new StringWriter();
        assertEquals(1, Main.run(full, new PrintWriter(err), "--version"));
        assertTrue(err.toString().startsWith("error: cannot write to standard output"), err.toString());
    }

    @Test
    void aStackTraceOnlyWhereItWasAskedFor() {
        String[] failing = {"bench", "--threads", "0"};
        assertFalse(CliRun.of(failing).err().contains("\tat "));
        assertTrue(CliRun.of("--stacktrace", "bench", "--threads", "0").err().contains("\tat org.bptt4j"));
        assertTrue(CliRun.of("bench", "--threads", "0", "--stacktrace").err().contains("\tat org.bptt4j"));
    }
}
