package org.bptt4j.benchmarks;

import java.util.Arrays;
import java.util.List;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** How fast memory is read: every thread adds up an array of its own, again and again. */
final class ReadBandwidth {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
    /** Sums that do not wait for each other. */
    private static final int CHAINS = 4;
    /**
     * Floats of a cache line. Arrays begin at multiples of 8 bytes; vectors that straddle lines are slower, so all beginnings in
     * a line are tried.
     */
    private static final int LINE = 16;

    private static final int ROUNDS = 3;
    private static final long ROUND_NANOS = 60_000_000;
    /** Floats of an array that the garbage collector does not move and the system gives large pages to. */
    private static final int LEAST = 1 << 25;

    private ReadBandwidth() {}

    /** GB/s of all threads together, the fastest of several rounds: anything else on the machine only slows it down. */
    static double measure(int threads, int bytesPerThread) {
        int step = CHAINS * S.length();
        int length = bytesPerThread / Float.BYTES / step * step;
        float[][] arrays = new float[threads][Math.max(LEAST, length + LINE)];
        for (float[] array : arrays) {
            Arrays.fill(array, 1f); // a page nobody wrote to is not in memory
        }
        double best = 0;
        for (int round = 0; round < ROUNDS; round++) {
            for (int start = 0; start < LINE; start += 2) {
                best = Math.max(best, rate(arrays, start, length));
            }
        }
        return best;
    }

    /** All bytes over the time from the first start to the last end. */
    private static double rate(float[][] arrays, int start, int length) {
        List<Reader> readers = Arrays.stream(arrays)
                .map(array -> new Reader(array, start, length))
                .toList();
        readers.forEach(Thread::start);
        readers.forEach(Reader::await);
        long begin = readers.stream().mapToLong(r -> r.begin).min().orElseThrow();
        long end = readers.stream().mapToLong(r -> r.end).max().orElseThrow();
        double bytes = readers.stream().mapToDouble(r -> r.bytes).sum();
        return bytes / (end - begin); // bytes per nanosecond, which is GB/s
    }

    private static final class Reader extends Thread {
        private final float[] array;
        private final int start;
        private final int length;
        private long begin;
        private long end;
        private double bytes;
        private volatile float sink;

        Reader(float[] array, int start, int length) {
            this.array = array;
            this.start = start;
            this.length = length;
        }

        @Override
        public void run() {
            float total = 0;
            begin = System.nanoTime();
            do {
                total += sum(array, start, start + length);
                bytes += (double) length * Float.BYTES;
                end = System.nanoTime();
            } while (end - begin < ROUND_NANOS);
            sink = total; // or the compiler would drop the work
        }

        void await() {
            try {
                join();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    private static float sum(float[] a, int from, int to) {
        int v = S.length();
        FloatVector s0 = FloatVector.zero(S);
        FloatVector s1 = s0;
        FloatVector s2 = s0;
        FloatVector s3 = s0;
        for (int i = from; i < to; i += CHAINS * v) {
            s0 = s0.add(FloatVector.fromArray(S, a, i));
            s1 = s1.add(FloatVector.fromArray(S, a, i + v));
            s2 = s2.add(FloatVector.fromArray(S, a, i + 2 * v));
            s3 = s3.add(FloatVector.fromArray(S, a, i + 3 * v));
        }
        return s0.add(s1).add(s2).add(s3).lane(0);
    }
}
