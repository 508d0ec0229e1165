package org.bptt4j.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The command line: bptt4j COMMAND. */
@Command(
        name = "bptt4j",
        mixinStandardHelpOptions = true,
        description = "Backpropagation through time.",
        subcommands = {TrainCommand.class, EvaluateCommand.class, GenerateCommand.class})
public final class Main implements Runnable {
    @picocli.CommandLine.Spec
    private picocli.CommandLine.Model.CommandSpec spec;

    /** The commands, with errors as one line and an exit code: 2 for bad input, 1 for a failure in the work. */
    static CommandLine commandLine() {
        CommandLine line = new CommandLine(new Main());
        line.setExecutionExceptionHandler((e, command, parsed) -> {
            command.getErr().println("error: " + e.getMessage());
            command.getErr().flush();
            boolean bad = e instanceof UsageException
                    || e instanceof IllegalArgumentException
                    || e instanceof org.bptt4j.io.SafetensorsException;
            return bad ? 2 : 1;
        });
        return line;
    }

    @Override
    public void run() {
        throw new CommandLine.ParameterException(spec.commandLine(), "name a command");
    }

    public static void main(String[] args) {
        System.exit(commandLine().execute(args));
    }
}
