package org.bptt4j.backend.cpu;

import static org.bptt4j.backend.cpu.CpuArray.floats;

import org.bptt4j.backend.Dropout;
import org.bptt4j.backend.Matrix;

/** Dropout of rows. One operation at a time: its operands are fields, which all threads read. */
final class Dropping {
    private final Kernels kernels;
    private final Workers workers;
    private final Workers.Job dropPart = this::dropPart;
    private Dropout dropout;
    private long key;
    private long firstRow;
    private Matrix from;
    private Matrix to;

    Dropping(Kernels kernels, Workers workers) {
        this.kernels = kernels;
        this.workers = workers;
    }

    /** target = source, each element times the scale or dropped; row 0 is row {@code first} of the update's batch. */
    void drop(Dropout what, long update, long first, Matrix source, Matrix target) {
        dropout = what;
        key = what.key(update);
        firstRow = first;
        from = source;
        to = target;
        long work = Split.FUNCTION * target.rows() * target.cols();
        workers.run(Split.parts(target.rows(), Philox.WORDS, work, workers), dropPart);
    }

    private void dropPart(int part, int parts) {
        int rows = (int) to.rows();
        int start = Split.start(part, parts, rows, Philox.WORDS);
        int count = Split.start(part + 1, parts, rows, Philox.WORDS) - start;
        kernels.drop(
                dropout,
                key,
                firstRow + start,
                floats(from),
                Rows.at(from, start),
                from.stride(),
                floats(to),
                Rows.at(to, start),
                to.stride(),
                count,
                to.cols());
    }
}
