package org.bptt4j.roofline;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Writes the tables of docs/roofline.md or docs/auto.md anew, each between its two marks; what is around them is written by hand. */
public final class Page {
    static final String AUTO = "auto.md";

    private Page() {}

    /** @param args the file */
    public static void main(String[] args) throws IOException {
        Path file = Path.of(args[0]);
        String page = Files.readString(file);
        Files.writeString(file, file.endsWith(AUTO) ? AutoTables.withTables(page) : withTables(page));
    }

    /** The page with the tables of today's model. */
    static String withTables(String page) {
        page = replace(page, "figures", Tables.figures());
        page = replace(page, "work", Tables.work());
        for (Card card : Card.SHOWN) {
            page = replace(page, "sweeps " + card.name(), Tables.sweeps(card));
            page = replace(page, "steps " + card.name(), Tables.steps(card));
        }
        page = replace(page, "least", Tables.leastHidden());
        return replace(page, "published", Tables.published());
    }

    static String replace(String page, String name, String table) {
        String begin = "<!-- " + name + " -->\n";
        String end = "<!-- end of " + name + " -->";
        int from = page.indexOf(begin);
        int to = page.indexOf(end);
        if (from < 0 || to < from) {
            throw new IllegalArgumentException("no place for the table '" + name + "'");
        }
        return page.substring(0, from + begin.length()) + table + page.substring(to);
    }
}
