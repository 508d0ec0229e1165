package org.bptt4j.backend.cuda;

import static org.bptt4j.backend.cuda.Inside.address;

import org.bptt4j.backend.Ints;

/** The rows of each symbol in ascending order, by a counting sort on the device (kernels/symbol_order.cu). */
final class SymbolOrder {
    /** Chunks of the rows that are walked side by side, and the fewest rows that are worth one. */
    private static final int MOST_CHUNKS = 128;

    private static final int LEAST_ROWS = 128;
    /** Counts of all chunks together (4 MiB), as long as one chunk's are fewer. */
    private static final int MOST_COUNTS = 1 << 20;

    private final CudaMemory memory;
    private final Kernel count;
    private final Kernel start;
    private final Kernel order;
    /** The starts, the order, then the counts; null until it is needed. */
    private Address.Block workspace;

    private long room;
    private long starts;
    private long rows;

    SymbolOrder(Kernels kernels, CudaMemory memory) {
        this.memory = memory;
        count = kernels.get("count_symbols", 6);
        start = kernels.get("start_symbols", 4);
        order = kernels.get("order_rows", 7);
    }

    /** Orders the rows of {@code ids}, which are below {@code symbols}. */
    void sort(Ints ids, int symbols) {
        long n = ids.count();
        long most = Math.max(1, Math.min(MOST_CHUNKS, MOST_COUNTS / symbols));
        long each = Math.max(LEAST_ROWS, Kernel.pieces(n, most));
        long chunks = Kernel.pieces(n, each);
        require((symbols + 1L + n + chunks * symbols) * Integer.BYTES);
        starts = workspace.address();
        rows = starts + (symbols + 1L) * Integer.BYTES;
        long counts = rows + n * Integer.BYTES;
        long blocks = Kernel.pieces(chunks, Kernel.ROWS);
        count.pointer(address(ids)).number(n).number(each);
        count.pointer(counts).number(chunks).number(symbols).launchWarps(blocks);
        start.pointer(counts).number(chunks).number(symbols).pointer(starts).launchFlat(1);
        order.pointer(address(ids)).number(n).number(each).pointer(counts).number(symbols);
        order.pointer(starts).pointer(rows).launchWarps(blocks);
    }

    private void require(long bytes) {
        if (workspace != null && bytes <= room) {
            return;
        }
        if (workspace != null) {
            Address.Block old = workspace;
            workspace = null;
            memory.freeScratch(old);
        }
        workspace = memory.scratch(bytes);
        room = bytes;
    }

    /** Where the rows are, symbol by symbol, after {@link #sort}. */
    long rows() {
        return rows;
    }

    /** Where each symbol's begin among {@link #rows}, and at last their number. */
    long starts() {
        return starts;
    }
}
