package org.bptt4j.backend;

/**
 * Which numbers are dropped between two layers, as a function of the seed, the update, the layer, the row and the unit alone: the same on every backend, for
 * any number of threads, and however the rows are cut into ranges, so that a backward sweep finds the mask of its forward sweep without its being stored.
 *
 * <p>Number (row, unit) is word {@code row mod 4} of the block of 128 bits that Philox4x32-10 (Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as
 * easy as 1, 2, 3", SC 2011) makes of the counter {@code (unit, ⌊row/4⌋ mod 2³², ⌊row/4⌋ div 2³², layer)} and the {@link #key}. The element is dropped if that
 * number is below {@code ⌊p·2³²⌋}: p is rounded down to a multiple of 2⁻³², the scale is that of p itself.
 *
 * @param probability p in [0, 1) of being dropped
 * @param seed of the whole training
 * @param layer whose output it is, from 0
 */
public record Dropout(double probability, long seed, int layer) {
    /** 2⁶⁴ over the golden ratio. */
    private static final long GOLDEN = 0x9E3779B97F4A7C15L;

    public Dropout {
        if (!(probability >= 0 && probability < 1)) {
            throw new IllegalArgumentException("dropout " + probability + ": must be in [0, 1)");
        }
        if (layer < 0) {
            throw new IllegalArgumentException("dropout of layer " + layer + ": must be at least 0");
        }
    }

    /** ⌊p·2³²⌋, in [0, 2³²): numbers below it are dropped. */
    public long threshold() {
        return (long) (probability * 0x1p32);
    }

    /** 1/(1−p), by which what is kept is multiplied. */
    public float scale() {
        return (float) (1 / (1 - probability));
    }

    /**
     * Philox's key of an update, its lower half the first word: {@code mix(mix(seed) + γ·update)} with the mixing function of SplitMix64 (Steele, Lea and
     * Flood 2014). No two updates of a training, and no two seeds, have the same one.
     */
    public long key(long update) {
        return mix(mix(seed) + GOLDEN * update);
    }

    private static long mix(long bits) {
        long z = (bits ^ bits >>> 30) * 0xBF58476D1CE4E5B9L;
        z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
        return z ^ z >>> 31;
    }
}
