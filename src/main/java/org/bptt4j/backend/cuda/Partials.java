package org.bptt4j.backend.cuda;

/** Where the blocks of a kernel leave their sums for the one block of the kernel after it; used from one to the other only. */
record Partials(long address) {
    /** Blocks that leave a sum each: enough to fill any card. */
    private static final int MOST = 1024;

    static Partials in(CudaMemory memory) {
        return new Partials(memory.scratch((long) MOST * Double.BYTES).address());
    }

    /** Blocks for {@code n} pieces of work of which a block takes {@code each} at a time; at least one. */
    static long blocks(long n, int each) {
        return Math.max(1, Math.min(MOST, Kernel.pieces(n, each)));
    }
}
