package org.bptt4j.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import picocli.CommandLine;

/** Runs commands in this JVM, with what they print. */
final class Commands {
    /**
     * What came of a command.
     *
     * @param failure what it threw, or null
     */
    record Result(int code, String out, String err, Exception failure) {}

    private Commands() {}

    /** Runs the command called {@code args[0]}. Codes: 2 for wrong usage, 3 here for anything it threw. */
    static Result run(String... args) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        Exception[] failure = new Exception[1];
        CommandLine line = new CommandLine(new Root())
                .addSubcommand(new TrainCommand())
                .addSubcommand(new EvaluateCommand())
                .addSubcommand(new GenerateCommand());
        line.setOut(new PrintWriter(out));
        line.setErr(new PrintWriter(err));
        line.setExecutionExceptionHandler((e, command, parsed) -> {
            failure[0] = e;
            return 3;
        });
        int code = line.execute(args);
        return new Result(code, out.toString(), err.toString(), failure[0]);
    }

    @CommandLine.Command(name = "bptt4j")
    private static final class Root {}
}
