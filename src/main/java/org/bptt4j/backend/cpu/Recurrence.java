package org.bptt4j.backend.cpu;

import org.bptt4j.backend.RecurrentBackward;
import org.bptt4j.backend.RecurrentForward;

/**
 * The two sweeps over time, on all threads. A step is one product with W_hh, packed once per sweep, and one pass of the cell's formula over what
 * is still in a cache.
 *
 * <p>Two ways to split a sweep over threads. By rows: a batch row never looks at another, so each thread runs all steps of its
 * rows and nobody waits. By columns: each thread keeps its share of the hidden units with all their gates, and with it its slice of W_hh in its
 * own cache, and all wait for each other once per step; for few rows, and for a very large W_hh.
 */
final class Recurrence {
    /** Fewer rows than this take as long as this many: the tiles are latency-bound below. */
    private static final int GRAIN = 4;
    /** Multiply-adds per step and thread from which a barrier is worth its price (estimated). */
    private static final int LEAST_STEP = 1 << 14;
    /** Floats of W_hh (512 KiB) above which it does not stay in a second-level cache: less than a tile of rows would wait for it. */
    private static final int LARGE_WEIGHT = 1 << 17;
    /** Floats of W_hh (8 MiB) above which reading all of it for some rows takes longer than waiting for the others. */
    private static final int HUGE_WEIGHT = 1 << 21;

    private final Kernels kernels;
    private final Workers workers;
    private final CpuCells cells;
    private final PackedMatrix packed;
    private final ForwardSweep forward;
    private final BackwardSweep backward;
    private final Share[] shares;
    /** Threads that wait for each other must all be running: never more than there are processors. */
    private final int barrierThreads;

    private final SpinBarrier alone = new SpinBarrier(1);
    private final Workers.Job forwardJob = this::forwardPart;
    private final Workers.Job backwardJob = this::backwardPart;
    private SpinBarrier together = alone;

    Recurrence(Kernels kernels, Workers workers, CpuCells cells) {
        this.kernels = kernels;
        this.workers = workers;
        this.cells = cells;
        this.packed = new PackedMatrix(kernels);
        this.forward = new ForwardSweep(kernels, packed);
        this.backward = new BackwardSweep(packed);
        this.shares = new Share[workers.threads()];
        for (int part = 0; part < shares.length; part++) {
            shares[part] = new Share(kernels);
        }
        this.barrierThreads = Math.min(workers.threads(), Runtime.getRuntime().availableProcessors());
    }

    void forward(RecurrentForward f) {
        CpuCell cell = cells.of(f.cell());
        packed.pack(f.weight(), true, f.cell().gates(), workers);
        forward.begin(f, cell);
        run(f.batch(), f.steps(), f.weight().rows() * f.hidden(), forwardJob);
    }

    void backward(RecurrentBackward f) {
        CpuCell cell = cells.of(f.cell());
        packed.pack(f.weight(), false, workers);
        backward.begin(f, cell);
        run(f.batch(), f.steps(), f.weight().rows() * f.hidden(), backwardJob);
    }

    private void run(int batch, int steps, long weight, Workers.Job job) {
        long work = batch * weight;
        int panels = packed.panels();
        int rowParts = Split.parts(batch, GRAIN, work * steps, workers);
        int columnParts = (int) Math.max(1, Math.min(Math.min(barrierThreads, panels), work / LEAST_STEP));
        int affordable = batch < rowParts * kernels.tileRows() ? LARGE_WEIGHT : HUGE_WEIGHT;
        boolean byColumns = columnParts > rowParts || (columnParts == rowParts && packed.length() > affordable);
        int parts = byColumns ? columnParts : rowParts;
        if (byColumns && !together.serves(parts)) {
            together = new SpinBarrier(parts);
        }
        for (int part = 0; part < parts; part++) {
            Share share = shares[part];
            share.from = byColumns ? 0 : Split.start(part, parts, batch, GRAIN);
            share.to = byColumns ? batch : Split.start(part + 1, parts, batch, GRAIN);
            share.p0 = byColumns ? Split.start(part, parts, panels, 1) : 0;
            share.p1 = byColumns ? Split.start(part + 1, parts, panels, 1) : panels;
            share.barrier = byColumns ? together : alone;
        }
        workers.run(parts, job);
    }

    private void forwardPart(int part, int parts) {
        Share s = shares[part];
        try {
            forward.run(s);
        } catch (RuntimeException | Error e) {
            s.barrier.breakUp();
            throw e;
        }
    }

    private void backwardPart(int part, int parts) {
        Share s = shares[part];
        try {
            backward.run(s);
        } catch (RuntimeException | Error e) {
            s.barrier.breakUp();
            throw e;
        }
    }
}
