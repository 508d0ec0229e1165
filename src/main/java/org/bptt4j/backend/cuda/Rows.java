package org.bptt4j.backend.cuda;

import static org.bptt4j.backend.cuda.Inside.address;

import org.bptt4j.backend.Dropout;
import org.bptt4j.backend.Ints;
import org.bptt4j.backend.Matrix;

/** Fills, copies, row moves and dropout. */
final class Rows {
    private final CudaMemory memory;
    private final Kernel fill;
    private final Kernel copy;
    private final Kernel gather;
    private final Kernel scatter;
    private final Kernel mask;
    private final Kernel dropout;

    Rows(Kernels kernels, CudaMemory memory) {
        this.memory = memory;
        fill = kernels.get("fill", 5);
        copy = kernels.get("copy", 6);
        gather = kernels.get("gather_rows", 7);
        scatter = kernels.get("scatter_rows", 7);
        mask = kernels.get("mask_rows", 7);
        dropout = kernels.get("dropout", 11);
    }

    /** to = value. Without gaps between the rows the driver does it, which knows each card's best way. */
    void fill(Matrix to, float value) {
        if (to.stride() == to.cols() || to.rows() == 1) {
            memory.fill((CudaArray) to.array(), to.offset(), to.rows() * to.cols(), value);
            return;
        }
        fill.pointer(address(to))
                .number(to.stride())
                .number(to.rows())
                .number(to.cols())
                .real(value);
        fill.overMatrix(to.rows(), to.cols());
    }

    /** to = from. */
    void copy(Matrix from, Matrix to) {
        copy(from, from.stride(), to);
    }

    /** Every row of {@code to} becomes {@code row}. */
    void fillRows(Matrix row, Matrix to) {
        copy(row, 0, to);
    }

    private void copy(Matrix from, int stride, Matrix to) {
        copy.pointer(address(from)).number(stride).pointer(address(to)).number(to.stride());
        copy.number(to.rows()).number(to.cols()).overMatrix(to.rows(), to.cols());
    }

    /** to[i, ·] = from[rows[i], ·]. */
    void gather(Ints rows, Matrix from, Matrix to) {
        move(gather, rows, from, to);
    }

    /** to[rows[i], ·] += from[i, ·]. */
    void scatter(Ints rows, Matrix from, Matrix to) {
        move(scatter, rows, from, to);
    }

    /** to[i, ·] = from[i, ·] where mask[i] is 0, else zeros. */
    void mask(Ints mask, Matrix from, Matrix to) {
        move(this.mask, mask, from, to);
    }

    /** to[r, j] = from[r, j]/(1−p), or 0: a thread has a unit of the four rows whose numbers come from one counter. */
    void drop(Dropout what, long update, long firstRow, Matrix from, Matrix to) {
        dropout.pointer(address(from))
                .number(from.stride())
                .pointer(address(to))
                .number(to.stride());
        dropout.number(to.rows()).number(to.cols()).number(firstRow).number(what.key(update));
        dropout.number(what.layer()).number(what.threshold()).real(what.scale());
        long groups = to.rows() == 0 ? 0 : (firstRow + to.rows() - 1) / 4 - firstRow / 4 + 1;
        dropout.overMatrix(groups, to.cols());
    }

    private static void move(Kernel kernel, Ints rows, Matrix from, Matrix to) {
        kernel.pointer(address(rows)).pointer(address(from)).number(from.stride());
        kernel.pointer(address(to)).number(to.stride()).number(rows.count()).number(to.cols());
        kernel.overMatrix(rows.count(), to.cols());
    }
}
