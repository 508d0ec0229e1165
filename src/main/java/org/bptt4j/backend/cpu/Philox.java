package org.bptt4j.backend.cpu;

import org.bptt4j.backend.Dropout;

/**
 * Philox4x32-10 in plain Java, and the dropout that it decides: see {@link Dropout}. A word is held in the lower half of a long, since products of two words
 * have 64 bits.
 */
final class Philox {
    /** Numbers that one counter gives, for as many rows. */
    static final int WORDS = 4;

    static final int ROUNDS = 10;
    static final long MULTIPLIER0 = 0xD2511F53L;
    static final long MULTIPLIER1 = 0xCD9E8D57L;
    /** What is added to the key after each round: the golden ratio, √3 − 1. */
    static final long WEYL0 = 0x9E3779B9L;

    static final long WEYL1 = 0xBB67AE85L;
    static final long WORD = 0xFFFFFFFFL;

    private Philox() {}

    /** {@link Kernels#drop}. */
    static void drop(
            Dropout dropout,
            long key,
            long row,
            float[] from,
            int f0,
            int ldf,
            float[] to,
            int t0,
            int ldt,
            int rows,
            int n) {
        for (int r = 0; r < rows; ) {
            int word = (int) (row + r) & WORDS - 1;
            int count = Math.min(WORDS - word, rows - r);
            dropGroup(dropout, key, row + r, from, f0 + r * ldf, ldf, to, t0 + r * ldt, ldt, count, 0, n);
            r += count;
        }
    }

    /** The units {@code begin … n−1} of rows that have their numbers from the same counters. */
    static void dropGroup(
            Dropout dropout,
            long key,
            long row,
            float[] from,
            int f0,
            int ldf,
            float[] to,
            int t0,
            int ldt,
            int rows,
            int begin,
            int n) {
        long group = row / WORDS;
        long threshold = dropout.threshold();
        float scale = dropout.scale();
        int word = (int) row & WORDS - 1;
        for (int j = begin; j < n; j++) {
            long c0 = j;
            long c1 = group & WORD;
            long c2 = group >>> 32;
            long c3 = dropout.layer();
            long k0 = key & WORD;
            long k1 = key >>> 32;
            for (int round = 0; round < ROUNDS; round++) {
                long p0 = MULTIPLIER0 * c0;
                long p1 = MULTIPLIER1 * c2;
                c0 = p1 >>> 32 ^ c1 ^ k0;
                c1 = p1 & WORD;
                c2 = p0 >>> 32 ^ c3 ^ k1;
                c3 = p0 & WORD;
                k0 = k0 + WEYL0 & WORD;
                k1 = k1 + WEYL1 & WORD;
            }
            for (int r = 0; r < rows; r++) {
                long number = word + r == 0 ? c0 : word + r == 1 ? c1 : word + r == 2 ? c2 : c3;
                to[t0 + r * ldt + j] = number < threshold ? 0f : from[f0 + r * ldf + j] * scale;
            }
        }
    }
}
