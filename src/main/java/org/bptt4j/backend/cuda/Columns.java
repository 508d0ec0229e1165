package org.bptt4j.backend.cuda;

import static org.bptt4j.backend.cuda.Inside.address;

import org.bptt4j.backend.Ints;
import org.bptt4j.backend.Matrix;

/** Columns of a weight matrix as the products of symbols, and column sums. */
final class Columns {
    /** Floats of partial column sums (1 MiB). */
    private static final int PARTIAL = 1 << 18;
    /** Pieces of the rows whose sums are made side by side, and the fewest rows that are worth one. */
    private static final int MOST_CHUNKS = 64;

    private static final int LEAST_ROWS = 64;

    private final SymbolOrder order;
    private final Kernel gather;
    private final Kernel scatter;
    private final Kernel sums;
    private final Kernel addSums;
    private final long partial;

    Columns(Kernels kernels, CudaMemory memory) {
        order = new SymbolOrder(kernels, memory);
        gather = kernels.get("gather_columns", 7);
        scatter = kernels.get("scatter_columns", 7);
        sums = kernels.get("column_sums", 6);
        addSums = kernels.get("add_column_sums", 4);
        partial = memory.scratch((long) PARTIAL * Float.BYTES).address();
    }

    /** to[r, j] = weight[j, ids[r]]. */
    void gather(Ints ids, Matrix weight, Matrix to) {
        gather.pointer(address(ids)).pointer(address(weight)).number(weight.stride());
        gather.pointer(address(to)).number(to.stride()).number(to.rows()).number(to.cols());
        gather.overMatrix(to.rows(), to.cols());
    }

    /** gradient[j, ids[r]] += delta[r, j]. */
    void scatter(Ints ids, Matrix delta, Matrix gradient) {
        if (delta.rows() == 0) {
            return;
        }
        order.sort(ids, gradient.cols());
        scatter.pointer(order.rows()).pointer(order.starts());
        scatter.pointer(address(delta)).number(delta.stride());
        scatter.pointer(address(gradient)).number(gradient.stride()).number(delta.cols());
        scatter.launchWarps(Kernel.pieces(delta.cols(), Kernel.COLS) * gradient.cols());
    }

    /** gradient[j] += Σ_r delta[r, j], in chunks of rows that depend on the shape only. */
    void sum(Matrix delta, Matrix gradient) {
        if (delta.rows() == 0) {
            return;
        }
        for (int j = 0; j < delta.cols(); j += PARTIAL) {
            int cols = Math.min(PARTIAL, delta.cols() - j);
            sum(address(delta) + (long) j * Float.BYTES, delta, cols, address(gradient) + (long) j * Float.BYTES);
        }
    }

    private void sum(long from, Matrix delta, int cols, long to) {
        long most = Math.min(MOST_CHUNKS, PARTIAL / cols);
        long rows = Math.max(LEAST_ROWS, Kernel.pieces(delta.rows(), most));
        int chunks = (int) Kernel.pieces(delta.rows(), rows);
        sums.pointer(from).number(delta.stride()).number(delta.rows()).number(cols);
        sums.number(rows).pointer(partial).overChunks(cols, chunks);
        addSums.pointer(partial).number(chunks).number(cols).pointer(to);
        addSums.overVector(cols, Integer.MAX_VALUE);
    }
}
