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
     *     without it that of plain Java
     */
    public static double measure(int threads) {
        boolean vectors = KernelChoice.hasVectorModule();
        // Method references, so that a JVM without the module never loads a class that mentions it.
        Chains chains = vectors ? VectorPeak::run : PeakFlops::runScalar;
        int lanes = vectors ? VectorPeak.lanes() : 1;
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

    private static float runScalar(int steps, float factor, float summand) {
        float c0 = 0f;
        float c1 = 1f;
        float c2 = 2f;
        float c3 = 3f;
        float c4 = 4f;
        float c5 = 5f;
        float c6 = 6f;
        float c7 = 7f;
        float c8 = 8f;
        float c9 = 9f;
        float c10 = 10f;
        float c11 = 11f;
        for (int i = 0; i < steps; i++) {
            c0 = Fma.fma(c0, factor, summand);
            c1 = Fma.fma(c1, factor, summand);
            c2 = Fma.fma(c2, factor, summand);
            c3 = Fma.fma(c3, factor, summand);
            c4 = Fma.fma(c4, factor, summand);
            c5 = Fma.fma(c5, factor, summand);
            c6 = Fma.fma(c6, factor, summand);
            c7 = Fma.fma(c7, factor, summand);
            c8 = Fma.fma(c8, factor, summand);
            c9 = Fma.fma(c9, factor, summand);
            c10 = Fma.fma(c10, factor, summand);
            c11 = Fma.fma(c11, factor, summand);
        }
        return c0 + c1 + c2 + c3 + c4 + c5 + c6 + c7 + c8 + c9 + c10 + c11;
    }
}
