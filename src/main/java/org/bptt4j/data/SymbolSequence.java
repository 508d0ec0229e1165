package org.bptt4j.data;

import java.util.Arrays;
import java.util.PrimitiveIterator;

/**
 * A long sequence of symbol ids, such as a text's characters, that is read from several positions on at once: in memory, in a
 * file ({@link TextFile#symbols}), or wherever the user keeps it.
 */
public interface SymbolSequence {
    /** Number of symbols. */
    long length();

    /**
     * The ids from position {@code position} on, to the end. Iterators do not disturb each other: each is used by one thread at a
     * time, but several threads may have some of one sequence.
     */
    PrimitiveIterator.OfInt from(long position);

    /** A sequence in memory; {@code ids} is not copied. */
    static SymbolSequence of(int... ids) {
        return new SymbolSequence() {
            @Override
            public long length() {
                return ids.length;
            }

            @Override
            public PrimitiveIterator.OfInt from(long position) {
                return Arrays.stream(ids, Math.toIntExact(position), ids.length).iterator();
            }
        };
    }
}
