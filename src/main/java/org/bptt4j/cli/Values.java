package org.bptt4j.cli;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.regex.Pattern;
import org.bptt4j.io.DecimalNumber;
import picocli.CommandLine;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * What option values must look like, whatever the option: an empty one (an unset variable of a script) is refused for all of
 * them, and numbers are decimal.
 */
final class Values {
    private static final Pattern WHOLE = Pattern.compile("[-+]?\\d+");

    private Values() {}

    /** Makes {@code commandLine} and all its commands read values this way. */
    static CommandLine register(CommandLine commandLine) {
        return commandLine
                .registerConverter(String.class, Values::text)
                .registerConverter(Path.class, Values::path)
                .registerConverter(Integer.class, Values::integer)
                .registerConverter(int.class, Values::integer)
                .registerConverter(Long.class, Values::whole)
                .registerConverter(long.class, Values::whole)
                .registerConverter(Boolean.class, Values::isOn)
                .registerConverter(boolean.class, Values::isOn)
                .registerConverter(Double.class, Values::number)
                .registerConverter(double.class, Values::number);
    }

    /** For a name of a fixed set, which is understood in capitals too. */
    static final class Name implements ITypeConverter<String> {
        @Override
        public String convert(String value) {
            return text(value).toLowerCase(Locale.ROOT);
        }
    }

    /** For a text that may be empty. */
    static final class AnyText implements ITypeConverter<String> {
        @Override
        public String convert(String value) {
            return value;
        }
    }

    private static String text(String value) {
        if (value.isEmpty()) {
            throw new TypeConversionException("the value is empty: give one, or leave the option out");
        }
        return value;
    }

    private static Path path(String value) {
        if (value.isBlank()) {
            throw new TypeConversionException("the value is empty: name a file or folder, or leave the option out");
        }
        try {
            return Path.of(value);
        } catch (InvalidPathException e) {
            throw new TypeConversionException("cannot be a file's name here: " + e.getReason());
        }
    }

    /** Of an option without a value. */
    private static boolean isOn(String value) {
        if (!value.equalsIgnoreCase("true") && !value.equalsIgnoreCase("false")) {
            throw new TypeConversionException("this option has no value; give its name alone, or leave it out");
        }
        return Boolean.parseBoolean(value);
    }

    private static int integer(String value) {
        long whole = whole(value);
        if (whole != (int) whole) {
            throw new TypeConversionException(
                    whole > 0
                            ? "is too large; must be at most " + Integer.MAX_VALUE
                            : "is too small; must be at least " + Integer.MIN_VALUE);
        }
        return (int) whole;
    }

    private static long whole(String value) {
        if (!WHOLE.matcher(text(value)).matches()) {
            throw new TypeConversionException("must be a whole number, such as 100");
        }
        try {
            return Long.parseLong(value);
        } catch (NumberFormatException e) {
            throw new TypeConversionException("has too many digits; must be a whole number of at most 18 digits");
        }
    }

    /** A decimal number, as those of data are read: {@code 1d} is a typo; a {@link TypeConversionException} says what it must be. NaN and infinities are for the option to refuse. */
    static double number(String value) {
        try {
            return DecimalNumber.parse(text(value));
        } catch (NumberFormatException e) {
            throw new TypeConversionException("must be a number, such as 0.5");
        }
    }
}
