package org.bptt4j.backend.cpu;

import java.util.concurrent.TimeUnit;

/**
 * The float32 fused multiply-add rate of this machine, which no kernel can pass: every thread runs independent chains a =
 * a·b + c that stay in registers. A chain's next step waits for its last one, so there are as many chains as the latency
 * times the units of any processor we know, and no more than 16 vector registers hold.
 */
public final class PeakFlops {
    /** Chains of one thread; with the two operands they need 14 registers. */
    static final int CHAINS = 12;

    private static final float A = 0.9999f;
    private static final float B = 0.0001f;
    /** About a millisecond: long enough to forget the start of the threads, short enough to warm up quickly. */
    private static final int STEPS = 200_000;

    /** Floats through which the plain loop runs: a part of a first-level cache. */
    private static final int LENGTH = 1_000;

    private static final int ROUNDS = 5;
    private static final long ROUND_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private PeakFlops() {}

    /** Chains of {@code steps} multiply-adds; the returned value only keeps the compiler from dropping them. */
    private interface Chains {
        float run(int steps, float factor, float summand);
    }

    /**
     * Measures for about half a second; the fastest of several rounds, since anything else on the machine only slows it down.
     *
     * @param threads how many threads compute at once, at least 1
     * @return GFLOP/s of all threads together, a multiply-add being two; with the vector module that of the widest vectors,
     *     without it that of a plain loop, whose vectors are C2's choice
     */
    public static double measure(int threads) {
        boolean vectors = KernelChoice.hasVectorModule();
        // Method references, so that a JVM without the module never loads a class that mentions it.
        Chains chains = vectors ? VectorPeak::run : PeakFlops::runScalar;
        int lanes = vectors ? VectorPeak.lanes() : 1; // the plain loop counts its elements as steps
        float[] sink = new float[threads];
        double best = 0;
        try (Workers workers = new Workers(threads)) {
            for (int round = 0; round < ROUNDS; round++) {
                long start = System.nanoTime();
                long calls = 0;
                long elapsed;
                do {
                    workers.run(threads, (part, parts) -> sink[part] = chains.run(STEPS, A, B));
                    calls++;
                    elapsed = System.nanoTime() - start;
                } while (elapsed < ROUND_NANOS);
                best = Math.max(best, 2.0 * CHAINS * lanes * STEPS * calls * threads / elapsed);
            }
        }
        return best;
    }

    /** Chains through an array's elements, which C2 makes vectors of; a multiple of {@link #LENGTH} steps. */
    private static float runScalar(int steps, float factor, float summand) {
        float[] c = new float[LENGTH];
        for (int i = 0; i < steps; i += LENGTH) {
            step(c, factor, summand);
        }
        return c[0];
    }

    /** {@link #CHAINS} multiply-adds for each element, one after another: the elements are what is independent here. */
    private static void step(float[] c, float a, float b) {
        for (int j = 0; j < c.length; j++) {
            float x = Fma.fma(Fma.fma(Fma.fma(c[j], a, b), a, b), a, b);
            float y = Fma.fma(Fma.fma(Fma.fma(x, a, b), a, b), a, b);
            float z = Fma.fma(Fma.fma(Fma.fma(y, a, b), a, b), a, b);
            c[j] = Fma.fma(Fma.fma(Fma.fma(z, a, b), a, b), a, b);
        }
    }
}
