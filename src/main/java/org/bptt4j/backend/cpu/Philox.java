package org.bptt4j.backend.cpu;

import java.util.Arrays;

/**
 * Philox4x32-10 for a block of counters at a time: see {@link org.bptt4j.backend.Dropout}. Each round is a loop that C2 vectorises by itself: over one array,
 * in which the four words of a counter lie a constant apart, each in the lower half of a long, since products of two words have 64 bits.
 */
final class Philox {
    /** Counters of a block: their words fill a third of a first-level cache. */
    static final int BLOCK = 512;
    /** Numbers that one counter gives. */
    static final int WORDS = 4;

    private static final int ROUNDS = 10;
    private static final long MULTIPLIER0 = 0xD2511F53L;
    private static final long MULTIPLIER1 = 0xCD9E8D57L;
    /** What is added to the key after each round: the golden ratio, √3 − 1. */
    private static final long WEYL0 = 0x9E3779B9L;

    private static final long WEYL1 = 0xBB67AE85L;
    private static final long WORD = 0xFFFFFFFFL;

    private static final int SECOND = BLOCK;
    private static final int THIRD = 2 * BLOCK;
    private static final int FOURTH = 3 * BLOCK;

    private Philox() {}

    /** Room for a block. */
    static long[] block() {
        return new long[WORDS * BLOCK];
    }

    /** Counters of {@code units} units of a group of rows, from place {@code at} of the block on. */
    static void count(long[] block, int at, int unit, int units, long group, long layer) {
        for (int j = 0; j < units; j++) {
            block[at + j] = unit + j;
        }
        Arrays.fill(block, SECOND + at, SECOND + at + units, group & WORD);
        Arrays.fill(block, THIRD + at, THIRD + at + units, group >>> 32);
        Arrays.fill(block, FOURTH + at, FOURTH + at + units, layer);
    }

    /** Makes the first {@code n} counters numbers: word w of counter j at w·{@link #BLOCK} + j. */
    static void generate(long[] block, int n, long key) {
        long k0 = key & WORD;
        long k1 = key >>> 32;
        for (int round = 0; round < ROUNDS; round++) {
            round(block, n, k0, k1);
            k0 = k0 + WEYL0 & WORD;
            k1 = k1 + WEYL1 & WORD;
        }
    }

    private static void round(long[] block, int n, long k0, long k1) {
        for (int j = 0; j < n; j++) {
            long p = MULTIPLIER0 * block[j];
            long q = MULTIPLIER1 * block[j + THIRD];
            block[j] = q >>> 32 ^ block[j + SECOND] ^ k0;
            block[j + SECOND] = q & WORD;
            block[j + THIRD] = p >>> 32 ^ block[j + FOURTH] ^ k1;
            block[j + FOURTH] = p & WORD;
        }
    }
}
