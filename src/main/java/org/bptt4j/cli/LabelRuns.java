package org.bptt4j.cli;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Whether the cells of a column of words name the series that rows belong to: each name in one run of rows, or all names in turn.
 * Takes the column's cells one by one and keeps hashes of so many names as a file may have series.
 */
final class LabelRuns {
    private static final int FEW_NAMES = 500;
    private static final int NAMES_SHOWN = 3;

    private final int mostNames;
    private final Set<Long> names = new HashSet<>();
    /** Names in the order of the first rows, as long as none comes again. */
    private final List<Long> turn = new ArrayList<>();

    private final List<String> first = new ArrayList<>();
    private String previous;
    private long rows;
    private long runs;
    private boolean returns;
    private boolean inTurn = true;

    /** To keep at most so many names. */
    LabelRuns(int mostNames) {
        this.mostNames = mostNames;
    }

    /** Takes the next cell; false if the column cannot name series. */
    boolean see(String cell) {
        rows++;
        if (cell.equals(previous)) {
            inTurn = false;
            return !returns;
        }
        previous = cell;
        runs++;
        long hash = hash(cell);
        if (!names.add(hash)) {
            returns = true;
        } else if (first.size() < NAMES_SHOWN) {
            first.add(cell);
        }
        if (!returns) {
            turn.add(hash);
        }
        // The first name that returns is that of the first row, the next that of the second.
        inTurn = inTurn && (!returns || turn.get((int) ((rows - 1) % turn.size())) == hash);
        // A column with gaps is one of remarks.
        boolean full = !cell.isEmpty();
        boolean longRuns = names.size() < FEW_NAMES || 2 * rows > 3 * runs;
        return full && names.size() < mostNames && (inTurn || !returns && longRuns);
    }

    /** Of 64 bits: of some thousand names no two have the same. */
    private static long hash(String text) {
        long hash = 1_125_899_906_842_597L;
        for (int i = 0; i < text.length(); i++) {
            hash = 31 * hash + text.charAt(i);
        }
        return hash;
    }

    /** Whether each of two or more names stands in one run of rows, of two rows on average or more. */
    boolean areRuns() {
        return !returns && names.size() > 1 && rows >= 2 * runs;
    }

    /** How many names take turns, each in one row at a time, or 0. */
    int namesInTurn() {
        return returns && inTurn ? turn.size() : 0;
    }

    /** "3 series ('A', 'B', 'C')". */
    String names() {
        return names.size() + " series (" + Printable.list(first) + (names.size() > first.size() ? " …)" : ")");
    }
}
