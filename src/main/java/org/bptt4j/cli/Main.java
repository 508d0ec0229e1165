package org.bptt4j.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * The command line {@code bptt4j}. Exit code 0 done, 1 a failure in the work, 2 wrong usage or bad input; every error is one
 * or two lines on standard error.
 */
@Command(
        name = "bptt4j",
        description = "Backpropagation through time for recurrent networks.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            // In the order of the help: the main job first.
            TrainCommand.class,
            EvaluateCommand.class,
            GenerateCommand.class,
            GradientsCommand.class,
            BenchCommand.class,
            DoctorCommand.class
        })
public final class Main implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(
            names = "--stacktrace",
            scope = ScopeType.INHERIT,
            description = "Show where an error came from, for a bug report.")
    private boolean stacktrace;

    private Main() {}

    public static void main(String[] args) {
        configureLogging();
        int exitCode = run(writer(System.out), writer(System.err), args);
        System.exit(exitCode);
    }

    private static PrintWriter writer(PrintStream stream) {
        return new PrintWriter(stream, true, Charset.defaultCharset());
    }

    /** Runs one command line and returns its exit code. */
    static int run(PrintWriter out, PrintWriter err, String... args) {
        Main main = new Main();
        CommandLine commandLine = new CommandLine(main)
                .setExpandAtFiles(false)
                .setOut(out)
                .setErr(err)
                .setParameterExceptionHandler((e, a) -> wrongUsage(e))
                .setExecutionExceptionHandler((e, c, p) -> main.failed(e, err));
        String version = "bptt4j " + version();
        main.spec.version(version);
        commandLine.getSubcommands().values().forEach(c -> c.getCommandSpec().version(version));
        try {
            int exitCode = commandLine.execute(args);
            // Writers keep their failures to themselves; results that went nowhere are no success.
            if (exitCode == 0 && out.checkError()) {
                return main.failed(new IOException("cannot write to standard output: it is full or closed"), err);
            }
            return exitCode;
        } catch (Error e) {
            // Picocli hands over exceptions only; an exhausted heap deserves its two lines as well.
            return main.failed(e, err);
        } finally {
            out.flush();
            err.flush();
        }
    }

    /** Without a command there is nothing to do: says which there are. */
    @Override
    public Integer call() {
        spec.commandLine().usage(spec.commandLine().getErr());
        return Failure.BAD_INPUT;
    }

    private int failed(Throwable thrown, PrintWriter err) {
        Failure failure = Failure.of(thrown);
        err.println("error: " + failure.message());
        if (stacktrace) {
            thrown.printStackTrace(err);
        } else if (!failure.expected()) {
            err.println("This is a mistake in bptt4j: please report it with what --stacktrace adds.");
        }
        return failure.exitCode();
    }

    /** The first argument that nobody knows, before any other complaint: it explains an option that seems to be missing. */
    private static Optional<String> unknown(ParameterException e) {
        CommandLine command = e.getCommandLine();
        List<String> unmatched =
                e instanceof UnmatchedArgumentException u ? u.getUnmatched() : command.getUnmatchedArguments();
        return unmatched.stream().findFirst().map(argument -> {
            if (argument.startsWith("-")) {
                String name = argument.replaceFirst("=.*", "");
                return "unknown option '" + name + "'"
                        + Names.didYouMean(
                                name, command.getCommandSpec().optionsMap().keySet());
            }
            Set<String> commands = command.getSubcommands().keySet();
            return (commands.isEmpty() ? "unexpected argument '" : "unknown command '") + argument + "'"
                    + Names.didYouMean(argument, commands);
        });
    }

    private static int wrongUsage(ParameterException e) {
        CommandLine command = e.getCommandLine();
        PrintWriter err = command.getErr();
        err.println("error: " + unknown(e).orElseGet(e::getMessage).replaceAll("\\R", " "));
        err.println("See '" + command.getCommandSpec().qualifiedName() + " --help'.");
        return Failure.BAD_INPUT;
    }

    /** Short lines without thread and class on standard error; what the user set with -D wins. */
    private static void configureLogging() {
        Map<String, String> defaults = Map.of("showThreadName", "false", "showLogName", "false");
        defaults.forEach((key, value) -> {
            String property = "org.slf4j.simpleLogger." + key;
            System.setProperty(property, System.getProperty(property, value));
        });
    }

    /** From the jar's manifest; classes that are not in a jar have no version. */
    private static String version() {
        String version = Main.class.getPackage().getImplementationVersion();
        return version == null ? "(not packaged)" : version;
    }
}
