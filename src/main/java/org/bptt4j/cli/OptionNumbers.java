package org.bptt4j.cli;

import org.bptt4j.io.DecimalNumber;
import picocli.CommandLine;
import picocli.CommandLine.TypeConversionException;

/** Reads the numbers of options as those of data are read: {@code --lr 1d} is a typo and no learning rate. */
final class OptionNumbers {
    private OptionNumbers() {}

    /** Makes the command line, with the subcommands that it has by now, read its numbers so; returns it. */
    static CommandLine register(CommandLine commandLine) {
        return commandLine
                .registerConverter(Double.class, OptionNumbers::number)
                .registerConverter(double.class, OptionNumbers::number);
    }

    private static double number(String text) {
        try {
            return DecimalNumber.parse(text);
        } catch (NumberFormatException e) {
            throw new TypeConversionException("'" + Printable.of(text) + "' is not a number");
        }
    }
}
