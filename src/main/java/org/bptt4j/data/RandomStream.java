package org.bptt4j.data;

import org.apache.commons.math3.random.RandomGenerator;
import org.apache.commons.math3.random.Well19937c;

/** Independent random numbers for each use of one seed, so that no use shifts another's and any epoch can be drawn again. */
public final class RandomStream {
    /** What the numbers are for. */
    public enum Use {
        TRAINING(1),
        HELD_OUT(2),
        SAMPLE(3),
        VALIDATION(4);

        private final long number;

        Use(long number) {
            this.number = number;
        }
    }

    private RandomStream() {}

    /** The generator of one use; {@code index} is the epoch, or 0. */
    public static RandomGenerator of(long seed, Use use, long index) {
        // Well19937c spreads a seed's words over separate parts of its state, so nearby seeds must be mixed beforehand.
        return new Well19937c(mix(mix(mix(seed) + use.number) + index));
    }

    /** The finaliser of SplitMix64 (Steele, Lea and Flood 2014), after one step of its counter. */
    private static long mix(long value) {
        long z = value + 0x9e3779b97f4a7c15L;
        z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }
}
