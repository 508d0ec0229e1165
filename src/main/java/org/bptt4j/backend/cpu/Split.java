package org.bptt4j.backend.cpu;

/** How work is cut for the threads. Only whole output elements are split off, never a reduction. */
final class Split {
    /** Multiply-adds, 2 µs of them, below which another thread costs more than it brings. */
    private static final long LEAST_WORK = 1 << 18;
    /** Multiply-adds that take as long as moving or adding one element. */
    static final int MOVE = 8;
    /** Multiply-adds that take as long as one exponential or one optimiser step. */
    static final int FUNCTION = 32;

    private Split() {}

    /** Parts for {@code items} of which {@code grain} stay together, when all of them together are worth {@code work} multiply-adds. */
    static int parts(long items, int grain, long work, Workers workers) {
        long most = Math.min((items + grain - 1) / grain, work / LEAST_WORK);
        return (int) Math.max(1, Math.min(workers.threads(), most));
    }

    /** Blocks of {@code size} that {@code items} make; the last may be smaller. */
    static int blocks(int items, int size) {
        return items / size + (items % size == 0 ? 0 : 1);
    }

    /** One past the last item of block {@code block}. */
    static int blockEnd(int block, int size, int items) {
        return (int) Math.min(items, (block + 1L) * size);
    }

    /** First item of part {@code part}: parts as even as multiples of {@code grain} allow. */
    static int start(int part, int parts, int items, int grain) {
        long groups = ((long) items + grain - 1) / grain;
        return (int) Math.min(items, groups * part / parts * grain);
    }
}
