package org.bptt4j.card;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.StringJoiner;
import java.util.TreeMap;

/** The table of docs/card-tests.md: the calls that each class of tests for a card may make, what they take there, and its limit. */
final class CardBudget {
    static final Path PAGE = Path.of("docs/card-tests.md");
    /** What gpu.sh goes through: a class, its limit and words about it in a line. */
    static final Path LIST = Path.of("benchmarks/card-tests");
    /** A JVM, JUnit, and the first loading of libraries. */
    private static final double START = 4;

    private static final int LEAST_LIMIT = 30;
    /** What a slow card and a slow host may take of what is predicted. */
    private static final int PATIENCE = 3;

    private static final String HEAD = "| class |";

    private final List<String> text;
    private final Map<String, Map<Call, Long>> counts;

    private CardBudget(List<String> text, Map<String, Map<Call, Long>> counts) {
        this.text = text;
        this.counts = counts;
    }

    static CardBudget read() throws IOException {
        List<String> lines = Files.readAllLines(PAGE);
        int head = head(lines);
        Map<String, Map<Call, Long>> counts = new TreeMap<>();
        for (String line : lines.subList(head + 2, lines.size())) {
            if (!line.startsWith("|")) {
                break;
            }
            String[] cells = line.split("\\|", -1);
            Map<Call, Long> row = new EnumMap<>(Call.class);
            for (Call call : Call.values()) {
                row.put(call, Long.valueOf(cells[2 + call.ordinal()].strip()));
            }
            counts.put("org.bptt4j." + cells[1].strip().replace("`", ""), row);
        }
        return new CardBudget(lines, counts);
    }

    private static int head(List<String> lines) {
        for (int i = 0; i < lines.size(); i++) {
            if (lines.get(i).startsWith(HEAD)) {
                return i;
            }
        }
        throw new IllegalStateException(PAGE + " has no line that begins with " + HEAD);
    }

    /** Every class that has a budget. */
    Iterable<String> classes() {
        return counts.keySet();
    }

    /** The most that a class may make of each call. */
    Map<Call, Long> of(String name) {
        Map<Call, Long> budget = counts.get(name);
        if (budget == null) {
            throw new IllegalStateException(PAGE + " has no row for " + name + "; the page says how to write it");
        }
        return budget;
    }

    /** Seconds on a card. */
    double seconds(String name) {
        double micros = 0;
        for (Map.Entry<Call, Long> e : of(name).entrySet()) {
            micros += e.getKey().micros() * e.getValue();
        }
        return START + micros / 1e6;
    }

    /** Seconds after which it is ended there. */
    int limit(String name) {
        return Math.max(LEAST_LIMIT, 10 * (int) Math.ceil(PATIENCE * seconds(name) / 10));
    }

    CardBudget with(String name, Map<Call, Long> counted) {
        Map<String, Map<Call, Long>> all = new TreeMap<>(counts);
        all.put(name, new EnumMap<>(counted));
        return new CardBudget(text, all);
    }

    /** Writes what was counted into the page and its limit into the list. Tests run in two JVMs, of which one waits here. */
    @SuppressWarnings("try") // the lock is held while it is open
    static void record(String name, Map<Call, Long> counted) throws IOException {
        try (FileChannel page = FileChannel.open(PAGE, StandardOpenOption.WRITE);
                FileLock lock = page.lock()) {
            read().with(name, counted).write();
        }
    }

    /** A line of the list with the limit that is right now. */
    String listed(String line) {
        String[] words = line.split(" ", 3);
        if (!counts.containsKey(words[0])) {
            return line;
        }
        return words[0] + " " + limit(words[0]) + (words.length > 2 ? " " + words[2] : "");
    }

    private void write() throws IOException {
        Files.write(LIST, Files.readAllLines(LIST).stream().map(this::listed).toList());
        int head = head(text);
        int end = head;
        while (end < text.size() && text.get(end).startsWith("|")) {
            end++;
        }
        List<String> lines = new ArrayList<>(text.subList(0, head));
        lines.addAll(table());
        lines.addAll(text.subList(end, text.size()));
        Files.write(PAGE, lines);
    }

    /** As the page has it. */
    List<String> table() {
        StringJoiner head = new StringJoiner(" | ", HEAD + " ", " | predicted s | limit s |");
        StringJoiner rule = new StringJoiner("", "|---|", "---|---|");
        for (Call call : Call.values()) {
            head.add(call.title());
            rule.add("---|");
        }
        List<String> lines = new ArrayList<>(List.of(head.toString(), rule.toString()));
        counts.forEach((name, row) -> {
            StringJoiner line = new StringJoiner(" | ", "| ", " |");
            line.add("`" + name.replaceFirst("^org\\.bptt4j\\.", "") + "`");
            row.values().forEach(count -> line.add(count.toString()));
            line.add(String.format(Locale.ROOT, "%.0f", seconds(name)));
            line.add(Integer.toString(limit(name)));
            lines.add(line.toString());
        });
        return lines;
    }

    /** The lines of the page's table. */
    List<String> written() {
        int head = head(text);
        return text.subList(head, text.size()).stream()
                .takeWhile(line -> line.startsWith("|"))
                .toList();
    }
}
