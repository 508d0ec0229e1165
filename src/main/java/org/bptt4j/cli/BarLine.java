package org.bptt4j.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The line that shows a run on a terminal: percentage, bar, ETA and the latest figure of an evaluation at every width from 40
 * columns on, other words where there is room.
 */
final class BarLine {
    private static final int LONGEST_BAR = 32;
    private static final int BAR = 12;
    private static final int SHORT_BAR = 6;
    private static final int SHORTEST_BAR = 4;
    private static final Pattern NUMBER = Pattern.compile("[-+]?\\d[\\d.,]*(e[-+]?\\d+)?", Pattern.CASE_INSENSITIVE);

    private final Pace pace;
    private volatile String words = "";
    private volatile String figure = "";

    BarLine(Pace pace) {
        this.pace = pace;
    }

    void words(String latest) {
        words = latest;
    }

    void figure(String latest) {
        figure = latest;
    }

    /** The line, at most {@code width} characters. */
    String render(int width) {
        String percent = String.format(Locale.ROOT, "%3d%%", pace.percent());
        String remaining = pace.remaining();
        String shown = figure;
        String number = number(shown);
        // The first of these that fits: what is not needed gives way first.
        List<Parts> tries = List.of(
                new Parts(BAR, "ETA " + remaining, shown),
                new Parts(SHORT_BAR, "ETA " + remaining, shown),
                new Parts(SHORT_BAR, remaining, shown),
                new Parts(SHORT_BAR, remaining, number),
                new Parts(SHORTEST_BAR, remaining, number),
                new Parts(0, remaining, number),
                new Parts(0, remaining, ""));
        Parts parts = tries.stream()
                .filter(p -> percent.length() + p.length() <= width)
                .findFirst()
                .orElse(tries.get(tries.size() - 1));
        int free = width - percent.length() - parts.length();
        List<String> more = new ArrayList<>(List.of("", "", ""));
        String[] optional = {
            words, String.format(Locale.ROOT, "%d/%d", pace.updates(), pace.total()), pace.speed("updates")
        };
        for (int i = 0; i < optional.length && parts.bar >= BAR; i++) {
            if (!optional[i].isEmpty() && optional[i].length() < free) {
                more.set(i, optional[i]);
                free -= 1 + optional[i].length();
            }
        }
        int bar = parts.bar == 0 ? 0 : Math.min(LONGEST_BAR, parts.bar + Math.max(0, free));
        String line = percent;
        for (String part :
                new String[] {bar(bar), more.get(1), more.get(2), parts.remaining, more.get(0), parts.figure}) {
            line += part.isEmpty() ? "" : " " + part;
        }
        return line.length() > width ? line.substring(0, Math.max(0, width)) : line;
    }

    /** What must be seen beside the percentage. */
    private record Parts(int bar, String remaining, String figure) {
        int length() {
            return (bar == 0 ? 0 : 1 + bar) + 1 + remaining.length() + (figure.isEmpty() ? 0 : 1 + figure.length());
        }
    }

    private String bar(int length) {
        if (length == 0) {
            return "";
        }
        int inside = length - 2;
        int filled = (int) (pace.share() * inside);
        String head = filled < inside ? ">" : "";
        return "[" + "=".repeat(filled) + head + " ".repeat(inside - filled - head.length()) + "]";
    }

    /** The number of a figure, without its words. */
    private static String number(String figure) {
        Matcher number = NUMBER.matcher(figure);
        return number.find() ? number.group() : figure;
    }
}
