package org.bptt4j.benchmarks;

import org.bptt4j.spec.Cell;

/**
 * A configuration with a cell, as "16,1024,64,256,lstm"; without one it is tanh.
 *
 * @param sizes those before the cell
 */
public record Config(int[] sizes, Cell cell) {
    /** What follows the sizes in the form of a configuration. */
    public static final String CELL = "[,CELL]";

    /**
     * Reads {@code text}.
     *
     * @param format of the sizes, as "B,T,I,H"
     */
    public static Config parse(String text, String format) {
        int last = text.lastIndexOf(',');
        boolean named = last >= 0 && !text.substring(last + 1).matches("[0-9]*");
        return new Config(
                Data.sizes(named ? text.substring(0, last) : text, format),
                named ? Cell.of(text.substring(last + 1)) : Cell.TANH);
    }
}
