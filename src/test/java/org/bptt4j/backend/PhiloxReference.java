package org.bptt4j.backend;

/** Philox4x32-10, written down from the paper: ten rounds, each of which multiplies two words, crosses the halves and bumps the key. */
final class PhiloxReference {
    private PhiloxReference() {}

    static int[] block(int[] counter, int[] key) {
        int[] c = counter;
        int[] k = key.clone();
        for (int round = 0; round < 10; round++) {
            c = new int[] {
                high(0xCD9E8D57, c[2]) ^ c[1] ^ k[0],
                0xCD9E8D57 * c[2],
                high(0xD2511F53, c[0]) ^ c[3] ^ k[1],
                0xD2511F53 * c[0]
            };
            k[0] += 0x9E3779B9;
            k[1] += 0xBB67AE85;
        }
        return c;
    }

    private static int high(int a, int b) {
        return (int) (Integer.toUnsignedLong(a) * Integer.toUnsignedLong(b) >>> 32);
    }

    /** The number that decides over (row, unit), as {@link Dropout} says. */
    static long number(Dropout dropout, long update, long row, int unit) {
        long group = row / 4;
        long key = dropout.key(update);
        int[] counter = {unit, (int) group, (int) (group >>> 32), dropout.layer()};
        int[] block = block(counter, new int[] {(int) key, (int) (key >>> 32)});
        return Integer.toUnsignedLong(block[(int) (row % 4)]);
    }
}
