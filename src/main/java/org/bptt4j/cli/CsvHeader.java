package org.bptt4j.cli;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.bptt4j.io.DecimalNumber;

/** The names of a table's columns. Only those that are read need to be names of their own. */
final class CsvHeader {
    private final String file;
    private final List<String> names;
    private final Map<String, Integer> index = new HashMap<>();
    private final Set<String> twice = new HashSet<>();

    CsvHeader(String file, List<String> names) {
        this.file = file;
        this.names = names;
        for (int c = 0; c < names.size(); c++) {
            if (index.putIfAbsent(names.get(c), c) != null) {
                twice.add(names.get(c));
            }
        }
    }

    int size() {
        return names.size();
    }

    String name(int column) {
        return names.get(column);
    }

    List<String> names() {
        return names;
    }

    /** Why not all columns can be read, or null. */
    String fault() {
        if (names.stream().allMatch(DecimalNumber::isNumber)) {
            return "line 1 holds numbers only; the first line must name the columns";
        }
        int c = withoutName();
        return c < 0
                ? null
                : "line 1, column " + (c + 1) + ": "
                        + (name(c).isEmpty() ? "has no name" : "the name '" + Printable.of(name(c)) + "' is used twice")
                        + "; every column that is read needs a name of its own";
    }

    /** The first column without a name of its own, or −1. */
    int withoutName() {
        return IntStream.range(0, names.size())
                .filter(c -> name(c).isEmpty() || index.get(name(c)) < c)
                .findFirst()
                .orElse(-1);
    }

    /** The places of these columns, each named once. */
    int[] indices(List<String> columns) {
        if (new HashSet<>(columns).size() < columns.size()) {
            throw new UsageException(ColumnNames.option(columns) + ": names a column twice; name it once");
        }
        return columns.stream().mapToInt(this::index).toArray();
    }

    private int index(String name) {
        Integer column = index.get(name);
        if (column == null) {
            throw new NoSuchColumnException(file + ": there is no column '" + Printable.of(name) + "', only "
                    + Printable.list(names) + suggestion(name));
        }
        if (twice.contains(name)) {
            throw new UsageException(file + ": line 1: the name '" + Printable.of(name)
                    + "' is used twice; every column that is read needs a name of its own");
        }
        return column;
    }

    private String suggestion(String name) {
        return names.stream()
                .filter(n -> n.indexOf(',') >= 0
                        && List.of(n.split(",")).stream()
                                .anyMatch(part -> part.strip().equals(name)))
                .findFirst()
                .map(n -> "; a name with a comma stands in double quotes: " + ColumnNames.option(List.of(n)))
                .orElseGet(() ->
                        Names.didYouMean(name, names.stream().map(Printable::of).toList()));
    }

    /** The place of the column to forecast among those that are read. */
    int target(String target, List<String> columns) {
        index(target);
        int place = columns.indexOf(target);
        if (place < 0) {
            List<String> more = new ArrayList<>(columns);
            more.add(target);
            throw new UsageException(ColumnNames.option("--target", target) + " is not among the columns read: give "
                    + ColumnNames.option(more));
        }
        return place;
    }
}
