package org.bptt4j.backend;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import org.bptt4j.spec.Cell;

/** The lines "key = value" of a file of {@link Costs}; each is taken once, and none may be left. */
final class CostLines {
    private static final String SWEEP = "sweep.";
    private static final List<SweepForm> FORMS = List.of(SweepForm.STEPS, SweepForm.GRAPH, SweepForm.PERSISTENT);

    private record Line(int number, String value) {}

    private final String name;
    private final Map<String, Line> lines = new LinkedHashMap<>();

    CostLines(String name, String text) {
        this.name = name;
        List<String> all = text.lines().toList();
        for (int i = 0; i < all.size(); i++) {
            String line = all.get(i).strip();
            if (!line.isEmpty() && !line.startsWith("#")) {
                add(i + 1, line);
            }
        }
    }

    private void add(int number, String line) {
        int equals = line.indexOf('=');
        if (equals < 0) {
            throw fail(number, "'" + line + "' is no line 'key = value'");
        }
        String key = line.substring(0, equals).strip();
        Line before = lines.put(key, new Line(number, line.substring(equals + 1).strip()));
        if (before != null) {
            throw fail(number, "'" + key + "' was given in line " + before.number() + " already");
        }
    }

    boolean hasAny(String prefix) {
        return lines.keySet().stream().anyMatch(key -> key.startsWith(prefix));
    }

    String text(String key) {
        Line line = take(key);
        if (line.value().isEmpty()) {
            throw fail(line.number(), "'" + key + "' is empty");
        }
        return line.value();
    }

    double number(String key) {
        return number(key, take(key));
    }

    private Line take(String key) {
        Line line = lines.remove(key);
        if (line == null) {
            throw new IllegalArgumentException(name + ": '" + key + "' is missing");
        }
        return line;
    }

    private double number(String key, Line line) {
        try {
            double number = Double.parseDouble(line.value());
            if (number > 0 && number < Double.POSITIVE_INFINITY) {
                return number;
            }
        } catch (NumberFormatException e) {
            // The same message as for a number that is not above 0.
        }
        throw fail(line.number(), "'" + key + "' is '" + line.value() + "', must be a number above 0");
    }

    /** Takes all lines "sweep.FORM.CELL.B.H". */
    void takeSweeps(Consumer<Costs.SweepTime> to) {
        for (String key : List.copyOf(lines.keySet())) {
            if (key.startsWith(SWEEP)) {
                Line line = lines.remove(key);
                to.accept(sweep(key, line));
            }
        }
    }

    private Costs.SweepTime sweep(String key, Line line) {
        String[] parts = key.split("\\.", -1);
        if (parts.length != 5) {
            throw fail(line.number(), "'" + key + "' must be sweep.FORM.CELL.B.H, such as sweep.graph.tanh.32.128");
        }
        SweepForm form = FORMS.stream()
                .filter(f -> f.name().toLowerCase(Locale.ROOT).equals(parts[1]))
                .findFirst()
                .orElseThrow(() -> fail(
                        line.number(),
                        "'" + key + "': no form is called '" + parts[1] + "'; there are steps, graph, persistent"));
        return new Costs.SweepTime(
                form,
                cell(key, parts[2], line),
                size(key, parts[3], line),
                size(key, parts[4], line),
                number(key, line));
    }

    private Cell cell(String key, String cell, Line line) {
        try {
            return Cell.of(cell);
        } catch (IllegalArgumentException e) {
            throw fail(line.number(), "'" + key + "': " + e.getMessage());
        }
    }

    private int size(String key, String size, Line line) {
        try {
            int number = Integer.parseInt(size);
            if (number >= 1) {
                return number;
            }
        } catch (NumberFormatException e) {
            // The same message as for a number below 1.
        }
        throw fail(line.number(), "'" + key + "': '" + size + "' must be a whole number of at least 1");
    }

    void requireNoMore() {
        if (!lines.isEmpty()) {
            Map.Entry<String, Line> first = lines.entrySet().iterator().next();
            throw fail(first.getValue().number(), "'" + first.getKey() + "' is no key of this file");
        }
    }

    private IllegalArgumentException fail(int line, String what) {
        return new IllegalArgumentException(name + ":" + line + ": " + what);
    }
}
