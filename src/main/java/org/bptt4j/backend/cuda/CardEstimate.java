package org.bptt4j.backend.cuda;

import org.bptt4j.backend.Costs;
import org.bptt4j.backend.Workload;
import org.bptt4j.spec.Cell;

/**
 * What a batch takes on a card: the model behind {@code auto}, with the constants of {@link Costs} and what the driver says of the card. Times of sweeps
 * that were measured on another shape or card are carried over by what the model says of both.
 */
final class CardEstimate {
    /** Edge of the part of a product that a multiprocessor computes. */
    private static final int TILE = 32;
    /** Launches, products and copies of a pass beside the sweeps, and for each sweep (docs/roofline.md), and of an update. */
    private static final int CALLS = 7;

    private static final int CALLS_PER_SWEEP = 5;
    private static final int CALLS_OF_UPDATE = 3;
    /** Of a step that is launched by itself: a product and a kernel. */
    private static final int CALLS_OF_STEP = 2;

    private final Costs costs;
    private final Costs.Card card;

    CardEstimate(Costs costs, Costs.Card card) {
        this.costs = costs;
        this.card = card;
    }

    double millis(Workload w) {
        Costs.Cuda c = costs.cuda();
        double calls = w.passes() * (CALLS + CALLS_PER_SWEEP * w.net().sweeps()) + (w.training() ? CALLS_OF_UPDATE : 0);
        double products = (w.flop() - w.sweepSteps() * w.flopPerSweepStep())
                / (c.productShare() * card.flopPerMicro(card.multiprocessors()));
        double upload = w.batchBytes() / (1e3 * c.uploadGbs());
        double update = w.updateBytes() / (1e3 * card.memoryGbs());
        double sweeps = w.sweepSteps() * stepMicros(w);
        return (calls * c.callMicros() + sweeps + products + upload + update + c.waitMicros()) / 1e3;
    }

    /** Of a step of one sweep, in the form that {@link SweepChoice} takes by itself. */
    private double stepMicros(Workload w) {
        Cell cell = w.net().cell();
        double modelled = modelled(card, cell, w.rows(), w.net().hiddenSize());
        if (w.steps() < SweepChoice.LEAST_FOR_GRAPH) {
            return Math.max(modelled, CALLS_OF_STEP * costs.cuda().callMicros());
        }
        Costs.SweepTime time =
                new SweepTimes(costs.sweeps()).fastest(cell, w.rows(), w.net().hiddenSize());
        return time == null
                ? modelled
                : modelled * time.micros() / modelled(costs.measured(), time.cell(), time.batch(), time.hidden());
    }

    /** A product [B,H]·[H,G·H] and what begins and ends it; W_hh comes from L2, or from memory where it does not fit. */
    private double modelled(Costs.Card on, Cell cell, int batch, int hidden) {
        double columns = (double) cell.gates() * hidden;
        double tiles = Math.ceil(batch / (double) TILE) * Math.ceil(columns / TILE);
        double arithmetic = 2.0 * batch * columns * hidden / on.flopPerMicro(tiles);
        double bytes = Float.BYTES * columns * hidden;
        double bytesPerMicro = bytes <= on.l2Mib() * (1 << 20)
                ? costs.cuda().l2Bytes() * on.multiprocessors() * on.mhz()
                : 1e3 * on.memoryGbs();
        return costs.cuda().stepMicros() + Math.max(arithmetic, bytes / bytesPerMicro);
    }
}
