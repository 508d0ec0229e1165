package org.bptt4j.cli;

import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The help of all, or of one command, for those who ask for it by a word. */
@Command(name = "help", helpCommand = true, description = "Show this help, or that of a command.")
final class HelpCommand implements Callable<Integer> {
    @Parameters(arity = "0..*", paramLabel = "COMMAND", description = "One of the commands.")
    private List<String> given = List.of();

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        CommandLine all = spec.parent().commandLine();
        Map<String, CommandLine> commands = all.getSubcommands();
        if (given.size() > 1) {
            throw new UsageException("help shows one command at a time; leave out '" + given.get(1) + "'");
        }
        String command = given.isEmpty() ? null : given.get(0);
        if (command != null && !commands.containsKey(command)) {
            throw new UsageException(Names.unknownCommand(command, commands.keySet()));
        }
        CommandLine asked = command == null ? all : commands.get(command);
        asked.usage(spec.commandLine().getOut());
        return 0;
    }
}
