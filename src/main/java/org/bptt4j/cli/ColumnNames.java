package org.bptt4j.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import org.bptt4j.spec.ShellWord;

/** The names that {@code --columns} takes, written as a line of CSV: a name with a comma stands in double quotes. */
final class ColumnNames {
    private static final CSVFormat FORMAT =
            CSVFormat.DEFAULT.builder().setIgnoreSurroundingSpaces(true).build();
    /** Advice that is longer is of no use in a message. */
    private static final int LONGEST_ADVICE = 400;

    private ColumnNames() {}

    /** The names in the option's values: it can be given more than once. */
    static List<String> parse(List<String> values) {
        List<String> names = new ArrayList<>();
        for (String value : values) {
            try (CSVParser parser = CSVParser.parse(value, FORMAT)) {
                for (CSVRecord line : parser) {
                    line.forEach(name -> names.add(name.strip()));
                }
            } catch (IOException | UncheckedIOException | IllegalStateException e) {
                throw new UsageException(
                        "--columns " + Printable.of(value) + ": a name with a comma stands in double"
                                + " quotes, such as --columns '\"T, degC\",p'",
                        e);
            }
        }
        if (names.isEmpty() || names.contains("")) {
            throw new UsageException("--columns '" + Printable.of(String.join(",", values))
                    + "': names a column without a name; give names, such as --columns a,b");
        }
        return names;
    }

    /** One value of the option with all names. */
    static String join(Collection<String> names) {
        return names.stream().map(ColumnNames::cell).collect(Collectors.joining(","));
    }

    private static String cell(String name) {
        boolean plain = name.chars().noneMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r');
        return plain ? name : '"' + name.replace("\"", "\"\"") + '"';
    }

    /** The option with these names, to be typed into a shell; in words if they are too many. */
    static String option(Collection<String> names) {
        String option = option("--columns", join(names));
        return option.length() <= LONGEST_ADVICE ? option : "--columns with " + Printable.list(names);
    }

    /** An option and its value, to be typed into a shell. */
    static String option(String name, String value) {
        return name + (value.startsWith("-") ? "=" : " ") + ShellWord.of(value);
    }
}
