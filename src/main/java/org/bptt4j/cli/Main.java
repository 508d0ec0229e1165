package org.bptt4j.cli;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.bptt4j.io.FileErrors;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.OverwrittenOptionException;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;
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
            DoctorCommand.class,
            HelpCommand.class
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
        // Not System.out, which keeps its failures to itself as well.
        OutputStream results = new BufferedOutputStream(new FileOutputStream(FileDescriptor.out));
        Charset charset = Charset.defaultCharset();
        int exitCode = run(new ResultWriter(results, charset), new PrintWriter(System.err, true, charset), args);
        System.exit(exitCode);
    }

    /** All commands and their options. */
    private static CommandLine commands(Main main) {
        CommandLine commandLine = Values.register(new CommandLine(main)).setExpandAtFiles(false);
        commandLine.setResourceBundle(new HelpTexts());
        return commandLine;
    }

    /** The same, to be looked at. */
    static CommandLine commands() {
        return commands(new Main());
    }

    /** Runs one command line and returns its exit code. */
    static int run(PrintWriter out, PrintWriter err, String... args) {
        Main main = new Main();
        CommandLine commandLine = commands(main)
                .setOut(out)
                .setErr(err)
                .setParameterExceptionHandler((e, a) -> wrongUsage(e))
                .setExecutionExceptionHandler((e, c, p) -> main.failed(e, c.getCommandSpec(), err));
        String version = "bptt4j " + version();
        main.spec.version(version);
        commandLine.getSubcommands().values().forEach(c -> c.getCommandSpec().version(version));
        try {
            int exitCode = commandLine.execute(args);
            return exitCode == 0 && out.checkError() ? main.unwritten(out, err) : exitCode;
        } catch (Error e) {
            // Picocli hands over exceptions only; an exhausted heap deserves its two lines as well.
            return main.failed(e, running(commandLine), err);
        } finally {
            out.flush();
            err.flush();
            Interrupt.letGo();
        }
    }

    /** Results that went nowhere are no success, unless it was the reader who has enough. */
    private int unwritten(PrintWriter out, PrintWriter err) {
        ResultWriter results = out instanceof ResultWriter r ? r : null;
        if (results != null && results.hasNoReader()) {
            return 0;
        }
        String reason = results == null || results.failure() == null
                ? "it is full or closed"
                : FileErrors.reason(results.failure());
        return failed(new IOException("cannot write to standard output: " + reason), spec, err);
    }

    /** The command that was asked for. */
    private static CommandSpec running(CommandLine commandLine) {
        ParseResult parsed = commandLine.getParseResult();
        while (parsed != null && parsed.hasSubcommand()) {
            parsed = parsed.subcommand();
        }
        return parsed == null ? commandLine.getCommandSpec() : parsed.commandSpec();
    }

    /** Without a command there is nothing to do: says which there are. */
    @Override
    public Integer call() {
        spec.commandLine().usage(spec.commandLine().getErr());
        return Failure.BAD_INPUT;
    }

    private int failed(Throwable thrown, CommandSpec command, PrintWriter err) {
        Failure failure = Failure.of(thrown, command);
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
                return Names.unknownOption(
                        argument.replaceFirst("=.*", ""),
                        command.getCommandSpec().optionsMap().keySet());
            }
            Set<String> commands = command.getSubcommands().keySet();
            return commands.isEmpty()
                    ? "unexpected argument '" + argument + "'" + withOption(argument, command.getCommandSpec())
                    : Names.unknownCommand(argument, commands);
        });
    }

    /** Every value has its option: the likely one of a file that was given without. */
    private static String withOption(String argument, CommandSpec command) {
        String[] options = argument.matches("(?i).*\\.(csv|tsv)")
                ? new String[] {"--csv"}
                : argument.matches("(?i).*\\.txt") ? new String[] {"--text"} : new String[] {"--model", "--weights"};
        ParseResult given = command.commandLine().getParseResult();
        return Arrays.stream(options)
                .filter(o -> command.optionsMap().containsKey(o) && (given == null || !given.hasMatchedOption(o)))
                .findFirst()
                .map(option -> "; did you mean '" + option + " " + argument + "'?")
                .orElse("; each option has one value, a list has commas");
    }

    /** What is wrong with a value, in our words; or else as the parser says it. */
    private static String message(ParameterException e) {
        if (e instanceof OverwrittenOptionException twice && twice.getOverwritten() instanceof OptionSpec option) {
            return option.longestName() + " is given twice; give it once";
        }
        if (e instanceof MissingParameterException missing
                && !missing.getMissing().isEmpty()) {
            ArgSpec argument = missing.getMissing().get(0);
            boolean lacksValue = !e.getMessage().startsWith("Missing required option");
            if (argument instanceof OptionSpec option) {
                return lacksValue
                        ? option.longestName() + ": its value is missing; give " + option.longestName() + " "
                                + option.paramLabel()
                        : "missing: "
                                + missing.getMissing().stream()
                                        .map(a -> a instanceof OptionSpec o
                                                ? o.longestName() + " " + o.paramLabel()
                                                : a.paramLabel())
                                        .collect(Collectors.joining(", "));
            }
        }
        return e.getArgSpec() instanceof OptionSpec option && e.getCause() instanceof TypeConversionException wrong
                ? option.longestName() + " '" + e.getValue() + "': " + wrong.getMessage()
                : e.getMessage();
    }

    private static int wrongUsage(ParameterException e) {
        CommandLine command = e.getCommandLine();
        PrintWriter err = command.getErr();
        err.println("error: " + Failure.printable(unknown(e).orElseGet(() -> message(e))));
        err.println("See '" + command.getCommandSpec().qualifiedName() + " --help'.");
        return Failure.BAD_INPUT;
    }

    /** Short lines without thread and class on standard error; what the user set with -D wins. */
    private static void configureLogging() {
        Map<String, String> defaults = Map.of(
                "org.slf4j.simpleLogger.showThreadName", "false",
                "org.slf4j.simpleLogger.showLogName", "false",
                "java.util.logging.SimpleFormatter.format", "%4$s %5$s%6$s%n");
        defaults.forEach((property, value) -> System.setProperty(property, System.getProperty(property, value)));
    }

    /** From the jar's manifest; classes that are not in a jar have no version. */
    private static String version() {
        String version = Main.class.getPackage().getImplementationVersion();
        return version == null ? "(not packaged)" : version;
    }
}
